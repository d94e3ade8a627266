"""Making a confidence of 0.9 mean that nine of ten are right.

Temperature scaling: Guo et al., On Calibration of Modern Neural Networks (2017), section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

ENOUGH_TO_FIT = 30
"""Validation examples below which a fitted temperature would say more about chance than about the model."""

COOLEST, HOTTEST = 0.5, 10.0
PRIOR_WIDTH = 0.5
"""Standard deviation of log temperature around 0: a few right answers alone cannot make a model certain."""

MOST_BINS, SMALLEST_BIN = 15, 5

BANDS = (("unsure", 0.0, 0.75), ("likely", 0.75, 0.95), ("sure", 0.95, 1.0))
"""Words for a calibrated confidence: from (inclusive) and to (exclusive; 1 belongs to the last)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the logits are divided by, how that was found ("fitted" or "none") and on how many examples."""

    temperature: float
    method: str
    n: int


NOT_CALIBRATED = Calibration(temperature=1.0, method="none", n=0)


def fit_temperature(
    logits: Floats, label_indexes: npt.NDArray[np.int64], *, unrelated: int | None = None
) -> Calibration:
    """The temperature, 0.5 to 10, under which the validation labels are likeliest.

    logits: (examples, labels); label_indexes: (examples,); `unrelated` as in `probabilities_of`. With fewer than 30
    examples the temperature stays 1.
    """
    from scipy.optimize import minimize_scalar  # here, since serving applies a temperature without scipy

    n = len(label_indexes)
    if n < ENOUGH_TO_FIT:
        return Calibration(temperature=1.0, method="none", n=n)

    def surprise(log_temperature: float) -> float:
        probabilities = probabilities_of(logits, float(np.exp(log_temperature)), unrelated=unrelated)
        true = probabilities[np.arange(n), label_indexes]
        return float(-np.log(np.maximum(true, 1e-300)).sum() + (log_temperature / PRIOR_WIDTH) ** 2 / 2)

    best = minimize_scalar(surprise, bounds=(np.log(COOLEST), np.log(HOTTEST)), method="bounded")
    return Calibration(temperature=float(np.exp(best.x)), method="fitted", n=n)


def probabilities_of(logits: Floats, temperature: float, *, unrelated: int | None) -> Floats:
    """What a model's logits, (examples, labels), say: `calibrated`, or with `unrelated` of each type by itself.

    `unrelated` is the label that a pair without a type has, in a model that learnt each type by itself: as likely as
    the likeliest type is not. So the largest of a row is a type's where that is likelier than not.
    """
    if unrelated is None:
        return calibrated(logits, temperature)
    types = 1 / (1 + np.exp(-np.clip(np.asarray(logits, dtype=np.float64) / temperature, -500, 500)))
    return with_unrelated(types, unrelated)


def with_unrelated(types: Floats, unrelated: int) -> Floats:
    """The types' probabilities, (examples, labels), with that of having none of them in its column."""
    others = np.delete(types, unrelated, axis=1)
    return np.asarray(np.insert(others, unrelated, 1 - others.max(axis=1), axis=1))


def calibrated(logits: Floats, temperature: float) -> Floats:
    """Probabilities, (examples, labels), each row summing to 1."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def equal_mass_bins(confidences: Floats) -> npt.NDArray[np.int64]:
    """The bin of each example, (examples,), counted from 0: at most 15 bins of about equally many, 5 or more each.

    Equal confidences share a bin, so the order of the examples changes nothing (templated text repeats them).
    """
    n_bins = min(MOST_BINS, max(1, len(confidences) // SMALLEST_BIN))
    edges = np.quantile(confidences, np.linspace(0, 1, n_bins + 1)[1:-1])
    bin_of = np.unique(np.searchsorted(edges, confidences, side="left"), return_inverse=True)[1]
    return np.asarray(bin_of, dtype=np.int64)


def expected_calibration_error(confidences: Floats, correct: npt.NDArray[np.bool_]) -> float:
    """How far confidence and accuracy lie apart on average, 0 to 1, over bins of equal mass."""
    bin_of = equal_mass_bins(confidences)
    gaps = np.bincount(bin_of, weights=confidences) - np.bincount(bin_of, weights=correct)
    return float(np.abs(gaps).sum() / len(confidences))


def by_band(confidences: Floats, correct: npt.NDArray[np.bool_]) -> list[dict[str, float | int | str | None]]:
    """One row per band: its word, bounds, number of predictions, and accuracy (none where it is empty)."""
    rows: list[dict[str, float | int | str | None]] = []
    for word, low, high in BANDS:
        inside = (confidences >= low) & ((confidences < high) | (high == 1.0))
        n = int(inside.sum())
        rows.append(
            {
                "band": word,
                "from": low,
                "to": high,
                "n": n,
                "accuracy": float(correct[inside].mean()) if n else None,
            }
        )
    return rows
