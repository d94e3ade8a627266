"""Keep or change one's own answer after seeing the model's: one more decision, and the blind one stays on record."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from ledger.models import Decision, GoldLabel, Label, Prediction
from ledger.queries import current_gold
from ledger.record.decisions import (
    AlreadyAdjudicated,
    NotYours,
    Outcome,
    led_to,
    refuse_foreign,
    same_as_before,
    write_decision,
)
from ledger.record.settling import Said, where_it_stands


class NothingToRevise(Exception):
    """Only a blind answer that holds can be kept or changed, and only once. Undo your answer to give another."""


class ReadByAnotherModel(Exception):
    """The prediction is of another statement than the answer. Load the page again."""


def revise_decision(
    *,
    said: Said,
    decision: Decision,
    by: AbstractBaseUser,
    label: Label,
    comment: str,
    prediction_seen: Prediction,
    seconds_spent: float | None,
    idempotency_key: uuid.UUID,
    reviews_needed: int,
    now: datetime,
) -> Outcome:
    """Write what this person says now that they have seen the model's answer, the same as before or another.

    The blind answer is replaced, so gold follows the new one. The same key again changes nothing. Raises NotYours,
    NothingToRevise, AlreadyAdjudicated, KeyUsedElsewhere, LabelOfAnotherTask, ReadByAnotherModel, nothing written.
    The caller holds the transaction and the chain's lock, and read `said` under it.
    """
    task, statement = said.task, said.statement
    refuse_foreign(label, task)
    if prediction_seen.statement_id != statement.pk:
        raise ReadByAnotherModel(ReadByAnotherModel.__doc__)
    written = same_as_before(said.with_key, replaces_id=decision.pk, reviewer_id=by.pk, kind=Decision.Kind.ANSWER)
    if written:
        return Outcome(written, *where_it_stands(said), repeated=True)
    if decision.reviewer_id != by.pk:
        raise NotYours(NotYours.__doc__)
    is_blind_answer = decision.kind == Decision.Kind.ANSWER and decision.prediction_seen_id is None
    if not is_blind_answer or said.is_replaced(decision):
        raise NothingToRevise(NothingToRevise.__doc__)
    gold = current_gold(task, statement)
    if gold and gold.source == GoldLabel.Source.ADJUDICATION:
        raise AlreadyAdjudicated(AlreadyAdjudicated.__doc__)
    revised = write_decision(
        now,
        task=task,
        statement=statement,
        reviewer_id=by.pk,
        kind=Decision.Kind.ANSWER,
        label=label,
        comment=comment,
        replaces=decision,
        prediction_seen=prediction_seen,
        seconds_spent=seconds_spent,
        idempotency_key=idempotency_key,
    )
    return led_to(said.and_then(revised), revised, reviews_needed, now)
