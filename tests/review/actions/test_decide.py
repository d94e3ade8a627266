from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import ChainLink, Decision, DisagreementCause, GoldLabel
from ledger.queries import current_gold
from ledger.record import settling
from ledger.record.decisions import AlreadyAdjudicated, AlreadyDecided, AlreadyWithdrawn, NotYours, Outcome
from review.actions.adjudicate import NothingToAdjudicate, adjudicate
from review.actions.claim import claim
from review.actions.decide import HeldByAnother, NoAnswerNeeded, bring_back_skipped, decide, skip, undo
from review.models import ReviewItem, Skip
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered


def say(item: ReviewItem, by: User, slug: str = "antagonistic", **changes: Any) -> Outcome:
    values: dict[str, Any] = {
        "label": facts.label(slug),
        "comment": "",
        "prediction_seen": item.prediction,
        "seconds_spent": 2.5,
        "idempotency_key": uuid.uuid4(),
        "now": timezone.now(),
    }
    return decide(item=item, by=by, **(values | changes))


def state_of(item: ReviewItem) -> str:
    return ReviewItem.objects.values_list("state", flat=True).get(pk=item.pk)


def take_back(decision: Decision, by: User, key: uuid.UUID | None = None) -> ReviewItem | None:
    return undo(decision=decision, by=by, idempotency_key=key or uuid.uuid4(), now=timezone.now())


def test_one_review_settles_an_item_and_frees_it(item: ReviewItem, pharmacist: User) -> None:
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    outcome = say(item, pharmacist, comment="harm grows")
    item.refresh_from_db()
    assert (item.state, item.lease_by, item.lease_until) == ("settled", None, None)
    assert outcome.gold is not None
    assert outcome.decision.prediction_seen == item.prediction
    assert outcome.decision.comment == "harm grows"


def test_an_answer_whose_gold_cannot_be_written_is_not_written_either(
    item: ReviewItem, pharmacist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(**facts: Any) -> None:
        raise OSError("disk full")

    claim(item=item, reviewer=pharmacist, now=timezone.now())
    n_links = ChainLink.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(settling, "add_gold", no_room)
        with pytest.raises(OSError, match="disk full"):
            say(item, pharmacist)
    assert (Decision.objects.count(), GoldLabel.objects.count(), ChainLink.objects.count()) == (0, 0, n_links)
    assert state_of(item) == "open"
    assert say(item, pharmacist).status == "settled"


def test_two_who_agree_make_gold(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    item = make_item(reviews_needed=2)
    assert say(item, pharmacist).status == "awaiting_second"
    assert state_of(item) == "awaiting_second"
    gold = say(item, second_pharmacist).gold
    assert gold is not None
    assert (gold.source, state_of(item)) == (GoldLabel.Source.AGREEMENT, "settled")


def test_two_who_differ_go_to_adjudication_and_its_answer_holds(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, adjudicator: User
) -> None:
    item = make_item(reviews_needed=2)
    say(item, pharmacist, "antagonistic")
    say(item, second_pharmacist, "synergistic")
    assert state_of(item) == "adjudication"
    key = uuid.uuid4()
    facts_of = {
        "item": item,
        "by": adjudicator,
        "label": facts.label("undetermined"),
        "cause": DisagreementCause.Cause.NO_OUTCOME,
        "comment": "no outcome stated",
    }
    gold = adjudicate(**facts_of, idempotency_key=key, now=timezone.now())
    assert adjudicate(**facts_of, idempotency_key=key, now=timezone.now()) == gold
    assert (gold.source, state_of(item)) == ("adjudication", "settled")
    with pytest.raises(NothingToAdjudicate):
        adjudicate(**facts_of, idempotency_key=uuid.uuid4(), now=timezone.now())
    with pytest.raises(AlreadyAdjudicated):
        take_back(Decision.objects.get(reviewer=pharmacist, kind="answer"), pharmacist)


def test_the_same_key_again_changes_nothing(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    item = make_item(reviews_needed=2)
    key = uuid.uuid4()
    first = say(item, pharmacist, idempotency_key=key)
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    again = say(item, pharmacist, "synergistic", idempotency_key=key)
    assert (again.decision, again.repeated) == (first.decision, True)
    item.refresh_from_db()
    assert (item.state, item.lease_by) == ("awaiting_second", second_pharmacist)
    assert Decision.objects.count() == 1


def test_an_expired_lease_loses_no_work(item: ReviewItem, pharmacist: User) -> None:
    claim(item=item, reviewer=pharmacist, now=timezone.now() - timedelta(hours=2))
    assert say(item, pharmacist).status == "settled"


def test_an_item_somebody_else_holds_is_not_answered(
    item: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    with pytest.raises(HeldByAnother):
        say(item, pharmacist)
    assert not Decision.objects.exists()
    item.refresh_from_db()
    assert item.lease_by == second_pharmacist


def test_an_item_others_settled_takes_no_answer(item: ReviewItem, pharmacist: User, second_pharmacist: User) -> None:
    answered(item, second_pharmacist)
    with pytest.raises(NoAnswerNeeded):
        say(item, pharmacist)
    with pytest.raises(AlreadyDecided):
        say(item, second_pharmacist)
    assert Decision.objects.count() == 1


def test_undo_opens_the_item_again_and_takes_the_gold_back(item: ReviewItem, pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    key = uuid.uuid4()
    assert take_back(decision, pharmacist, key) == item
    assert take_back(decision, pharmacist, key) == item
    item.refresh_from_db()
    assert (item.state, item.lease_by) == ("open", pharmacist)
    assert current_gold(item.task, item.statement) is None
    with pytest.raises(AlreadyWithdrawn):
        take_back(decision, pharmacist)
    assert say(item, pharmacist, "synergistic").status == "settled"


def test_undo_of_one_of_two_leaves_the_others_answer(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "antagonistic")
    mistake = answered(item, second_pharmacist, "synergistic")
    take_back(mistake, second_pharmacist)
    assert state_of(item) == "awaiting_second"


def test_undo_leaves_an_item_with_who_has_it_open(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    decision = answered(item, pharmacist)
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    assert take_back(decision, pharmacist) is None
    item.refresh_from_db()
    assert (item.state, item.lease_by) == ("open", second_pharmacist)


def test_nobody_undoes_another_persons_answer(item: ReviewItem, pharmacist: User, second_pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    with pytest.raises(NotYours):
        take_back(decision, second_pharmacist)
    assert state_of(item) == "settled"


def test_skipping_twice_is_skipping_once_and_can_be_taken_back(item: ReviewItem, pharmacist: User) -> None:
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    for _ in range(2):
        skip(item=item, by=pharmacist, now=timezone.now())
    item.refresh_from_db()
    assert (Skip.objects.count(), item.lease_by) == (1, None)
    assert bring_back_skipped(reviewer=pharmacist, task_id=item.task_id) == 1
