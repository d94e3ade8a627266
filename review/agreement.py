"""How far people agree with each other and with a model, with bootstrap intervals.

Every figure here is a function of columns summed over statements. So one resampling serves all: statements with the
same columns are counted together, and drawing n statements with replacement is one multinomial draw over the kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.float64]  # (statements, columns), or their sums (…, columns)
Statistic = Callable[[Columns], npt.NDArray[np.float64]]

REPLICATES = 2_000
SEED = 20_260_304
LEVEL = 95.0  # percent between the two ends of an interval
FEWEST = 10  # statements below which resampling says nothing worth printing
MOSTLY = 0.95  # share of replicates on which a figure has to be defined for its interval to mean something


class Because(StrEnum):
    """Why a figure or its interval is missing."""

    KNOWN = ""
    NO_OVERLAP = "no_overlap"  # nothing to compare
    ONE_CLASS = "one_class"  # one answer throughout: agreement by chance would be perfect too
    TOO_FEW = "too_few"  # fewer than ten statements, or undefined on too many replicates
    NO_SPREAD = "no_spread"  # every replicate gave the same


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` statements with the ends of its 95 % percentile interval; `because` says what is missing."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    because: Because = Because.KNOWN


def estimate(columns: Columns, statistic: Statistic, *, seed: int = SEED) -> Estimate:
    """The statistic over all statements, and its interval over bootstrap replicates of them.

    columns: (statements, columns). The same columns and seed give the same interval.
    """
    n = len(columns)
    if n == 0:
        return Estimate(0, None, because=Because.NO_OVERLAP)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(columns.sum(axis=0)))
        if not np.isfinite(value):
            return Estimate(n, None, because=Because.ONE_CLASS)
        if n < FEWEST:
            return Estimate(n, value, because=Because.TOO_FEW)
        replicates = statistic(resampled(columns, seed=seed))
    defined = replicates[np.isfinite(replicates)]
    if len(defined) < MOSTLY * REPLICATES:
        return Estimate(n, value, because=Because.TOO_FEW)
    low, high = np.percentile(defined, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    if np.ptp(defined) < 1e-12:
        return Estimate(n, value, because=Because.NO_SPREAD)
    return Estimate(n, value, float(low), float(high))


def resampled(columns: Columns, *, seed: int) -> Columns:
    """Sums over as many statements drawn with replacement, (replicates, columns)."""
    rows = np.ascontiguousarray(columns)
    as_bytes = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()  # ten times as fast as axis=0
    _, where, counts = np.unique(as_bytes, return_index=True, return_counts=True)
    kinds, n = rows[where], len(rows)
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=REPLICATES)  # (replicates, kinds)
    sums: Columns = drawn @ kinds
    return sums


def answer_counts(statements: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], n_labels: int) -> Columns:
    """How many people gave each label, (statements with at least two answers, labels); one row of input an answer."""
    _, place = np.unique(statements, return_inverse=True)
    n_statements = int(place.max()) + 1 if len(place) else 0
    cells = np.bincount(place * n_labels + labels, minlength=n_statements * n_labels)
    counts: Columns = cells.reshape(n_statements, n_labels).astype(np.float64)
    several: Columns = counts[counts.sum(axis=1) >= 2]
    return several


def raw_agreement(counts: Columns) -> Estimate:
    """Share of the pairs of answers on a statement that are the same, as the mean over statements."""
    n_answers = counts.sum(axis=1, keepdims=True)
    shares = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (n_answers * (n_answers - 1))
    return estimate(np.hstack([shares, np.ones_like(shares)]), _ratio)


def agreement_on(counts: Columns, label: int) -> Estimate:
    """Of the answers that gave this label, how often another person gave it too (specific agreement)."""
    given = counts[:, [label]]
    met = given * (given - 1) / (counts.sum(axis=1, keepdims=True) - 1)
    return estimate(np.hstack([met, given]), _ratio)


def krippendorff_alpha(counts: Columns) -> Estimate:
    """Krippendorff's alpha for nominal labels and any number of answers a statement.

    Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): 1 − observed / expected disagreement, from the
    coincidences; the margin of a label is how often it was given, its diagonal Σ n (n − 1) / (answers − 1).
    """
    n_labels = counts.shape[1]
    diagonal = counts * (counts - 1) / (counts.sum(axis=1, keepdims=True) - 1)

    def alpha(sums: Columns) -> npt.NDArray[np.float64]:
        margins, same = sums[..., :n_labels], sums[..., n_labels:].sum(axis=-1)
        n = margins.sum(axis=-1)
        expected = 1 - (margins * (margins - 1)).sum(axis=-1) / (n * (n - 1))
        return 1 - _defined_ratio(1 - same / n, expected)

    return estimate(np.hstack([counts, diagonal]), alpha)


def one_against_rest(counts: Columns, label: int) -> Columns:
    """The counts as if the label's only alternative were "another one"."""
    given = counts[:, [label]]
    return np.hstack([given, counts.sum(axis=1, keepdims=True) - given])


def cohen_kappa(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], n_labels: int) -> Estimate:
    """Cohen's kappa of two people's answers on the same statements, (statements,) each.

    Cohen, "A coefficient of agreement for nominal scales" (1960).
    """
    cells = np.zeros((len(first), n_labels * n_labels))
    cells[np.arange(len(first)), first * n_labels + second] = 1

    def kappa(sums: Columns) -> npt.NDArray[np.float64]:
        table = sums.reshape(*sums.shape[:-1], n_labels, n_labels)
        n = table.sum(axis=(-2, -1))
        same = np.trace(table, axis1=-2, axis2=-1) / n
        by_chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / n**2
        return 1 - _defined_ratio(1 - same, 1 - by_chance)

    return estimate(cells, kappa)


def share(met: npt.NDArray[np.int64], of: npt.NDArray[np.int64]) -> Estimate:
    """How many of how many, both counted per statement; statements without any of the latter are left out."""
    counted = of > 0
    return estimate(np.column_stack([met, of])[counted].astype(np.float64), _ratio)


def difference_of_shares(
    met: npt.NDArray[np.int64],
    of: npt.NDArray[np.int64],
    met_beside: npt.NDArray[np.int64],
    beside: npt.NDArray[np.int64],
) -> Estimate:
    """A share less the share beside it; all four are counted per statement."""
    columns = np.column_stack([met, of, met_beside, beside]).astype(np.float64)
    if not (of.sum() and beside.sum()):
        return Estimate(len(columns), None, because=Because.NO_OVERLAP)
    return estimate(columns, lambda sums: sums[..., 0] / sums[..., 1] - sums[..., 2] / sums[..., 3])


def _ratio(sums: Columns) -> npt.NDArray[np.float64]:
    return _defined_ratio(sums[..., 0], sums[..., 1])


def _defined_ratio(above: Any, below: Any) -> npt.NDArray[np.float64]:
    """NaN where there is nothing to divide by, also where rounding left a trace of it."""
    return np.where(np.abs(below) < 1e-12, np.nan, above / np.where(below == 0, 1, below))
