"""Settle an item two people answered differently, or take that back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Decision, DisagreementCause, GoldLabel, Label
from ledger.record import adjudication
from ledger.record.decisions import withdraw_decision
from review.models import ReviewItem
from review.queries.adjudication import is_for_another


class NothingToAdjudicate(Exception):
    """This item is not in disagreement any more: it was settled, or an answer was taken back."""


class OwnDisagreement(Exception):
    """You gave one of these answers, so another adjudicator settles it. Nothing was saved."""


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

    The same key again changes nothing. Raises NothingToAdjudicate, OwnDisagreement or ledger's KeyUsedElsewhere.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    repeated = Decision.objects.filter(idempotency_key=idempotency_key).exists()
    if item.state != ReviewItem.State.ADJUDICATION and not repeated:
        raise NothingToAdjudicate(NothingToAdjudicate.__doc__)
    if not repeated and is_for_another(item, by):
        raise OwnDisagreement(OwnDisagreement.__doc__)
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


@transaction.atomic
def take_back(*, decision: Decision, by: User, idempotency_key: uuid.UUID, now: datetime) -> ReviewItem | None:
    """Undo one's own adjudication: its gold is taken back, and the item is for an adjudicator again.

    Returns its item, where the queue has it. The same key again changes nothing. Raises ledger's NotYours,
    AlreadyWithdrawn, AlreadyAdjudicated (where a later adjudication rests on this one).
    """
    item = ReviewItem.objects.locked().filter(task=decision.task_id, statement=decision.statement_id).first()
    repeated = Decision.objects.filter(idempotency_key=idempotency_key).exists()
    withdraw_decision(decision=decision, by=by, idempotency_key=idempotency_key, now=now)
    if item is not None and not repeated and item.state == ReviewItem.State.SETTLED:
        item.move_to(ReviewItem.State.ADJUDICATION)
    return item
