from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import ModelVersion, Task
from review.actions.assign import Assigned, assign
from review.actions.claim import claim, claim_next
from review.actions.requeue import Asking
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered

NOW = timezone.now()


@pytest.fixture
def asking(lead: User, model: ModelVersion) -> Asking:
    return Asking(by=lead, model=model)


def test_items_are_given_to_one_person_and_new_ones_put_in_for_it(
    item: ReviewItem, flagged: Flagged, task: Task, asking: Asking, pharmacist: User, second_pharmacist: User
) -> None:
    fresh, unread = flagged(), facts.statement()
    statements = [item.statement_id, fresh.statement_id, unread.pk]
    done = assign(task=task, statements=statements, to=pharmacist, asking=asking, now=NOW)
    assert done == Assigned(n_assigned=2, n_added=1, n_unread=1, n_held=0, n_not_waiting=0, n_answered=0)
    assert set(ReviewItem.objects.values_list("assigned_to", flat=True)) == {pharmacist.pk}
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW) is None
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is not None
    before = list(ReviewItem.objects.order_by("id").values())
    again = assign(task=task, statements=statements, to=pharmacist, asking=asking, now=NOW)
    assert again == Assigned(n_assigned=2, n_added=0, n_unread=1, n_held=0, n_not_waiting=0, n_answered=0)
    assert list(ReviewItem.objects.order_by("id").values()) == before


def test_an_item_is_everybodys_again(item: ReviewItem, task: Task, asking: Asking, pharmacist: User) -> None:
    for to in (pharmacist, None):
        assign(task=task, statements=[item.statement_id], to=to, asking=asking, now=NOW)
    item.refresh_from_db()
    assert item.assigned_to is None
    unknown = facts.statement()
    done = assign(task=task, statements=[unknown.pk], to=None, asking=asking, now=NOW)
    assert done == Assigned(0, 0, 1, 0, 0, 0)


def test_held_settled_and_answered_items_are_passed_over(
    make_item: MakeItem, task: Task, asking: Asking, pharmacist: User, second_pharmacist: User
) -> None:
    held, own, expired, settled, twice = (make_item(reviews_needed=2 if place == 4 else 1) for place in range(5))
    claim(item=held, reviewer=second_pharmacist, now=NOW)
    claim(item=own, reviewer=pharmacist, now=NOW)
    claim(item=expired, reviewer=second_pharmacist, now=NOW - timedelta(hours=1))
    answered(settled, second_pharmacist)
    answered(twice, pharmacist)
    statements = list(ReviewItem.objects.values_list("statement", flat=True))
    done = assign(task=task, statements=statements, to=pharmacist, asking=asking, now=NOW)
    assert done == Assigned(n_assigned=2, n_added=0, n_unread=0, n_held=1, n_not_waiting=1, n_answered=1)
    given = ReviewItem.objects.filter(assigned_to=pharmacist).values_list("pk", flat=True)
    assert set(given) == {own.pk, expired.pk}
