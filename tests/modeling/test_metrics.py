from __future__ import annotations

import json

import numpy as np
import pytest

from modeling.metrics import NothingToScore, macro_f1, micro_f1, score

LABELS = ("synergistic", "antagonistic", "undetermined")


def test_every_figure_by_hand() -> None:
    #  true  0 0 0 1 1   said 0 0 1 1 0
    figures = score([0, 0, 0, 1, 1], [0, 0, 1, 1, 0], [0.9, 0.9, 0.6, 0.9, 0.6], labels=LABELS[:2])
    assert figures["n"] == 5
    assert figures["accuracy"] == pytest.approx(3 / 5)
    assert figures["confusion"] == [[2, 1], [1, 1]]
    first = figures["per_label"]["synergistic"]
    assert (first["precision"], first["recall"], first["f1"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    second = figures["per_label"]["antagonistic"]
    assert (second["precision"], second["recall"], second["f1"]) == pytest.approx((1 / 2, 1 / 2, 1 / 2))
    assert (first["support"], second["support"]) == (3, 2)
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    # too few for a second bin: confidence (3 × 0.9 + 2 × 0.6) / 5 = 0.78, accuracy 3/5
    assert figures["ece"] == pytest.approx(0.78 - 0.6)
    assert [row["n"] for row in figures["bands"]] == [2, 3, 0]


def test_label_that_never_occurs_counts_as_nothing_and_keeps_its_place() -> None:
    figures = score([0, 1], [0, 1], [0.9, 0.9], labels=LABELS)
    assert figures["confusion"] == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert figures["per_label"]["undetermined"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert figures["macro_f1"] == pytest.approx(2 / 3)
    assert macro_f1([0, 1], [0, 1], n_labels=2) == 1.0


def test_figures_are_plain_json_values() -> None:
    figures = score([0, 1], [0, 0], [0.9, 0.6], labels=LABELS)
    assert json.loads(json.dumps(figures)) == figures


def test_no_examples_are_refused() -> None:
    with pytest.raises(NothingToScore, match="no labelled examples"):
        score([], [], [], labels=LABELS)


def test_micro_f1_by_hand() -> None:
    true = np.array([0, 1, 2, 2, 0, 1])  # 2 is no relation: four relations
    said = np.array([0, 0, 2, 1, 2, 1])  # four named, of which the first and the last are right
    assert micro_f1(true, said, unrelated=2) == 2 * 2 / (4 + 4)
    assert micro_f1(np.array([2, 2]), np.array([2, 2]), unrelated=2) == 0.0
