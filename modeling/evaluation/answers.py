"""What one model said of a set of examples, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """One row an example, in the order they were asked.

    ids: (examples,) statement ids; true and said: (examples,) label indexes; scores: (examples, labels) calibrated
    probabilities whose rows sum to 1; `temperature` is what the logits were divided by. `beside` has for each example
    the labels said beside `said`, by a model that judges each type by itself, and is empty where there are none.
    """

    labels: tuple[str, ...]
    ids: Ints
    true: Ints
    said: Ints
    scores: Floats
    temperature: float
    beside: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of(
        cls,
        labels: Sequence[str],
        ids: Sequence[int],
        true: Sequence[int],
        said: Sequence[int],
        scores: Sequence[Sequence[float]],
        *,
        temperature: float = 1.0,
        beside: Sequence[Sequence[int]] = (),
    ) -> Answers:
        """From plain sequences. Stored scores are 32-bit, so their rows are made to sum to 1 again."""
        probabilities = np.asarray(scores, dtype=np.float64).reshape(len(ids), len(labels))
        return cls(
            labels=tuple(labels),
            ids=np.asarray(ids, dtype=np.int64),
            true=np.asarray(true, dtype=np.int64),
            said=np.asarray(said, dtype=np.int64),
            scores=probabilities / probabilities.sum(axis=1, keepdims=True),
            temperature=temperature,
            beside=tuple(map(tuple, beside)) if any(beside) else (),
        )

    @property
    def slugs(self) -> list[set[str]]:
        """(examples,) the labels said of each by name: one, or several of a model that judges each type by itself."""
        beside = self.beside or [()] * len(self.ids)
        return [
            {self.labels[index] for index in (said, *also)}
            for said, also in zip(self.said.tolist(), beside, strict=True)
        ]

    @property
    def right(self) -> Bools:
        """(examples,) whether the answer is the gold label."""
        return np.asarray(self.true == self.said)

    @property
    def confidences(self) -> Floats:
        """(examples,) the calibrated probability of the answer."""
        return np.asarray(self.scores[np.arange(len(self.ids)), self.said])

    def accepting(self, further: Sequence[Sequence[int]]) -> Answers:
        """The same, where an example with several true labels counts under the one that was said; (examples,) tuples.

        So such an answer is right in every figure of single answers, and under its first label when none was said.
        """
        true = [
            said if said in also else label
            for label, said, also in zip(self.true.tolist(), self.said.tolist(), further, strict=True)
        ]
        return replace(self, true=np.asarray(true, dtype=np.int64))
