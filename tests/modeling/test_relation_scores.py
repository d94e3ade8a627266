"""Scores over relations against answers worked out by hand."""

from __future__ import annotations

import pytest

from modeling.relation_scores import (
    Entities,
    Related,
    RelationScores,
    Tally,
    f1_differences,
    micro_intervals,
    score_relations,
    type_intervals,
)

TYPES = ("INHIBITOR", "AGONIST", "SUBSTRATE")
ENTITIES = {
    "1": Entities(frozenset({"C1", "C2"}), frozenset({"G1", "G2"})),
    "2": Entities(frozenset({"C1"}), frozenset({"G1"})),
    "3": Entities(frozenset({"C1"}), frozenset()),
}


def rows(*written: str) -> list[Related]:
    return [Related(*one.split()) for one in written]


def score(gold: list[Related], predicted: list[Related], documents: list[str] | None = None) -> RelationScores:
    return score_relations(gold, predicted, types=TYPES, entities=ENTITIES, documents=documents)


def test_two_of_three_found_by_two_of_four_right() -> None:
    gold = rows("1 INHIBITOR C1 G1", "1 AGONIST C2 G1", "2 AGONIST C1 G1")
    predicted = rows("1 INHIBITOR C1 G1", "1 INHIBITOR C2 G1", "1 SUBSTRATE C2 G2", "2 AGONIST C1 G1")
    found = score(gold, predicted)
    assert found.micro == Tally(n_gold=3, n_predicted=4, n_right=2)
    assert (found.micro.precision, found.micro.recall) == (0.5, pytest.approx(2 / 3))
    assert found.micro.f1 == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert found.by_type == {"INHIBITOR": Tally(1, 2, 1), "AGONIST": Tally(2, 1, 1)}
    assert (found.not_in_gold, found.not_predicted) == (("SUBSTRATE",), ())
    assert found.by_document == {"1": Tally(2, 3, 1), "2": Tally(1, 1, 1), "3": Tally(0, 0, 0)}


def test_repeated_rows_count_once_whichever_way_round() -> None:
    said = rows("1 INHIBITOR C1 G1", "1 INHIBITOR C1 G1", "1 INHIBITOR G1 C1")
    found = score(said, said)
    assert found.micro == Tally(1, 1, 1)
    assert found.left_out == {"gold, repeated": 2, "predicted, repeated": 2}


def test_a_pair_of_two_types_is_two_relations() -> None:
    gold = rows("1 INHIBITOR C1 G1", "1 SUBSTRATE C1 G1")
    assert score(gold, rows("1 SUBSTRATE C1 G1")).micro == Tally(2, 1, 1)
    assert score(gold[:1], gold).micro == Tally(1, 2, 1)


def test_types_outside_the_set_and_pairs_that_are_none_do_not_count_on_either_side() -> None:
    odd = rows("1 WHATEVER C1 G1", "1 AGONIST C1 C2", "1 AGONIST G1 G2", "1 AGONIST C1 G9", "3 AGONIST C1 G1")
    found = score(rows("1 INHIBITOR C1 G1") + odd, rows("1 INHIBITOR C1 G1") + odd)
    assert found.micro == Tally(1, 1, 1)
    assert found.left_out == {
        "gold, of a type outside the set": 1,
        "gold, not of a head and a tail of the document": 4,
        "predicted, of a type outside the set": 1,
        "predicted, not of a head and a tail of the document": 4,
    }


def test_documents_without_predictions_are_missed_and_those_not_scored_cost_nothing() -> None:
    gold = rows("1 INHIBITOR C1 G1", "2 AGONIST C1 G1")
    predicted = rows("1 INHIBITOR C1 G1", "2 INHIBITOR C1 G1", "elsewhere AGONIST C1 G1")
    found = score(gold, predicted, ["1", "3"])
    assert found.micro == Tally(2, 1, 1)  # the gold of document 2 stays, as the official scorer has it
    assert found.left_out == {"predicted, of a document that is not scored": 2}
    assert found.by_document == {"1": Tally(1, 1, 1), "2": Tally(1, 0, 0), "3": Tally(0, 0, 0)}


def test_nothing_said_and_nothing_there_are_zero_and_no_error() -> None:
    gold = rows("1 INHIBITOR C1 G1")
    for said, wanted in (([], gold), (gold, []), ([], [])):
        micro = score(wanted, said).micro
        assert (micro.precision, micro.recall, micro.f1) == (0.0, 0.0, 0.0)


def test_intervals_come_of_documents_and_are_the_same_each_time() -> None:
    entities = {str(number): ENTITIES["2"] for number in range(40)}
    gold = [Related(name, "AGONIST", "C1", "G1") for name in entities]
    found = score_relations(gold, gold[:30], types=TYPES, entities=entities)
    intervals = micro_intervals(found)
    assert intervals == micro_intervals(found)
    assert intervals["precision"] == [1.0, 1.0]
    assert intervals["recall"]
    low, high = intervals["recall"]
    assert 0.55 < low < 0.75 < high < 0.92  # a share of 0.75 of 40: two standard errors are 0.137
    alone = score_relations(gold[:1], [], types=TYPES, entities={"0": ENTITIES["2"]})
    assert micro_intervals(alone) == {"precision": None, "recall": None, "f1": None}


def test_the_intervals_of_a_type_leave_out_draws_that_miss_it() -> None:
    entities = {str(number): ENTITIES["2"] for number in range(4)}
    gold = [Related("0", "AGONIST", "C1", "G1"), *(Related(name, "INHIBITOR", "C1", "G1") for name in "123")]
    found = score_relations(gold, gold, types=TYPES, entities=entities)
    intervals = type_intervals(found)
    assert set(intervals) == {"AGONIST", "INHIBITOR"}
    assert intervals["AGONIST"] == {"precision": [1, 1], "recall": [1, 1], "f1": [1, 1]}  # though a third has none


def test_what_a_model_gains_on_another_is_of_the_same_draws() -> None:
    entities = {str(number): ENTITIES["2"] for number in range(40)}
    gold = [Related(name, "AGONIST", "C1", "G1") for name in entities]
    best, half, none = (score_relations(gold, gold[:n], types=TYPES, entities=entities) for n in (40, 20, 0))
    found = f1_differences(half, best)
    assert set(found) == {None, "AGONIST"}
    assert found[None] == found["AGONIST"]
    low, high = found[None] or (0, 0)
    assert low < 2 * 20 / 60 - 1 < high < 0  # F1 2/3 and 1
    assert f1_differences(best, best)[None] == [0, 0]
    assert f1_differences(none, best)[None] == [-1, -1]
