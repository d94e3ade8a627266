"""Two models on the same statements: how each does on every class, and whether they differ by more than chance. Pure.

Intervals are of the middle 95 % over resampled statements. Statements about one drug are no independent evidence, so
they err on the narrow side; an evaluation's own, over resampled drugs, are shown where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

from review.drawn import Cells, Drawn, Figure, Interval
from review.numerals import decimals

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class OfClass:
    """One class: how many statements carry it, and how each model finds it."""

    label: str
    n: int
    f1: Figure
    precision: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class Chance:
    """McNemar's test: statements on which just one of the two is right, and the p-value that both are as good."""

    only_this: int
    only_other: int
    p_value: float

    @property
    def p(self) -> str:
        return f"< {decimals(0.001, 3)}" if self.p_value < 0.001 else f"= {decimals(self.p_value, 3)}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of both confusion tables: how often this gold label was given this answer."""

    this: int
    other: int

    @property
    def difference(self) -> int:
        return self.this - self.other


@dataclass(frozen=True, slots=True)
class Beside:
    """Two models on one set of statements.

    Where pairs may be unrelated, the classes are the relation types, and `micro_f1` is that of all of them together.
    """

    n: int
    accuracy: Figure
    macro_f1: Figure
    classes: list[OfClass]
    chance: Chance | None
    confusion: list[tuple[str, list[Change]]]
    micro_f1: Figure | None = None

    @property
    def labels(self) -> list[str]:
        """Those of the confusion table: with the one of unrelated pairs, which is no class."""
        return [gold for gold, _ in self.confusion]


def beside(cells: Cells, labels: Sequence[str], unrelated: str | None = None) -> Beside:
    """Figures of both models over these cells; `labels` are the classes, and every answer is one of them.

    `unrelated` is the label that says a pair has no relation, where there is one.
    """
    n = sum(cells.values())
    drawn = Drawn(cells)
    classes = [_of_class(cells, drawn, label) for label in labels if label != unrelated]
    return Beside(
        n=n,
        accuracy=drawn.figure(*(_right(cells, place) for place in (1, 2)), [1] * len(cells)),
        macro_f1=drawn.mean_f1(labels),
        micro_f1=drawn.micro_f1(unrelated) if unrelated in labels else None,
        classes=classes,
        chance=chance(cells),
        confusion=confusion(cells, labels),
    )


def chance(cells: Cells) -> Chance:
    """McNemar's exact test over the statements on which just one of the two is right."""
    only_this = sum(n for (gold, this, other), n in cells.items() if this == gold != other)
    only_other = sum(n for (gold, this, other), n in cells.items() if other == gold != this)
    return Chance(only_this, only_other, mcnemar_exact(only_this, only_other))


def mcnemar_exact(only_this: int, only_other: int) -> float:
    """The two-sided p-value that a statement on which just one is right is either's with probability one half.

    Twice the binomial tail (McNemar 1947, exact form), at most 1; without such a statement it is 1.
    """
    n, fewest = only_this + only_other, min(only_this, only_other)
    tail = (lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) - n * log(2) for i in range(fewest + 1))
    return min(1.0, 2 * sum(map(exp, tail)))


def confusion(cells: Cells, labels: Sequence[str]) -> list[tuple[str, list[Change]]]:
    """For every gold label, how often each model gave each answer."""
    return [
        (
            gold,
            [
                Change(
                    sum(n for (true, this, _), n in cells.items() if (true, this) == (gold, said)),
                    sum(n for (true, _, other), n in cells.items() if (true, other) == (gold, said)),
                )
                for said in labels
            ],
        )
        for gold in labels
    ]


def wilson(n_right: int, n: int) -> Interval:
    """The 95 % interval of a share (Wilson 1927); None without a statement."""
    if not n:
        return None
    share, z2 = n_right / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))


def _right(cells: Cells, place: int) -> list[int]:
    return [int(cell[place] == cell[0]) for cell in cells]


def _of_class(cells: Cells, drawn: Drawn, label: str) -> OfClass:
    is_it = [int(gold == label) for gold, _, _ in cells]
    says = [[int(cell[place] == label) for cell in cells] for place in (1, 2)]
    both = [[a * b for a, b in zip(is_it, one, strict=True)] for one in says]
    return OfClass(
        label=label,
        n=sum(n for (gold, _, _), n in cells.items() if gold == label),
        f1=drawn.f1(label),
        precision=drawn.figure(*both, *says),
        recall=drawn.figure(*both, is_it),
    )
