from __future__ import annotations

import pytest

from review.priorities import (
    AUDIT_EVERY,
    Candidate,
    Seen,
    by_weight,
    doubt,
    in_queue_order,
    needs_second_opinion,
    priority_at,
    worth,
)


def candidate(
    statement: int,
    *reasons: str,
    pattern: int | None = None,
    sentence: int | None = None,
    label: int = 1,
    confidence: float = 0.6,
) -> Candidate:
    pattern = statement if pattern is None else pattern
    sentence = statement if sentence is None else sentence
    return Candidate(statement, pattern, sentence, label, reasons or ("low_confidence",), confidence, 2)


def order(
    *candidates: Candidate, answered: dict[int, int] | None = None, read: dict[int, int] | None = None
) -> list[int]:
    return [one.statement for one in in_queue_order(candidates, Seen(answered or {}, read or {}))]


@pytest.mark.parametrize(
    ("confidence", "n_classes", "expected"),
    [(0.5, 2, 1.0), (1.0, 2, 0.0), (0.75, 2, 0.5), (1 / 3, 3, 1.0), (0.9, 1, 0)],
)
def test_doubt_is_one_at_chance_and_zero_at_certainty(confidence: float, n_classes: int, expected: float) -> None:
    assert doubt(confidence, n_classes) == pytest.approx(expected)


def test_worth_is_weight_times_doubt_times_novelty() -> None:
    # 4 (weight of an ATC contradiction) × (0.2 + 0.8 × 0.5) × 1/2
    assert worth(candidate(1, "atc_contradiction", confidence=0.75), 1) == pytest.approx(1.2)


def test_heavier_reasons_come_first() -> None:
    assert by_weight(["audit", "low_confidence", "suspect_gold", "flip", "flip"]) == [
        "suspect_gold",
        "flip",
        "low_confidence",
        "audit",
    ]
    assert order(candidate(1), candidate(2, "flip"), candidate(3, "atc_contradiction")) == [3, 2, 1]


def test_doubtful_items_come_before_sure_ones() -> None:
    assert order(candidate(1, confidence=0.85), candidate(2, confidence=0.55)) == [2, 1]


def test_the_first_of_each_pattern_comes_before_the_hundredth_of_one() -> None:
    many = [candidate(number, pattern=7, confidence=0.5) for number in range(1, 101)]
    few = [candidate(1000 + number, pattern=1000 + number, confidence=0.8) for number in range(5)]
    places = order(*many, *few)
    assert places[0] == 1
    assert max(places.index(one.statement) for one in few) < places.index(100)


def test_patterns_people_answered_before_are_not_new() -> None:
    assert order(candidate(1, pattern=1), candidate(2, pattern=2), answered={1: 10}) == [2, 1]


def test_pairs_of_a_sentence_that_was_read_before_are_not_new() -> None:
    assert order(candidate(1, sentence=1), candidate(2, sentence=2), read={1: 1}) == [2, 1]
    one_sentence = [candidate(number, sentence=9, confidence=0.5) for number in (1, 2, 3)]
    assert order(*one_sentence, candidate(4, confidence=0.7)) == [1, 4, 2, 3]


def test_every_class_is_spread_evenly_over_the_queue() -> None:
    common = [candidate(number, label=1, confidence=0.5) for number in range(1, 9)]
    rare = [candidate(number, label=2, confidence=0.85) for number in (101, 102)]
    assert order(*common, *rare) == [1, 2, 101, 3, 4, 5, 6, 102, 7, 8]


def test_audit_items_come_by_their_own_turn_in_an_order_of_chance() -> None:
    doubtful = [candidate(number) for number in range(1, 51)]
    audit = [candidate(number, "low_confidence", "audit", confidence=0.5) for number in range(100, 105)]
    places = order(*doubtful, *audit)
    drawn = [one for one in places if one >= 100]
    assert [places.index(one) % AUDIT_EVERY for one in drawn] == [AUDIT_EVERY - 1] * 5
    assert drawn != sorted(drawn)
    assert [one for one in order(*doubtful, *reversed(audit)) if one >= 100] == drawn


def test_every_candidate_is_given_once_even_when_all_are_audit_items() -> None:
    audit = [candidate(number, "audit") for number in range(20)]
    assert sorted(order(*audit)) == list(range(20))
    mixed = [candidate(number, "audit" if number % 3 else "flip", label=number % 2) for number in range(30)]
    assert sorted(order(*mixed)) == list(range(30))
    assert order() == []


def test_priorities_fall_with_the_place() -> None:
    priorities = [priority_at(place) for place in (0, 1, 10, 1_500_000, 1_500_001)]
    assert priorities == sorted(set(priorities), reverse=True)


def test_the_second_opinion_is_fixed_by_the_statement_and_close_to_its_share() -> None:
    chosen = [statement for statement in range(10_000) if needs_second_opinion(statement, 0.2)]
    assert 1_850 < len(chosen) < 2_150
    assert chosen == [statement for statement in range(10_000) if needs_second_opinion(statement, 0.2)]
    assert not any(needs_second_opinion(statement, 0.0) for statement in range(100))
    assert all(needs_second_opinion(statement, 1.0) for statement in range(100))
