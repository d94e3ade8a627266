"""People who answer at the same moment lose nothing and break nothing."""

from __future__ import annotations

import uuid

from ledger.integrity import problems
from ledger.models import ChainLink, Decision
from ledger.queries import standing_decisions
from ledger.record.decisions import (
    AlreadyDecided,
    AlreadyWithdrawn,
)
from tests.ledger.facts import answer, polarity, statement, user
from tests.ledger.people import gold_slug, n_rows, undo
from tests.ledger.together import at_once


def test_eight_people_at_once_lose_nothing_and_the_chain_stays_unbroken(committed_db: str) -> None:
    said = [statement("Rivaroxaban", tail) for tail in ("Warfarin", "Heparin", "Aspirin", "Ibuprofen", "Digoxin")]
    people = [user(f"reviewer{number}").username for number in range(8)]

    def review(number: int) -> None:
        for one in said:
            outcome = answer(one, "synergistic", by=people[number], reviews_needed=2)
            if number % 2:
                undo(outcome.decision, by=people[number])
                answer(one, "synergistic", by=people[number], reviews_needed=2)

    assert at_once(8, review) == []
    assert Decision.objects.count() == 5 * (4 + 4 * 3)
    for one in said:
        assert standing_decisions(polarity(), one).count() == 8
        assert gold_slug(one) == "synergistic"
    positions = list(ChainLink.objects.values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert list(problems()) == []


def test_a_click_sent_eight_times_at_once_is_one_decision(committed_db: str) -> None:
    said, key = statement(), uuid.uuid4()
    user("ana")
    assert at_once(8, lambda number: answer(said, "synergistic", idempotency_key=key)) == []
    assert n_rows() == (1, 1, 2)
    assert list(problems()) == []


def test_of_eight_answers_one_person_sends_at_once_one_counts(committed_db: str) -> None:
    said = statement()
    user("ana")
    raised = at_once(8, lambda number: answer(said, ("synergistic", "antagonistic")[number % 2]))
    assert [type(error) for error in raised] == [AlreadyDecided] * 7
    assert n_rows() == (1, 1, 2)


def test_an_answer_undone_eight_times_at_once_is_undone_once(committed_db: str) -> None:
    decision = answer(statement(), "synergistic").decision
    raised = at_once(8, lambda number: undo(decision))
    assert [type(error) for error in raised] == [AlreadyWithdrawn] * 7
    assert n_rows() == (2, 2, 4)
