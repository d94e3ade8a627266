"""Look again at items that are settled."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Comment, Task
from ledger.queries import standing_decisions
from ledger.record import adjudication
from review.models import LooksAgain, ReviewItem
from review.priorities import priority_when_asked_for
from review.queries.assignees import assignees


@dataclass(frozen=True, slots=True)
class ReopenedMany:
    """What became of the statements: opened again, or passed over and why."""

    n_reopened: int
    n_not_settled: int
    n_answered_by_all: int
    n_unanswered: int
    n_not_queued: int


class NotSettled(Exception):
    """This item is not settled, so there is nothing to open again."""


class NobodyElse(Exception):
    """Everybody who may answer has answered this item. Send it to an adjudicator."""


class NothingToWeigh(Exception):
    """Nobody has answered this item by itself, so there is nothing to adjudicate. Send it to a pharmacist."""


@transaction.atomic
def reopen(
    *, item: ReviewItem, by: User, to: LooksAgain, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> ReviewItem:
    """Open a settled item again and write why in its discussion, which nobody reads before their own answer.

    To an adjudicator: what was confirmed is taken back. To a pharmacist: it holds until they say something else.
    The same key again changes nothing. Raises NotSettled, NobodyElse, NothingToWeigh or ledger's NothingSaid.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    if Comment.objects.filter(idempotency_key=idempotency_key, author=by).exists():
        return item
    if item.state != ReviewItem.State.SETTLED:
        raise NotSettled(NotSettled.__doc__)
    said = {one.reviewer_id for one in standing_decisions(item.task, item.statement)}
    if to == LooksAgain.ADJUDICATION and not said:
        raise NothingToWeigh(NothingToWeigh.__doc__)
    if to == LooksAgain.REVIEWER and not assignees().exclude(pk__in=said).exists():
        raise NobodyElse(NobodyElse.__doc__)
    adjudication.reopen(
        task=item.task,
        statement=item.statement,
        by=by,
        reason=reason,
        takes_back=to == LooksAgain.ADJUDICATION,
        idempotency_key=idempotency_key,
        now=now,
    )
    if to == LooksAgain.ADJUDICATION:
        item.move_to(ReviewItem.State.ADJUDICATION)
    else:
        _ask_another(item, by, answered=bool(said))
    return item


def reopen_many(
    *,
    task: Task,
    statements: Sequence[int],
    by: User,
    to: LooksAgain,
    reason: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> ReopenedMany:
    """Open the settled ones of these statements again, each as `reopen` does, with one reason.

    Each is a transaction of its own, so that nobody who answers meanwhile waits for all of them. The same key again
    changes nothing of those that were opened, and goes on where it was cut off.
    """
    items = {item.statement_id: item for item in ReviewItem.objects.filter(task=task, statement__any_of=statements)}
    passed: Counter[type[Exception]] = Counter()
    for item in sorted(items.values(), key=lambda one: one.pk):
        key = uuid.uuid5(idempotency_key, str(item.pk))
        try:
            reopen(item=item, by=by, to=to, reason=reason, idempotency_key=key, now=now)
        except (NotSettled, NobodyElse, NothingToWeigh) as error:
            passed[type(error)] += 1
    return ReopenedMany(
        n_reopened=len(items) - passed.total(),
        n_not_settled=passed[NotSettled],
        n_answered_by_all=passed[NobodyElse],
        n_unanswered=passed[NothingToWeigh],
        n_not_queued=len(set(statements)) - len(items),
    )


def _ask_another(item: ReviewItem, by: User, *, answered: bool) -> None:
    """Put the item at the front of the queue of those who have not answered it, without saying what was answered."""
    item.state = ReviewItem.State.AWAITING_SECOND if answered else ReviewItem.State.OPEN
    item.reviews_needed = 2 if answered else item.reviews_needed
    item.build = item.lease_by = item.lease_until = item.assigned_to = None
    item.priority = priority_when_asked_for(0)
    item.main_reason = ReviewItem.Reason.REQUESTED
    asked = {
        "rule": item.main_reason,
        "explanation": f"{by.get_username()} asks for a second look.",
        "atc_rule": None,
    }
    item.reasons = [asked, *(reason for reason in item.reasons if reason["rule"] != item.main_reason)]
    item.save(
        update_fields=[
            "state", "reviews_needed", "build", "lease_by", "lease_until", "assigned_to", "priority", "main_reason",
            "reasons",
        ]
    )  # fmt: skip
