"""Two models on the same statements: how each does on every class, and whether they differ by more than chance. Pure.

Intervals are of the middle 95 % over resampled statements. Statements about one drug are no independent evidence, so
they err on the narrow side; an evaluation's own, over resampled drugs, are shown where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import TYPE_CHECKING, Any

from review.numerals import decimals

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Interval = tuple[float, float] | None
Cells = Mapping[tuple[str, str, str], int]
"""How many statements have this gold label and were answered so by the one model and so by the other."""

RESAMPLES = 1_000
SEED = 2019
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of each model, 0 to 1, with its interval; None where it is not defined or was not kept."""

    this: float | None
    other: float | None
    this_interval: Interval = None
    other_interval: Interval = None
    difference_interval: Interval = None

    @property
    def difference(self) -> float | None:
        """This minus other."""
        return None if self.this is None or self.other is None else self.this - self.other


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
    """Two models on one set of statements."""

    n: int
    accuracy: Figure
    macro_f1: Figure
    classes: list[OfClass]
    chance: Chance | None
    confusion: list[tuple[str, list[Change]]]

    @property
    def labels(self) -> list[str]:
        return [one.label for one in self.classes]


def beside(cells: Cells, labels: Sequence[str]) -> Beside:
    """Figures of both models over these cells; `labels` are the classes, and every answer is one of them."""
    n = sum(cells.values())
    drawn = _Drawn(cells)
    classes = [_of_class(cells, drawn, label) for label in labels]
    return Beside(
        n=n,
        accuracy=drawn.figure(*(_right(cells, place) for place in (1, 2)), [1] * len(cells)),
        macro_f1=drawn.mean_f1(labels),
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


def _of_class(cells: Cells, drawn: _Drawn, label: str) -> OfClass:
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


class _Drawn:
    """The cells' counts, and a thousand resamples of them; the same cells give the same ones.

    Drawing statements with replacement is drawing the cells' counts from a multinomial: the cost does not grow with
    the number of statements.
    """

    def __init__(self, cells: Cells) -> None:
        import numpy as np  # here, so that only these pages pay for it

        self._np = np
        self._keys = list(cells)
        self._counts = np.array([list(cells.values())], dtype=np.float64)
        n = int(self._counts.sum())
        shares = self._counts[0] / n if n else self._counts[0]
        self._draws = (
            np.random.default_rng(SEED).multinomial(n, shares, size=RESAMPLES).astype(np.float64) if n else self._counts
        )

    def figure(self, this: Sequence[int], other: Sequence[int], *below: Sequence[int]) -> Figure:
        """A ratio of sums over the cells for each model; one denominator serves both, or each has its own."""
        denominators = below if len(below) == 2 else (below[0], below[0])
        return self._figure(
            [
                lambda counts, a=above, b=under: self._ratio(counts, self._np.array(a), self._np.array(b))
                for above, under in zip((this, other), denominators, strict=True)
            ]
        )

    def f1(self, label: str) -> Figure:
        return self._figure([lambda counts, place=place: self._f1(counts, label, place) for place in (1, 2)])

    def mean_f1(self, labels: Sequence[str]) -> Figure:
        return self._figure(
            [
                lambda counts, place=place: self._np.mean([self._f1(counts, label, place) for label in labels], axis=0)
                for place in (1, 2)
            ]
        )

    def _f1(self, counts: Floats, label: str, place: int) -> Floats:
        """0 where a label is neither met nor said, as an evaluation has it."""
        np = self._np
        is_it = np.array([key[0] == label for key in self._keys], dtype=float)
        says = np.array([key[place] == label for key in self._keys], dtype=float)
        either = counts @ (is_it + says)
        f1: Floats = np.divide(2 * (counts @ (is_it * says)), either, out=np.zeros(len(either)), where=either > 0)
        return f1

    def _ratio(self, counts: Any, above: Any, below: Any) -> Floats:
        under, unknown = counts @ below, self._np.nan
        ratio: Floats = self._np.divide(counts @ above, under, out=self._np.full(len(under), unknown), where=under > 0)
        return ratio

    def _figure(self, of: Sequence[Any]) -> Figure:
        if not self._counts.sum():
            return Figure(None, None)
        this, other = (one(self._counts)[0] for one in of)
        drawn_this, drawn_other = (one(self._draws) for one in of)
        return Figure(
            self._known(this),
            self._known(other),
            self._middle(drawn_this),
            self._middle(drawn_other),
            self._middle(drawn_this - drawn_other),
        )

    def _known(self, value: float) -> float | None:
        return float(value) if self._np.isfinite(value) else None

    def _middle(self, values: Floats) -> Interval:
        known = values[self._np.isfinite(values)]
        if not len(known):
            return None
        low, high = self._np.percentile(known, [2.5, 97.5])
        return (float(low), float(high))
