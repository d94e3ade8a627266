"""Several trained models that answer together: the mean of what each says, as calibrated probabilities."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modeling.calibration import NOT_CALIBRATED, Calibration, Floats, calibrated, fit_temperature, with_unrelated
from modeling.inference import LoadedModel
from modeling.records import Example, Scored, Statement, Unread

LEAST = 1e-12
"""What a probability counts as at least where its logarithm is taken."""


class LabelsDiffer(ValueError):
    """Models that have learnt other labels, or the same in another order, cannot answer together."""


class LossesDiffer(ValueError):
    """Some members judge each relation type by itself and some do not: join models trained with one loss."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many answers the members computed, and how many they had given before."""

    hits: int
    misses: int


@dataclass(slots=True)
class Ensemble:
    """Trained models whose probabilities are averaged; what comes of it is sharpened by `temperature`.

    Answers as `LoadedModel` does. Members of one backbone share it, so each costs the memory of its own matrices.
    """

    members: tuple[LoadedModel, ...]
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if len({member.labels for member in self.members}) != 1:
            raise LabelsDiffer(
                "The members of an ensemble have learnt other labels than one another: join models of one label set."
            )
        _alike(self.members)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.members[0].labels

    @property
    def number_format(self) -> str:
        """What the members compute in: one name, or several joined by "and"."""
        return " and ".join(sorted({member.number_format for member in self.members}))

    @property
    def cache(self) -> Remembered:
        """What the members' caches count, together."""
        caches = [member.cache for member in self.members]
        return Remembered(sum(one.hits for one in caches), sum(one.misses for one in caches))

    def predict(
        self,
        statements: Iterable[Statement],
        *,
        chunk_size: int,
        should_stop: Callable[[], bool] = lambda: False,
        on_unread: Callable[[list[Unread]], None] | None = None,
    ) -> Generator[list[Scored], None, None]:
        """One list per chunk, in the order the statements came; see `LoadedModel.predict`, which each member does.

        A chunk that one member was stopped at is not given, nor is a statement that one cannot read; `on_unread` is
        told of it by each that cannot.
        """
        sources = itertools.tee(statements, len(self.members))
        with ExitStack() as stack:
            answers = [
                stack.enter_context(
                    closing(member.predict(source, chunk_size=chunk_size, should_stop=should_stop, on_unread=on_unread))
                )
                for member, source in zip(self.members, sources, strict=True)
            ]
            for said in zip(*answers, strict=False):  # one that is stopped earlier ends all
                yield self._together(_read_by_all(said))

    def answer(
        self, statements: Sequence[Statement], *, should_stop: Callable[[], bool] = lambda: False
    ) -> list[Scored]:
        """What the members say together of each statement, in their order. Raises Stopped when told to."""
        return self._together([member.answer(statements, should_stop=should_stop) for member in self.members])

    def _together(self, said: Sequence[Sequence[Scored]]) -> list[Scored]:
        """said: of each member, its answers about the same statements."""
        if not said[0]:
            return []
        means: Floats = mean_scores(said)
        if (unrelated := self.members[0].unrelated) is not None:
            means = with_unrelated(means, unrelated)
        elif self.temperature != 1.0:
            means = calibrated(np.log(np.maximum(means, LEAST)), self.temperature)
        rows = means.astype(np.float32).tolist()
        return [Scored.of(one.statement_id, tuple(row)) for one, row in zip(said[0], rows, strict=True)]


def fitted(members: Sequence[LoadedModel], examples: Sequence[Example]) -> Calibration:
    """The temperature under which the labels of these examples, which taught no member, are likeliest.

    Means of calibrated answers are too cautious where the members differ: it is below 1 then.
    """
    if _alike(members) is not None or not examples:  # means of types, each judged by itself, stay as they are
        return NOT_CALIBRATED
    statements = [example.statement for example in examples]
    means = mean_scores([member.answer(statements) for member in members])
    true = np.asarray([example.label_index for example in examples], dtype=np.int64)
    return fit_temperature(np.log(np.maximum(means, LEAST)), true)


def _alike(members: Sequence[LoadedModel]) -> int | None:
    """The label of a pair without a type, where the members judge each type by itself. Raises LossesDiffer."""
    if len({member.unrelated for member in members}) != 1:
        raise LossesDiffer(LossesDiffer.__doc__)
    return members[0].unrelated


def _read_by_all(said: Sequence[Sequence[Scored]]) -> list[list[Scored]]:
    """Of each member, its answers about the statements that all members have answered."""
    answered = set.intersection(*({one.statement_id for one in answers} for answers in said))
    return [[one for one in answers if one.statement_id in answered] for answers in said]


def mean_scores(said: Sequence[Sequence[Scored]]) -> npt.NDArray[np.float64]:
    """Mean probabilities (statements, labels) of the members' answers about the same statements."""
    return np.asarray(np.mean([[one.scores for one in answers] for answers in said], axis=0, dtype=np.float64))
