"""An adjudicator's answer is gold and rests on everything that was weighed."""

from __future__ import annotations

import uuid

import pytest

from ledger.models import Decision, Statement
from ledger.queries import standing_decisions
from ledger.record.decisions import (
    AlreadyAdjudicated,
)
from tests.ledger.facts import answer, polarity, status
from tests.ledger.people import gold_slug, n_rows, settle, undo


def test_an_adjudicator_settles_a_disagreement_and_the_gold_names_all_that_was_weighed(said: Statement) -> None:
    first = answer(said, "antagonistic", by="ana", reviews_needed=2)
    second = answer(said, "synergistic", by="ben", reviews_needed=2)
    gold = settle(said, "undetermined")
    third = Decision.objects.latest("id")
    assert (gold.source, gold_slug(said), third.kind) == ("adjudication", "undetermined", "adjudication")
    assert set(gold.decisions.all()) == {first.decision, second.decision, third}
    assert status(said) == "settled"


def test_adjudicating_with_the_same_key_again_is_the_same_gold(said: Statement) -> None:
    key, later = uuid.uuid4(), uuid.uuid4()
    first = settle(said, "antagonistic", key=key)
    before = n_rows()
    assert settle(said, "antagonistic", key=key) == first
    assert n_rows() == before
    second = settle(said, "synergistic", by="dora", key=later)
    assert settle(said, "antagonistic", key=key) == first
    assert settle(said, "synergistic", by="dora", key=later) == second
    assert gold_slug(said) == "synergistic"


def test_an_adjudication_outweighs_answers_given_after_it(said: Statement) -> None:
    settle(said, "antagonistic")
    for by in ("ana", "ben"):
        outcome = answer(said, "synergistic", by=by, reviews_needed=1)
        assert (outcome.status, outcome.gold.source) == ("settled", "adjudication")
    assert gold_slug(said) == "antagonistic"


def test_what_an_adjudicator_weighed_is_not_undone_any_more(said: Statement) -> None:
    outcome = answer(said, "antagonistic", by="ana", reviews_needed=2)
    settle(said, "synergistic")
    before = n_rows()
    with pytest.raises(AlreadyAdjudicated, match="open it again"):
        undo(outcome.decision)
    assert n_rows() == before


def test_an_adjudicator_may_undo_the_own_adjudication(said: Statement) -> None:
    answer(said, "antagonistic", by="ana", reviews_needed=2)
    answer(said, "synergistic", by="ben", reviews_needed=2)
    settle(said, "synergistic")
    undo(Decision.objects.latest("id"), by="cara")
    assert (gold_slug(said), status(said)) == (None, "disagreement")


def test_an_adjudicator_who_had_answered_before_has_one_standing_answer(said: Statement) -> None:
    answer(said, "antagonistic", by="cara", reviews_needed=2)
    answer(said, "synergistic", by="ben", reviews_needed=2)
    settle(said, "synergistic", by="cara")
    assert [(one.reviewer.username, one.label.slug) for one in standing_decisions(polarity(), said)] == [
        ("ben", "synergistic"),
        ("cara", "synergistic"),
    ]
