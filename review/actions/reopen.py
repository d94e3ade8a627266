"""Look again at an item that is settled."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Comment
from ledger.queries import standing_decisions
from ledger.record import adjudication
from review.models import LooksAgain, ReviewItem
from review.priorities import priority_when_asked_for
from review.queries.assignees import assignees


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
