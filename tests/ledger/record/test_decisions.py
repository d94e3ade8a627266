"""Answers, undoing, agreement, disagreement and adjudication: nothing is lost, nothing counts twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.integrity import problems
from ledger.models import ChainLink, Decision, GoldLabel, Statement
from ledger.queries import current_gold, standing_decisions
from ledger.record import decisions as recorded
from ledger.record.decisions import (
    AlreadyAdjudicated,
    AlreadyDecided,
    AlreadyWithdrawn,
    KeyUsedElsewhere,
    NotYours,
    adjudicate,
    statement_status,
    withdraw_decision,
)
from tests.ledger.facts import NOW, answer, label, polarity, statement, user
from tests.ledger.together import at_once
from tests.ledger.whole import seed


@pytest.fixture
def said(db: None) -> Iterator[Statement]:
    """A statement; whatever a test does to it, the chain holds afterwards."""
    yield statement()
    assert list(problems()) == []


def undo(decision: Decision, by: str = "ana", key: uuid.UUID | None = None) -> Decision:
    return withdraw_decision(decision=decision, by=user(by), idempotency_key=key or uuid.uuid4(), now=NOW)


def settle(said: Statement, slug: str, by: str = "cara", key: uuid.UUID | None = None) -> GoldLabel:
    return adjudicate(
        task=polarity(),
        statement=said,
        adjudicator=user(by),
        label=label(slug),
        comment="The wording decides.",
        idempotency_key=key or uuid.uuid4(),
        now=NOW,
    )


def gold_slug(said: Statement) -> str | None:
    gold = current_gold(polarity(), said)
    return gold.label.slug if gold and gold.label else None


def n_rows() -> tuple[int, int, int]:
    return Decision.objects.count(), GoldLabel.objects.count(), ChainLink.objects.count()


def test_one_answer_that_suffices_is_gold_and_rests_on_it(said: Statement) -> None:
    outcome = answer(said, "synergistic", comment="clear")
    assert (outcome.status, outcome.repeated) == ("settled", False)
    assert (gold_slug(said), outcome.gold.source) == ("synergistic", "single_review")
    assert list(outcome.gold.decisions.all()) == [outcome.decision]


def test_an_answer_only_people_give_is_gold_too(said: Statement) -> None:
    assert answer(said, "undetermined").gold.label.slug == "undetermined"


def test_two_who_agree_make_gold_that_rests_on_both(said: Statement) -> None:
    first = answer(said, "antagonistic", by="ana", reviews_needed=2)
    assert (first.status, first.gold, gold_slug(said)) == ("awaiting_second", None, None)
    second = answer(said, "antagonistic", by="ben", reviews_needed=2)
    assert (second.status, second.gold.source) == ("settled", "agreement")
    assert set(second.gold.decisions.all()) == {first.decision, second.decision}


def test_two_who_disagree_make_no_gold(said: Statement) -> None:
    answer(said, "antagonistic", by="ana", reviews_needed=2)
    second = answer(said, "synergistic", by="ben", reviews_needed=2)
    assert (second.status, second.gold) == ("disagreement", None)
    assert not GoldLabel.objects.exists()


def test_one_who_disagrees_later_takes_the_gold_back(said: Statement) -> None:
    first = answer(said, "antagonistic", by="ana")
    second = answer(said, "synergistic", by="ben")
    assert (second.status, second.gold, gold_slug(said)) == ("disagreement", None, None)
    taken_back = GoldLabel.objects.latest("id")
    assert (taken_back.replaces, taken_back.label) == (first.gold, None)
    assert GoldLabel.objects.filter(pk=first.gold.pk, label=label("antagonistic")).exists()


@pytest.mark.parametrize("reviews_needed", [1, 2])
def test_the_same_key_again_changes_nothing_and_says_the_same(said: Statement, reviews_needed: int) -> None:
    key = uuid.uuid4()
    first = answer(said, "synergistic", idempotency_key=key, reviews_needed=reviews_needed)
    before = n_rows()
    again = answer(said, "synergistic", idempotency_key=key, reviews_needed=reviews_needed)
    assert again.repeated
    assert (again.decision, again.status, again.gold) == (first.decision, first.status, first.gold)
    assert n_rows() == before


def test_the_same_key_with_another_answer_keeps_the_first_one(said: Statement) -> None:
    key = uuid.uuid4()
    answer(said, "synergistic", idempotency_key=key)
    again = answer(said, "antagonistic", idempotency_key=key)
    assert (again.repeated, again.decision.label.slug, gold_slug(said)) == (True, "synergistic", "synergistic")


def test_the_key_of_another_decision_is_refused_and_nothing_written(said: Statement) -> None:
    other, key = statement(tail="Heparin"), uuid.uuid4()
    answer(said, "synergistic", by="ana", idempotency_key=key)
    before = n_rows()
    with pytest.raises(KeyUsedElsewhere, match="Reload the page"):
        answer(other, "synergistic", by="ana", idempotency_key=key)
    with pytest.raises(KeyUsedElsewhere):
        answer(said, "synergistic", by="ben", idempotency_key=key)
    with pytest.raises(KeyUsedElsewhere):
        settle(said, "antagonistic", by="ana", key=key)
    with pytest.raises(KeyUsedElsewhere):
        settle(said, "antagonistic", by="cara", key=key)
    assert n_rows() == before


def test_the_key_of_an_undoing_or_an_adjudication_is_no_answer(said: Statement) -> None:
    undoing, settling = uuid.uuid4(), uuid.uuid4()
    undo(answer(said, "synergistic").decision, key=undoing)
    settle(said, "antagonistic", by="cara", key=settling)
    before = n_rows()
    with pytest.raises(KeyUsedElsewhere):
        answer(said, "synergistic", by="ana", idempotency_key=undoing)
    with pytest.raises(KeyUsedElsewhere):
        answer(said, "synergistic", by="cara", idempotency_key=settling)
    assert n_rows() == before


def test_a_second_answer_of_one_person_is_refused(said: Statement) -> None:
    answer(said, "synergistic", reviews_needed=2)
    before = n_rows()
    for slug in ("synergistic", "antagonistic"):
        with pytest.raises(AlreadyDecided, match="Undo that one first"):
            answer(said, slug, reviews_needed=2)
    assert n_rows() == before


def test_the_database_itself_refuses_a_second_first_answer(said: Statement) -> None:
    answer(said, "synergistic")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            task=polarity(), statement=said, reviewer=user("ana"), kind="answer", label=label("synergistic"),
            idempotency_key=uuid.uuid4(), decided_at=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        GoldLabel.objects.create(
            task=polarity(), statement=said, label=label("synergistic"), source="agreement", round_number=0,
            confirmed_at=NOW,
        )  # fmt: skip


def test_the_database_itself_refuses_an_answer_without_a_label_and_two_successors(said: Statement) -> None:
    outcome = answer(said, "synergistic")
    facts = {"task": polarity(), "statement": said, "reviewer": user("ana"), "decided_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**facts, kind="answer", replaces=outcome.decision, idempotency_key=uuid.uuid4())
    undo(outcome.decision)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**facts, kind="withdrawal", replaces=outcome.decision, idempotency_key=uuid.uuid4())


def test_undoing_is_one_more_decision_and_takes_the_gold_back_by_one_more_row(said: Statement) -> None:
    outcome = answer(said, "synergistic")
    withdrawal = undo(outcome.decision)
    assert (withdrawal.kind, withdrawal.replaces, withdrawal.label) == ("withdrawal", outcome.decision, None)
    assert (gold_slug(said), statement_status(polarity(), said)) == (None, "open")
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
    assert (gold_slug(said), statement_status(polarity(), said)) == (None, "awaiting_second")
    assert answer(said, "synergistic", by="ana", reviews_needed=2).gold.source == "agreement"


def test_undoing_an_answer_no_gold_rests_on_leaves_the_gold_alone(said: Statement) -> None:
    seed(said, "synergistic")
    outcome = answer(said, "synergistic", by="ana", reviews_needed=2)
    undo(outcome.decision)
    assert (gold_slug(said), n_rows()[1]) == ("synergistic", 1)


def test_an_imported_label_settles_what_nobody_answered(said: Statement) -> None:
    assert statement_status(polarity(), said) == "open"
    seed(said, "synergistic")
    assert statement_status(polarity(), said) == "settled"


def test_an_imported_label_does_not_hide_that_people_disagree(said: Statement) -> None:
    seed(said, "synergistic")
    first = answer(said, "antagonistic", by="ana", reviews_needed=2)
    assert (first.status, statement_status(polarity(), said)) == ("awaiting_second", "awaiting_second")
    key = uuid.uuid4()
    second = answer(said, "undetermined", by="ben", reviews_needed=2, idempotency_key=key)
    again = answer(said, "undetermined", by="ben", reviews_needed=2, idempotency_key=key)
    assert second.status == again.status == statement_status(polarity(), said) == "disagreement"
    assert second.gold == again.gold
    assert gold_slug(said) == "synergistic"


def test_a_person_overrules_an_imported_label_and_undoing_brings_it_back(said: Statement) -> None:
    seed(said, "synergistic")
    outcome = answer(said, "antagonistic")
    assert (gold_slug(said), outcome.gold.source) == ("antagonistic", "single_review")
    undo(outcome.decision)
    gold = current_gold(polarity(), said)
    assert gold is not None
    assert (gold.label.slug, gold.source, gold.origin) == ("synergistic", "seed", "seeds.csv line 2")
    assert gold.replaces == outcome.gold


def test_an_adjudicator_settles_a_disagreement_and_the_gold_names_all_that_was_weighed(said: Statement) -> None:
    first = answer(said, "antagonistic", by="ana", reviews_needed=2)
    second = answer(said, "synergistic", by="ben", reviews_needed=2)
    gold = settle(said, "undetermined")
    third = Decision.objects.latest("id")
    assert (gold.source, gold_slug(said), third.kind) == ("adjudication", "undetermined", "adjudication")
    assert set(gold.decisions.all()) == {first.decision, second.decision, third}
    assert statement_status(polarity(), said) == "settled"


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
    with pytest.raises(AlreadyAdjudicated, match="adjudicated again"):
        undo(outcome.decision)
    assert n_rows() == before


def test_an_adjudicator_may_undo_the_own_adjudication(said: Statement) -> None:
    answer(said, "antagonistic", by="ana", reviews_needed=2)
    answer(said, "synergistic", by="ben", reviews_needed=2)
    settle(said, "synergistic")
    undo(Decision.objects.latest("id"), by="cara")
    assert (gold_slug(said), statement_status(polarity(), said)) == (None, "disagreement")


def test_an_adjudicator_who_had_answered_before_has_one_standing_answer(said: Statement) -> None:
    answer(said, "antagonistic", by="cara", reviews_needed=2)
    answer(said, "synergistic", by="ben", reviews_needed=2)
    settle(said, "synergistic", by="cara")
    assert [(one.reviewer.username, one.label.slug) for one in standing_decisions(polarity(), said)] == [
        ("ben", "synergistic"),
        ("cara", "synergistic"),
    ]


def test_a_decision_whose_gold_cannot_be_written_is_not_written_either(
    said: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(**facts: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(recorded, "add_gold", no_room)
        with pytest.raises(OSError, match="disk full"):
            answer(said, "synergistic")
    assert n_rows() == (0, 0, 0)
    assert answer(said, "synergistic").status == "settled"


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
