"""Settle an item two people answered differently."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Decision, DisagreementCause, GoldLabel, Label
from ledger.record import adjudication
from review.models import ReviewItem


class NothingToAdjudicate(Exception):
    """This item is not in disagreement any more: it was settled, or an answer was taken back."""


@transaction.atomic
def adjudicate(
    *,
    item: ReviewItem,
    by: User,
    label: Label,
    cause: DisagreementCause.Cause,
    comment: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> GoldLabel:
    """Write the adjudicator's answer as gold with the cause they see, and settle the item.

    The same key again changes nothing. Raises NothingToAdjudicate or ledger's KeyUsedElsewhere.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    repeated = Decision.objects.filter(idempotency_key=idempotency_key).exists()
    if item.state != ReviewItem.State.ADJUDICATION and not repeated:
        raise NothingToAdjudicate(NothingToAdjudicate.__doc__)
    gold = adjudication.adjudicate(
        task=item.task,
        statement=item.statement,
        adjudicator=by,
        label=label,
        cause=cause,
        comment=comment,
        idempotency_key=idempotency_key,
        now=now,
    )
    if not repeated:
        item.move_to(ReviewItem.State.SETTLED)
    return gold
