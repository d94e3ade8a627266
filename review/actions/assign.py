"""Give statements to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Decision, Task
from review.actions.requeue import Asking, new_items
from review.models import ReviewItem


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of the statements: given to the person, of these put into the queue for it, or passed over."""

    n_assigned: int
    n_added: int
    n_unread: int
    n_held: int
    n_not_waiting: int
    n_answered: int


@transaction.atomic
def assign(*, task: Task, statements: Sequence[int], to: User | None, asking: Asking, now: datetime) -> Assigned:
    """Let these statements be answered by one person alone, or by everybody again; twice is once.

    Those not in the queue yet are put into it. Passed over are items that somebody else has open now, that wait for
    no answer, or that this person has answered.
    """
    there = ReviewItem.objects.filter(task=task, statement__any_of=statements)
    known = set(there.values_list("statement", flat=True))
    missing = [one for one in statements if one not in known]
    fresh, n_unread = (
        ([], len(missing)) if to is None else new_items(task=task, statements=missing, asking=asking, now=now)
    )
    items = list(there.select_for_update().order_by("id"))
    waiting = [item for item in items if item.state in ReviewItem.WAITING]
    free = [item for item in waiting if item.holder(now) in (None, to.pk if to else None)]
    answered: set[int] = set()
    if to is not None:
        standing = Decision.objects.standing().filter(task=task, statement__any_of=statements, reviewer=to)
        answered = set(standing.values_list("statement", flat=True))
    given = [item.pk for item in free if item.statement_id not in answered]
    ReviewItem.objects.filter(pk__any_of=given).update(assigned_to=to)
    return Assigned(
        n_assigned=len(given),
        n_added=len(fresh),
        n_unread=n_unread,
        n_held=len(waiting) - len(free),
        n_not_waiting=len(items) - len(waiting),
        n_answered=len(free) - len(given),
    )
