from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import DisagreementCause, ModelVersion, Run, Task
from review.actions.adjudicate import adjudicate
from review.actions.build_queue import build_queue
from review.actions.claim import claim, claim_next
from review.actions.requeue import Asking, Requeued, requeue
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered, predict

NOW = timezone.now()
NOTHING = Requeued(0, 0, 0, 0, 0, 0)


@pytest.fixture
def asking(lead: User, model: ModelVersion) -> Asking:
    return Asking(by=lead, model=model, note="the wording is new")


def test_statements_come_to_the_front_in_the_order_asked_for_with_the_lead_s_reason(
    flagged: Flagged, make_item: MakeItem, task: Task, asking: Asking, pharmacist: User
) -> None:
    waiting = make_item(priority=1.0)
    first, second = flagged(), flagged()
    done = requeue(task=task, statements=[second.statement_id, first.statement_id], asking=asking, now=NOW)
    assert done == Requeued(2, 0, 0, 0, 0, 0)
    items = ReviewItem.objects.order_by("-priority")
    assert [item.statement_id for item in items] == [second.statement_id, first.statement_id, waiting.statement_id]
    assert (items[0].build, items[0].main_reason, items[0].prediction) == (None, "requested", second)
    assert items[0].reasons == [{"rule": "requested", "explanation": "lead asks: the wording is new", "atc_rule": None}]
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == items[0]


def test_asking_again_changes_nothing(flagged: Flagged, task: Task, asking: Asking) -> None:
    statements = [flagged().statement_id, flagged().statement_id]
    requeue(task=task, statements=statements, asking=asking, now=NOW)
    before = list(ReviewItem.objects.order_by("id").values())
    assert requeue(task=task, statements=statements, asking=asking, now=NOW) == Requeued(0, 0, 2, 0, 0, 0)
    assert list(ReviewItem.objects.order_by("id").values()) == before


def test_what_the_model_has_not_read_is_passed_over(task: Task, asking: Asking) -> None:
    unread = facts.statement()
    assert requeue(task=task, statements=[unread.pk], asking=asking, now=NOW) == Requeued(0, 0, 0, 1, 0, 0)
    assert not ReviewItem.objects.exists()


def test_a_settled_item_is_opened_for_a_second_look_by_somebody_else(
    make_item: MakeItem, task: Task, asking: Asking, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item("flip")
    answered(item, pharmacist, "antagonistic")
    done = requeue(task=task, statements=[item.statement_id], asking=asking, now=NOW)
    assert done == Requeued(0, 1, 0, 0, 0, 0)
    item.refresh_from_db()
    assert (item.state, item.reviews_needed, item.build, item.main_reason) == ("awaiting_second", 2, None, "requested")
    assert [reason["rule"] for reason in item.reasons] == ["requested", "flip"]
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is None
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW) == item
    answered(item, second_pharmacist, "synergistic")
    item.refresh_from_db()
    assert item.state == "adjudication"
    assert requeue(task=task, statements=[item.statement_id], asking=asking, now=NOW) == Requeued(0, 0, 0, 0, 1, 0)


def test_what_two_people_or_an_adjudicator_settled_stays_settled(
    make_item: MakeItem, task: Task, asking: Asking, pharmacist: User, second_pharmacist: User, adjudicator: User
) -> None:
    agreed, settled = make_item(reviews_needed=2), make_item(reviews_needed=2)
    for item, second in ((agreed, "antagonistic"), (settled, "synergistic")):
        answered(item, pharmacist, "antagonistic")
        answered(item, second_pharmacist, second)
    adjudicate(
        item=settled, by=adjudicator, label=facts.label("undetermined"), cause=DisagreementCause.Cause.NO_OUTCOME,
        comment="x", idempotency_key=uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip
    both = [agreed.statement_id, settled.statement_id]
    assert requeue(task=task, statements=both, asking=asking, now=NOW) == Requeued(0, 0, 0, 0, 0, 2)
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_lease_and_a_place_are_left_as_they_are(
    item: ReviewItem, task: Task, asking: Asking, pharmacist: User
) -> None:
    claim(item=item, reviewer=pharmacist, now=NOW)
    before = ReviewItem.objects.filter(pk=item.pk).values().get()
    requeue(task=task, statements=[item.statement_id], asking=asking, now=NOW)
    assert ReviewItem.objects.filter(pk=item.pk).values().get() == before


def test_two_models_that_differ_are_both_named(model: ModelVersion, task: Task, lead: User) -> None:
    other = facts.model_version()
    said = predict(model, said="synergistic", confidence=0.91)
    predict(other, of=said.statement, said="antagonistic", confidence=0.666)
    asking = Asking(by=lead, model=model, other=other)
    requeue(task=task, statements=[said.statement_id], asking=asking, now=NOW)
    item = ReviewItem.objects.get()
    assert item.main_reason == "models_differ"
    assert item.reasons[0]["explanation"] == (
        f"Model {model.number} says synergistic (0.91), model {other.number} antagonistic (0.67)."
    )


def test_building_the_queue_leaves_what_was_asked_for_in_its_place(
    flagged: Flagged, build: Run, task: Task, asking: Asking
) -> None:
    asked = flagged("flip")
    requeue(task=task, statements=[asked.statement_id], asking=asking, now=NOW)
    before = ReviewItem.objects.values().get()
    flagged("flip")
    assert build_queue(run=build, now=NOW + timedelta(hours=1)).n_added == 1
    assert ReviewItem.objects.filter(statement=asked.statement_id).values().get() == before
