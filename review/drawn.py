"""Figures of two models over counted cells, with intervals from resampled statements. Pure.

Intervals are of the middle 95 % over resampled statements. Statements about one drug are no independent evidence, so
they err on the narrow side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Interval = tuple[float, float] | None
Cells = Mapping[tuple[str, str, str], int]
"""How many statements have this gold label and were answered so by the one model and so by the other."""

RESAMPLES = 1_000
SEED = 2019


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


class Drawn:
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
        """F1 of one label."""
        return self._figure([lambda counts, place=place: self._f1(counts, label, place) for place in (1, 2)])

    def mean_f1(self, labels: Sequence[str]) -> Figure:
        """Mean of these labels' F1."""
        return self._figure(
            [
                lambda counts, place=place: self._np.mean([self._f1(counts, label, place) for label in labels], axis=0)
                for place in (1, 2)
            ]
        )

    def micro_f1(self, unrelated: str | None) -> Figure:
        """F1 of all relations together: the pairs that neither side names a relation of count for nothing."""
        return self._figure([lambda counts, place=place: self._micro(counts, unrelated, place) for place in (1, 2)])

    def _f1(self, counts: Floats, label: str, place: int) -> Floats:
        is_it = [key[0] == label for key in self._keys]
        says = [key[place] == label for key in self._keys]
        return self._harmonic(counts, is_it, says, [a and b for a, b in zip(is_it, says, strict=True)])

    def _micro(self, counts: Floats, unrelated: str | None, place: int) -> Floats:
        related = [key[0] != unrelated for key in self._keys]
        says = [key[place] != unrelated for key in self._keys]
        return self._harmonic(counts, related, says, [key[0] == key[place] != unrelated for key in self._keys])

    def _harmonic(self, counts: Floats, gold: Sequence[bool], said: Sequence[bool], right: Sequence[bool]) -> Floats:
        """F1, 0 where a label is neither met nor said, as an evaluation has it."""
        np = self._np
        either = counts @ (np.array(gold, dtype=float) + np.array(said, dtype=float))
        above = 2 * (counts @ np.array(right, dtype=float))
        f1: Floats = np.divide(above, either, out=np.zeros(len(either)), where=either > 0)
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
