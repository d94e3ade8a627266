"""Undoing is one more decision: it takes back what rested on the answer, and nothing else."""

from __future__ import annotations

import uuid

import pytest

from ledger.models import GoldLabel, Statement
from ledger.queries import current_gold, standing_decisions
from ledger.record.decisions import (
    AlreadyWithdrawn,
    KeyUsedElsewhere,
    NotYours,
)
from tests.ledger.facts import answer, polarity, status
from tests.ledger.people import gold_slug, n_rows, undo
from tests.ledger.whole import seed


def test_undoing_is_one_more_decision_and_takes_the_gold_back_by_one_more_row(said: Statement) -> None:
    outcome = answer(said, "synergistic")
    withdrawal = undo(outcome.decision)
    assert (withdrawal.kind, withdrawal.replaces, withdrawal.label) == ("withdrawal", outcome.decision, None)
    assert (gold_slug(said), status(said)) == (None, "open")
    assert n_rows()[:2] == (2, 2)
    assert list(GoldLabel.objects.latest("id").decisions.all()) == [withdrawal]


def test_undoing_with_the_same_key_again_is_the_same_undoing(said: Statement) -> None:
    outcome, key = answer(said, "synergistic"), uuid.uuid4()
    first = undo(outcome.decision, key=key)
    before = n_rows()
    assert undo(outcome.decision, key=key) == first
    assert n_rows() == before


def test_undoing_twice_is_refused(said: Statement) -> None:
    outcome = answer(said, "synergistic")
    withdrawal = undo(outcome.decision)
    before = n_rows()
    for gone in (outcome.decision, withdrawal):
        with pytest.raises(AlreadyWithdrawn, match="nothing left to undo"):
            undo(gone)
    assert n_rows() == before


def test_nobody_undoes_anothers_answer_not_even_with_the_key_it_was_undone_with(said: Statement) -> None:
    outcome, key = answer(said, "synergistic", by="ana"), uuid.uuid4()
    with pytest.raises(NotYours, match="Only the person"):
        undo(outcome.decision, by="ben")
    assert gold_slug(said) == "synergistic"
    undo(outcome.decision, by="ana", key=key)
    with pytest.raises(KeyUsedElsewhere):
        undo(outcome.decision, by="ben", key=key)


def test_the_key_of_an_answer_undoes_nothing(said: Statement) -> None:
    key = uuid.uuid4()
    withdrawal = undo(answer(said, "synergistic").decision)
    again = answer(said, "antagonistic", idempotency_key=key)
    for decision in (again.decision, withdrawal):
        with pytest.raises(KeyUsedElsewhere):
            undo(decision, key=key)
    assert gold_slug(said) == "antagonistic"


def test_after_undoing_one_may_answer_again(said: Statement) -> None:
    withdrawal = undo(answer(said, "synergistic").decision)
    again = answer(said, "antagonistic")
    assert (again.decision.replaces, again.status, gold_slug(said)) == (withdrawal, "settled", "antagonistic")
    assert [one.label.slug for one in standing_decisions(polarity(), said)] == ["antagonistic"]
    undo(again.decision)
    assert answer(said, "synergistic").gold.label.slug == "synergistic"
    assert n_rows()[0] == 5


def test_undoing_one_of_two_that_agreed_leaves_one_waiting(said: Statement) -> None:
    first = answer(said, "synergistic", by="ana", reviews_needed=2)
    answer(said, "synergistic", by="ben", reviews_needed=2)
    undo(first.decision, by="ana")
    assert (gold_slug(said), status(said)) == (None, "awaiting_second")
    assert answer(said, "synergistic", by="ana", reviews_needed=2).gold.source == "agreement"


def test_undoing_an_answer_no_gold_rests_on_leaves_the_gold_alone(said: Statement) -> None:
    seed(said, "synergistic")
    outcome = answer(said, "synergistic", by="ana", reviews_needed=2)
    undo(outcome.decision)
    assert (gold_slug(said), n_rows()[1]) == ("synergistic", 1)


def test_a_person_overrules_an_imported_label_and_undoing_brings_it_back(said: Statement) -> None:
    seed(said, "synergistic")
    outcome = answer(said, "antagonistic")
    assert (gold_slug(said), outcome.gold.source) == ("antagonistic", "single_review")
    undo(outcome.decision)
    gold = current_gold(polarity(), said)
    assert gold is not None
    assert (gold.label.slug, gold.source, gold.origin) == ("synergistic", "seed", "seeds.csv line 2")
    assert gold.replaces == outcome.gold
