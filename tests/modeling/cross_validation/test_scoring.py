"""Figures over all folds, by relation and over seeds, against answers worked out by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from modeling.cross_validation.running import Said
from modeling.cross_validation.scoring import Scoring, over_seeds
from modeling.evaluation.held_out import HeldOut
from tests.modeling.evaluation.making import LABELS, held_out

RIGHT, WRONG = 0.9, 0.1


def examples() -> list[HeldOut]:
    """Six statements: four of label 0 in two wordings, then two of label 1 in one; each in a document of its own."""
    patterns = ("a", "a", "a", "b", "c", "c")
    return [
        held_out(number, int(number > 3), pattern=f"⟨1⟩ {pattern} ⟨2⟩.", document=f"PMID{number}")
        for number, pattern in enumerate(patterns)
    ]


def said(*of_true: float) -> Said:
    """The probability that each example's true label gets."""
    rows = [(p, 1 - p) if number < 4 else (1 - p, p) for number, p in enumerate(of_true)]
    return Said(tuple(range(len(rows))), np.asarray(rows), np.asarray(rows))


@pytest.fixture
def scoring() -> Scoring:
    return Scoring(examples(), LABELS, "document")


def test_each_wording_counts_once(scoring: Scoring) -> None:
    figures = scoring.figures([said(RIGHT, RIGHT, RIGHT, WRONG, RIGHT, RIGHT)])
    # by statement: 3 of 4 found and none said wrongly of label 0; of label 1 two found, three said
    assert figures["per_label"]["synergistic"]["f1"] == pytest.approx(2 * 3 / (3 + 4))
    assert figures["macro_f1"] == pytest.approx((6 / 7 + 4 / 5) / 2)
    # by wording: of a, b and c one is wrong, so label 0 has 1 found of 2, label 1 one found and two said
    assert figures["macro_f1_of_wordings"] == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert figures["intervals"]["units"] == {"document": 6}


def test_examples_of_one_number_count_as_one_by_the_mean_of_their_probabilities(scoring: Scoring) -> None:
    together = [7, 7, 8, 9, 5, 5]
    figures = scoring.figures([said(0.9, 0.3, 0.9, 0.1, 0.8, 0.1)], together=together)
    # 7: 0.6 right; 8 right; 9 wrong; 5: 0.45 wrong
    assert (figures["n"], figures["accuracy"]) == (4, 0.5)
    assert scoring.figures([said(0.9, 0.3, 0.9, 0.1, 0.8, 0.1)])["n"] == 6


def test_some_of_the_numbers_are_scored_apart(scoring: Scoring) -> None:
    told = [said(0.9, 0.3, 0.9, 0.1, 0.8, 0.1)]
    parts = [scoring.figures(told, together=[7, 7, 8, 9, 5, 5], where=where) for where in ({7, 8}, {9, 5})]
    assert [(one["n"], one["accuracy"]) for one in parts] == [(2, 1.0), (2, 0.0)]


def test_intervals_are_over_what_folds_do_not_share() -> None:
    told = [said(*[RIGHT] * 6)]
    units = {
        scheme: Scoring(examples(), LABELS, scheme).figures(told)["intervals"]["units"]  # type: ignore[arg-type]
        for scheme in ("pattern", "document", "drug", "drug-and-pattern")
    }
    assert units == {
        "pattern": {"wording": 3},
        "document": {"document": 6},
        "drug": {"drug": 12},
        "drug-and-pattern": {"wording": 3},
    }


def test_what_is_tested_and_what_the_commonest_label_alone_would_get(scoring: Scoring) -> None:
    found = scoring.composition(range(6))
    assert found["labels"] == {
        "synergistic": {"statements": 4, "wordings": 2},
        "antagonistic": {"statements": 2, "wordings": 1},
    }
    assert found["commonest"] == {"label": "synergistic", "accuracy": 4 / 6, "macro_f1": pytest.approx(2 * 4 / 10 / 2)}


def test_by_relation_the_commonest_label_is_the_relations_own(scoring: Scoring) -> None:
    found = scoring.composition(range(6), together=[1, 1, 1, 1, 2, 3])
    assert [one["relations"] for one in found["labels"].values()] == [1, 2]
    assert found["commonest"] == {"label": "antagonistic", "accuracy": 2 / 3, "macro_f1": pytest.approx(0.8 / 2)}


def test_mean_and_spread_over_seeds(scoring: Scoring) -> None:
    all_right, one_wrong = said(*[RIGHT] * 6), said(*[RIGHT] * 3, WRONG, RIGHT, RIGHT)
    by_seed: list[dict[str, Any]] = [scoring.figures([told]) for told in (all_right, one_wrong, all_right)]
    found = over_seeds(by_seed)
    low = (6 / 7 + 4 / 5) / 2
    assert found["macro_f1"]["by_seed"] == pytest.approx([1, low, 1])
    assert found["macro_f1"]["mean"] == pytest.approx((2 + low) / 3)
    assert (found["macro_f1"]["low"], found["macro_f1"]["high"]) == (pytest.approx(low), 1)
    # of three values of which two are equal, the sample's deviation is the distance over the root of three
    assert found["macro_f1"]["deviation"] == pytest.approx((1 - low) / 3**0.5)
    assert found["f1 of synergistic"]["low"] == pytest.approx(6 / 7)
    assert found["accuracy"]["mean"] == pytest.approx((1 + 5 / 6 + 1) / 3)
    assert set(found) > {"ece", "ece_debiased", "accuracy_at_80", "macro_f1_of_wordings"}


def test_the_first_position_of_a_relation_stands_for_it(scoring: Scoring) -> None:
    """Whichever fold it stands in: the clusters are those of its document."""
    halves = said(*[RIGHT] * 6)
    parts = [dataclasses.replace(halves, positions=halves.positions[at : at + 3]) for at in (0, 3)]
    split = [
        dataclasses.replace(part, scores=halves.scores[at : at + 3], uncalibrated=halves.uncalibrated[at : at + 3])
        for part, at in zip(parts, (0, 3), strict=True)
    ]
    assert scoring.figures(split) == scoring.figures([halves])
