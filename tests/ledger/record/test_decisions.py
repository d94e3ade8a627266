"""Answers, agreement and disagreement: nothing is lost, nothing counts twice."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Decision, GoldLabel, Label, Statement, Task
from ledger.record.decisions import (
    AlreadyDecided,
    KeyUsedElsewhere,
    LabelOfAnotherTask,
)
from tests.ledger.facts import NOW, answer, label, polarity, statement, status, user
from tests.ledger.people import gold_slug, n_rows, settle, undo
from tests.ledger.whole import seed


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


def test_an_imported_label_settles_what_nobody_answered(said: Statement) -> None:
    assert status(said) == "open"
    seed(said, "synergistic")
    assert status(said) == "settled"


def test_an_imported_label_does_not_hide_that_people_disagree(said: Statement) -> None:
    seed(said, "synergistic")
    first = answer(said, "antagonistic", by="ana", reviews_needed=2)
    assert (first.status, status(said)) == ("awaiting_second", "awaiting_second")
    key = uuid.uuid4()
    second = answer(said, "undetermined", by="ben", reviews_needed=2, idempotency_key=key)
    again = answer(said, "undetermined", by="ben", reviews_needed=2, idempotency_key=key)
    assert second.status == again.status == status(said) == "disagreement"
    assert second.gold == again.gold
    assert gold_slug(said) == "synergistic"


def test_a_label_of_another_task_is_no_answer(db: None) -> None:
    other = Task.objects.create(slug="other", title="Other", question="?")
    foreign = Label.objects.create(task=other, slug="yes", title="Yes", meaning="yes", key="1", position=0)
    with pytest.raises(LabelOfAnotherTask):
        answer(statement(), "synergistic", label=foreign)
    assert not Decision.objects.exists()
