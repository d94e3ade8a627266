"""What could be known of a labelling from its wordings alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Oracle:
    """How many of `n` labels are right when each wording gets the label most of its statements have.

    No model that reads only the masked text can do better on these very statements. Where a wording stands only once
    the oracle is right by construction (`n_alone`), so on free text it says nothing.
    """

    n: int
    n_patterns: int
    n_right: int
    n_alone: int
    n_commonest: int
    """Right when every statement gets the commonest label of all: what the oracle is to be compared with."""

    @property
    def accuracy(self) -> float:
        return self.n_right / self.n if self.n else 0.0

    @property
    def share_of_commonest(self) -> float:
        return self.n_commonest / self.n if self.n else 0.0

    def as_dict(self) -> dict[str, float]:
        return asdict(self) | {"accuracy": self.accuracy, "share_of_commonest": self.share_of_commonest}


def oracle(labelled: Iterable[tuple[str, str]]) -> Oracle:
    """The per-pattern oracle of a labelling, given as (pattern, label)."""
    by_pattern: dict[str, Counter[str]] = defaultdict(Counter)
    for pattern, label in labelled:
        by_pattern[pattern][label] += 1
    overall = sum(by_pattern.values(), Counter[str]())
    return Oracle(
        n=overall.total(),
        n_patterns=len(by_pattern),
        n_right=sum(max(labels.values()) for labels in by_pattern.values()),
        n_alone=sum(labels.total() == 1 for labels in by_pattern.values()),
        n_commonest=max(overall.values(), default=0),
    )
