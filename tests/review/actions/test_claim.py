from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from ledger.models import Task
from review.actions.claim import claim, claim_next, extend_lease, release
from review.actions.decide import skip, undo
from review.filters import QueueFilter
from review.models import ReviewItem
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, live_model, predict, put_in_queue, queue_build

NOW = timezone.now()


def test_the_highest_priority_comes_first(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    make_item(priority=0.1)
    best = make_item(priority=0.9)
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == best
    best.refresh_from_db()
    assert (best.lease_by, best.lease_until) == (pharmacist, NOW + timedelta(seconds=600))


def test_a_second_opinion_and_a_first_one_compete_by_priority(
    make_item: MakeItem, task: Task, pharmacist: User
) -> None:
    make_item(priority=0.5)
    second = make_item(priority=0.7, state="awaiting_second", reviews_needed=2)
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == second


def test_no_two_people_hold_one_item(
    make_item: MakeItem, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    first, second = make_item(), make_item()
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == first
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW) == second
    assert not claim(item=first, reviewer=second_pharmacist, now=NOW)


def test_asking_again_gives_the_item_one_holds(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    first = make_item()
    make_item()
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == first
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) == first


def test_an_expired_lease_is_handed_on(item: ReviewItem, task: Task, pharmacist: User, second_pharmacist: User) -> None:
    claim(item=item, reviewer=pharmacist, now=NOW, lease_seconds=60)
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW + timedelta(seconds=59)) is None
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW + timedelta(seconds=60)) == item


def test_a_lease_can_be_extended_until_somebody_took_the_item(
    item: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    claim(item=item, reviewer=pharmacist, now=NOW, lease_seconds=60)
    assert extend_lease(item=item, reviewer=pharmacist, now=NOW + timedelta(seconds=90), lease_seconds=60)
    claim(item=item, reviewer=second_pharmacist, now=NOW + timedelta(seconds=200))
    assert not extend_lease(item=item, reviewer=pharmacist, now=NOW + timedelta(seconds=201))


def test_releasing_touches_only_ones_own(item: ReviewItem, pharmacist: User, second_pharmacist: User) -> None:
    claim(item=item, reviewer=pharmacist, now=NOW)
    release(item=item, reviewer=second_pharmacist)
    item.refresh_from_db()
    assert item.lease_by == pharmacist
    release(item=item, reviewer=pharmacist)
    item.refresh_from_db()
    assert item.lease_by is None


def test_answered_and_skipped_items_do_not_come_back(
    make_item: MakeItem, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    twice, skipped = make_item(reviews_needed=2), make_item()
    answered(twice, pharmacist)
    skip(item=skipped, by=pharmacist, now=NOW)
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is None
    assert claim_next(reviewer=second_pharmacist, task=task, now=NOW) == twice


def test_an_undone_item_comes_back(item: ReviewItem, task: Task, pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is None
    undo(decision=decision, by=pharmacist, idempotency_key=uuid.uuid4(), now=timezone.now())
    assert claim_next(reviewer=pharmacist, task=task, now=timezone.now()) == item


@pytest.mark.parametrize("state", ["adjudication", "settled"])
def test_items_that_need_no_pharmacist_are_never_claimed(
    make_item: MakeItem, task: Task, pharmacist: User, state: str
) -> None:
    item = make_item(state=state)
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is None
    assert not claim(item=item, reviewer=pharmacist, now=NOW)


def test_a_filter_narrows_the_queue(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    make_item("low_confidence")
    flip = make_item("flip", prediction={"said": "synergistic"})
    chosen = QueueFilter(reason="flip", said="synergistic")
    assert claim_next(reviewer=pharmacist, task=task, now=NOW, chosen=chosen) == flip
    assert claim_next(reviewer=pharmacist, task=task, now=NOW, chosen=QueueFilter("flip", "antagonistic")) is None


def test_twelve_people_at_once_get_twelve_items(committed_db: str) -> None:
    model, build, task = live_model(), queue_build(), facts.polarity()
    for _ in range(12):
        put_in_queue(build, predict(model, "low_confidence"), "low_confidence")
    people = [person(f"pharmacist-{number}", "pharmacist") for number in range(12)]
    start, got = threading.Barrier(len(people)), []

    def work(reviewer: User) -> None:
        try:
            start.wait(timeout=10)
            claimed = claim_next(reviewer=reviewer, task=task, now=timezone.now())
            got.append((claimed.pk if claimed else None, reviewer.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(reviewer,)) for reviewer in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(got) == sorted(ReviewItem.objects.values_list("id", "lease_by"))
    assert len({item for item, _ in got}) == 12
