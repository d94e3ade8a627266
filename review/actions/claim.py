"""Give one item to one person for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q

from ledger.models import Task
from review.filters import EVERYTHING, QueueFilter
from review.models import ReviewItem

LEASE_SECONDS = 600
CANDIDATES = 20  # read at once, so that fifty people claiming in the same instant do not queue up behind each other


def claim_next(
    *,
    reviewer: User,
    task: Task,
    now: datetime,
    lease_seconds: int = LEASE_SECONDS,
    chosen: QueueFilter = EVERYTHING,
    preferred: int | None = None,
) -> ReviewItem | None:
    """The item this person should see next, leased to them; None when there is none for them now.

    An item they hold already comes first: nobody collects leases. Then the `preferred` one, whose page their browser
    has read ahead, where it is among the first. Never one they answered or put aside.
    """
    answerable = chosen.items(task, reviewer).answerable_by(reviewer)
    held = answerable.first_held_by(reviewer, now)
    if held is not None and claim(item=held, reviewer=reviewer, now=now, lease_seconds=lease_seconds):
        return held
    while True:
        candidates = answerable.free_for(reviewer, now).first_waiting(CANDIDATES)
        if not candidates:
            return None
        for item in sorted(candidates, key=lambda one: one.pk != preferred):
            if claim(item=item, reviewer=reviewer, now=now, lease_seconds=lease_seconds):
                return item


def claim(*, item: ReviewItem, reviewer: User, now: datetime, lease_seconds: int = LEASE_SECONDS) -> bool:
    """Lease this item, or make one's own lease longer; False when somebody else holds it, it needs no answer, or
    it checks this person's own decision about its pattern."""
    until = now + timedelta(seconds=lease_seconds)
    # Compare and set in one UPDATE: of two people who saw the item free, the database lets one through.
    taken = (
        ReviewItem.objects.filter(pk=item.pk, state__in=ReviewItem.WAITING)
        .checkable_by(reviewer)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease_by=reviewer))
        .update(lease_by=reviewer, lease_until=until)
    )
    if taken:
        item.lease_by, item.lease_until = reviewer, until
    return bool(taken)


def extend_lease(*, item: ReviewItem, reviewer: User, now: datetime, lease_seconds: int = LEASE_SECONDS) -> bool:
    """Keep an item one holds; False once somebody else took it or it was settled.

    A lease that ran out while nobody wanted the item is simply taken again.
    """
    return claim(item=item, reviewer=reviewer, now=now, lease_seconds=lease_seconds)


def release(*, item: ReviewItem, reviewer: User) -> None:
    """Hand an item back; nothing happens when it is not this person's."""
    ReviewItem.objects.filter(pk=item.pk, lease_by=reviewer).update(lease_by=None, lease_until=None)
