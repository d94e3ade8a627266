"""How good a set of answers is: plain numbers, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from modeling.calibration import by_band, expected_calibration_error


class NothingToScore(ValueError):
    """There is not one example, so no figure has a meaning."""


def macro_f1(true: Sequence[int], predicted: Sequence[int], *, n_labels: int) -> float:
    """Mean of the labels' F1, each counting the same however rare; a label never met nor said counts as 0."""
    return float(f1_score(true, predicted, labels=list(range(n_labels)), average="macro", zero_division=0))


def micro_f1(true: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], *, unrelated: int) -> float:
    """F1 over all relations together, as the shared tasks score: `unrelated` is the label that is none of them.

    A pair of which neither side names a relation counts for nothing; 0 where no side names one.
    """
    n_named = int((true != unrelated).sum() + (predicted != unrelated).sum())
    return 2 * int(((true == predicted) & (true != unrelated)).sum()) / n_named if n_named else 0.0


def score(
    true: Sequence[int], predicted: Sequence[int], confidences: Sequence[float], *, labels: Sequence[str]
) -> dict[str, Any]:
    """Every figure of one model on one set of examples, as JSON values.

    `true` and `predicted` are label indexes; `confidences` the predicted labels' calibrated probabilities. Keys:
    n, accuracy, macro_f1, ece, per_label (precision, recall, f1, support by label slug), confusion (rows are true
    labels, columns predicted ones, in the order of `labels`) and bands. Raises NothingToScore.
    """
    if not true:
        raise NothingToScore("There are no labelled examples to score: label some, or choose another split.")
    indexes = list(range(len(labels)))
    precision, recall, f1, support = precision_recall_fscore_support(true, predicted, labels=indexes, zero_division=0)
    correct = np.asarray(true) == np.asarray(predicted)
    certain = np.asarray(confidences, dtype=np.float64)
    return {
        "n": len(true),
        "accuracy": float(accuracy_score(true, predicted)),
        "macro_f1": macro_f1(true, predicted, n_labels=len(labels)),
        "ece": expected_calibration_error(certain, correct),
        "per_label": {
            label: {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "support": int(support[index]),
            }
            for index, label in enumerate(labels)
        },
        "confusion": confusion_matrix(true, predicted, labels=indexes).tolist(),
        "bands": by_band(certain, correct),
    }
