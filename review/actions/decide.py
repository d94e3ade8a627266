"""Answer an item, put it aside, or undo an answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.chain import lock_chain
from ledger.models import Decision, GoldLabel, Label, Prediction
from ledger.queries import current_gold, standing_decisions
from ledger.record.decisions import Outcome, submit_decision, withdraw_decision
from ledger.record.revisions import NothingToRevise, revise_decision
from ledger.record.settling import Said
from review.actions.claim import claim, release
from review.actions.pattern_items import open_again
from review.models import ReviewItem, Skip
from review.queries.seeing import hides_model

STATE_AFTER = {
    "open": ReviewItem.State.OPEN,
    "awaiting_second": ReviewItem.State.AWAITING_SECOND,
    "disagreement": ReviewItem.State.ADJUDICATION,
    "settled": ReviewItem.State.SETTLED,
}


class HeldByAnother(Exception):
    """The lease ran out and another pharmacist has the item open now. The answer was not saved."""


class NoAnswerNeeded(Exception):
    """The lease ran out and others have settled the item since. The answer was not saved."""


class OwnSpotCheck(NoAnswerNeeded):
    """You decided this statement's pattern, so somebody else checks it. The answer was not saved."""


@transaction.atomic
def decide(
    *,
    item: ReviewItem,
    by: User,
    label: Label,
    comment: str,
    prediction_seen: Prediction | None,
    seconds_spent: float | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Write this person's answer and move the item on.

    A lease that ran out loses nothing as long as nobody else took or settled the item; otherwise HeldByAnother or
    NoAnswerNeeded. The same key again gives the first outcome and changes nothing. On a blind task a first answer has
    seen no prediction, whatever the page says. Raises ledger's AlreadyDecided. Thirteen queries where one answer
    makes gold, one more where it checks a pattern.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    lock_chain()
    said = Said.read(item.task, item.statement, idempotency_key)
    own = said.by(by.pk)
    if not any(one.idempotency_key == idempotency_key for one in own):
        if item.holder(now) not in (None, by.pk):
            raise HeldByAnother(HeldByAnother.__doc__)
        stands = bool(own) and own[-1].kind != Decision.Kind.WITHDRAWAL
        if item.state not in ReviewItem.WAITING and not stands:
            raise NoAnswerNeeded(NoAnswerNeeded.__doc__)
        if item.is_spot_check and not ReviewItem.objects.filter(pk=item.pk).checkable_by(by).exists():
            raise OwnSpotCheck(OwnSpotCheck.__doc__)
    outcome = submit_decision(
        said=said,
        reviewer=by,
        label=label,
        comment=comment,
        prediction_seen=None if hides_model(item, own) else prediction_seen,
        seconds_spent=seconds_spent,
        idempotency_key=idempotency_key,
        reviews_needed=item.reviews_needed,
        now=now,
    )
    if not outcome.repeated:
        item.move_to(state_after(outcome))
    if outcome.reopened:
        open_again(outcome.reopened, now)
    return outcome


@transaction.atomic
def revise(
    *,
    item: ReviewItem,
    by: User,
    label: Label,
    comment: str,
    seconds_spent: float | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Keep or change one's own blind answer now that the model's is in view, and move the item where it belongs.

    The same key again gives the first outcome and changes nothing. Raises ledger's NothingToRevise, AlreadyAdjudicated.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    lock_chain()
    said = Said.read(item.task, item.statement, idempotency_key)
    own = said.by(by.pk)
    repeated = next((one for one in own if one.idempotency_key == idempotency_key), None)
    first = repeated.replaces if repeated else own[-1] if own else None
    if first is None:
        raise NothingToRevise(NothingToRevise.__doc__)
    outcome = revise_decision(
        said=said,
        decision=first,
        by=by,
        label=label,
        comment=comment,
        prediction_seen=item.prediction,
        seconds_spent=seconds_spent,
        idempotency_key=idempotency_key,
        reviews_needed=item.reviews_needed,
        now=now,
    )
    if not outcome.repeated:
        item.move_to(state_after(outcome), keep_lease=item.holder(now) not in (None, by.pk))
    if outcome.reopened:
        open_again(outcome.reopened, now)
    return outcome


@transaction.atomic
def undo(*, decision: Decision, by: User, idempotency_key: uuid.UUID, now: datetime) -> ReviewItem | None:
    """Take one's own answer back and hold its item again, unless somebody else has it open.

    Returns the item when it is this person's now. Raises ledger's NotYours, AlreadyWithdrawn, AlreadyAdjudicated.
    """
    # Locked before the ledger's chain, as `decide` does: the other way round they could wait for each other.
    item = ReviewItem.objects.locked().filter(task=decision.task_id, statement=decision.statement_id).first()
    repeated = Decision.objects.filter(idempotency_key=idempotency_key).exists()
    withdraw_decision(decision=decision, by=by, idempotency_key=idempotency_key, now=now)
    if item is None:
        return None
    if not repeated:
        gold = current_gold(item.task, item.statement)
        left = list(standing_decisions(item.task, item.statement))
        item.move_to(state_of(left, gold), keep_lease=item.holder(now) not in (None, by.pk))
    return item if claim(item=item, reviewer=by, now=now) else None


def state_after(outcome: Outcome) -> ReviewItem.State:
    """Where an answer leaves its item. An adjudicator's gold holds, but an answer against it is for an adjudicator."""
    gold = outcome.gold
    if gold and gold.source == GoldLabel.Source.ADJUDICATION and gold.label_id != outcome.decision.label_id:
        return ReviewItem.State.ADJUDICATION
    return STATE_AFTER[outcome.status]


def state_of(answers: Sequence[Decision], gold: GoldLabel | None) -> ReviewItem.State:
    """Where an item stands once an answer was taken back, from the answers that are left and the gold that holds."""
    if not answers:
        return ReviewItem.State.OPEN
    if gold and gold.source == GoldLabel.Source.ADJUDICATION:  # the answer had been asked for beside it, and still is
        return ReviewItem.State.AWAITING_SECOND
    if len({answer.label_id for answer in answers}) > 1:
        return ReviewItem.State.ADJUDICATION
    return ReviewItem.State.AWAITING_SECOND


@transaction.atomic
def skip(*, item: ReviewItem, by: User, now: datetime) -> None:
    """Put an item aside for oneself and hand it back to the others; twice is once."""
    Skip.objects.get_or_create(item=item, reviewer=by, defaults={"at": now})
    release(item=item, reviewer=by)


@transaction.atomic
def bring_back_skipped(*, reviewer: User, task_id: int) -> int:
    """Put everything this person had set aside back into their queue; returns how many items."""
    return Skip.objects.filter(reviewer=reviewer, item__task=task_id).delete()[0]
