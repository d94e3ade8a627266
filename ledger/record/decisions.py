"""Insert people's decisions, and the gold labels their agreement makes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, lock_chain
from ledger.models import (
    ChainLink,
    Decision,
    GoldLabel,
    Label,
    PatternDecision,
    Prediction,
    Task,
)
from ledger.queries import current_gold
from ledger.record.gold import take_back_gold
from ledger.record.settling import Said, Status, settle_gold, where_it_stands
from ledger.record.spot_checks import reopen_where_contradicted


class AlreadyDecided(Exception):
    """This reviewer has a standing answer on the statement. Undo that one first, then answer again."""


class NotYours(Exception):
    """Only the person who gave an answer may undo it."""


class AlreadyWithdrawn(Exception):
    """This answer was undone or replaced before; there is nothing left to undo."""


class AlreadyAdjudicated(Exception):
    """An adjudicator has settled this statement since; ask the lead to open it again instead of undoing."""


class KeyUsedElsewhere(Exception):
    """This idempotency key belongs to another decision. Reload the page to get a fresh one."""


class LabelOfAnotherTask(Exception):
    """The label is no answer to this task. Choose one of the task's own labels."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submitted decision led to; `repeated` when the same key had been submitted before.

    reopened: the row that reopened the statement's pattern, when this answer was its spot check and contradicted it.
    """

    decision: Decision
    status: Status
    gold: GoldLabel | None
    repeated: bool
    reopened: PatternDecision | None = None


def submit_decision(
    *,
    said: Said,
    reviewer: AbstractBaseUser,
    label: Label,
    comment: str,
    prediction_seen: Prediction | None,
    seconds_spent: float | None,
    idempotency_key: uuid.UUID,
    reviews_needed: int,
    now: datetime,
) -> Outcome:
    """Write one person's answer; with enough answers that agree, write the gold label too (ten queries with gold).

    The caller holds the transaction and the chain's lock, and read `said` under it. Raises AlreadyDecided when the
    reviewer's earlier answer stands, KeyUsedElsewhere when the key is another's, LabelOfAnotherTask when the label is
    no answer to the task.
    """
    refuse_foreign(label, said.task)
    written = same_as_before(
        said.with_key,
        task_id=said.task.pk,
        statement_id=said.statement.pk,
        reviewer_id=reviewer.pk,
        kind=Decision.Kind.ANSWER,
    )
    if written:
        return Outcome(written, *where_it_stands(said), repeated=True)
    before = next((one for one in said.by(reviewer.pk) if not said.is_replaced(one)), None)
    if before and before.kind != Decision.Kind.WITHDRAWAL:
        raise AlreadyDecided(AlreadyDecided.__doc__)
    decision = write_decision(
        now,
        task=said.task,
        statement=said.statement,
        reviewer_id=reviewer.pk,
        kind=Decision.Kind.ANSWER,
        label=label,
        comment=comment,
        replaces=before,
        prediction_seen=prediction_seen,
        seconds_spent=seconds_spent,
        idempotency_key=idempotency_key,
    )
    return led_to(said.and_then(decision), decision, reviews_needed, now)


def led_to(said: Said, decision: Decision, reviews_needed: int, now: datetime) -> Outcome:
    """What an answer just written, the last of what was said, does to gold and to its statement's pattern."""
    status, gold = settle_gold(said, reviews_needed, now)
    reopened = reopen_where_contradicted(decision, now)
    if reopened:  # which took back the pattern's gold, this statement's too where one answer does not suffice
        status, gold = where_it_stands(said)
    return Outcome(decision, status, gold, repeated=False, reopened=reopened)


def written_with(idempotency_key: uuid.UUID, **facts: object) -> Decision | None:
    """The decision that was written with this key before (one query); raises as `same_as_before` does."""
    return same_as_before(Decision.objects.filter(idempotency_key=idempotency_key).first(), **facts)


def same_as_before(known: Decision | None, **facts: object) -> Decision | None:
    """The decision a key was used for; raises KeyUsedElsewhere when its facts are others."""
    if known and any(getattr(known, name) != fact for name, fact in facts.items()):
        raise KeyUsedElsewhere(KeyUsedElsewhere.__doc__)
    return known


def write_decision(now: datetime, **facts: Any) -> Decision:
    """Insert a decision and link it into the chain, whose lock the caller holds."""
    decision = Decision.objects.create(**facts, decided_at=now)
    append_link(ChainLink.Kind.DECISION, [decision], now=now)
    return decision


@transaction.atomic
def withdraw_decision(
    *, decision: Decision, by: AbstractBaseUser, idempotency_key: uuid.UUID, now: datetime
) -> Decision:
    """Undo one's own answer by one more decision, and take back the gold label that rests on it.

    An adjudicator's gold is taken back by undoing the adjudication, not by what it weighed; what was said after it may
    be undone and leaves it alone. A second call with the same key returns the first one's row.
    """
    lock_chain()
    written = written_with(idempotency_key, replaces_id=decision.pk, reviewer_id=by.pk, kind=Decision.Kind.WITHDRAWAL)
    if written:
        return written
    if decision.reviewer_id != by.pk:
        raise NotYours(NotYours.__doc__)
    if decision.kind == Decision.Kind.WITHDRAWAL or Decision.objects.filter(replaces=decision).exists():
        raise AlreadyWithdrawn(AlreadyWithdrawn.__doc__)
    task, statement = decision.task, decision.statement
    standing = current_gold(task, statement)
    rests_on = set(standing.evidence.values_list("decision_id", flat=True)) if standing else set()
    # The adjudication is the last of what its gold rests on.
    is_weighed = decision.pk in rests_on and decision.pk != max(rests_on)
    if standing and standing.source == GoldLabel.Source.ADJUDICATION and is_weighed:
        raise AlreadyAdjudicated(AlreadyAdjudicated.__doc__)
    withdrawal = write_decision(
        now,
        task=task,
        statement=statement,
        reviewer_id=by.pk,
        kind=Decision.Kind.WITHDRAWAL,
        replaces=decision,
        idempotency_key=idempotency_key,
    )
    if standing and decision.pk in rests_on:
        take_back_gold(standing=standing, decisions=[withdrawal], now=now)
    return withdrawal


def refuse_foreign(label: Label, task: Task) -> None:
    """Raises LabelOfAnotherTask."""
    if label.task_id != task.pk:
        raise LabelOfAnotherTask(LabelOfAnotherTask.__doc__)
