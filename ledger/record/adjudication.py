"""Settle what people answered differently, and open again what was settled."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, Comment, Decision, DisagreementCause, GoldLabel, Label, Statement, Task
from ledger.queries import standing_decisions
from ledger.record.comments import add_comment
from ledger.record.decisions import refuse_foreign, write_decision, written_with
from ledger.record.gold import add_gold, newest_gold, take_back_gold
from ledger.record.settling import holding


@transaction.atomic
def adjudicate(
    *,
    task: Task,
    statement: Statement,
    adjudicator: AbstractBaseUser,
    label: Label,
    comment: str,
    idempotency_key: uuid.UUID,
    now: datetime,
    cause: str | None = None,
) -> GoldLabel:
    """Settle a disagreement: the adjudicator's answer is gold, resting on every answer that was weighed.

    cause: why people had disagreed, one of DisagreementCause.Cause, where the adjudicator says so.
    """
    refuse_foreign(label, task)
    lock_chain()
    written = written_with(
        idempotency_key,
        task_id=task.pk,
        statement_id=statement.pk,
        reviewer_id=adjudicator.pk,
        kind=Decision.Kind.ADJUDICATION,
    )
    if written:
        return GoldLabel.objects.filter(evidence__decision=written).earliest("id")
    weighed = list(standing_decisions(task, statement))
    decision = write_decision(
        now,
        task=task,
        statement=statement,
        reviewer_id=adjudicator.pk,
        kind=Decision.Kind.ADJUDICATION,
        label=label,
        comment=comment,
        replaces=_newest_decision(task, statement, adjudicator),
        idempotency_key=idempotency_key,
    )
    if cause is not None:
        because = DisagreementCause.objects.create(decision=decision, cause=DisagreementCause.Cause(cause))
        append_link(ChainLink.Kind.CAUSE, [because], now=now)
    return add_gold(
        task=task,
        statement=statement,
        label=label,
        source=GoldLabel.Source.ADJUDICATION,
        replaces=newest_gold(task, statement),
        decisions=[*weighed, decision],
        now=now,
    )


@transaction.atomic
def reopen(
    *,
    task: Task,
    statement: Statement,
    by: AbstractBaseUser,
    reason: str,
    takes_back: bool,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Comment:
    """Write why a settled statement is looked at again; what people had confirmed holds no longer if `takes_back`.

    The reason is a comment, and taking back one more gold row that names the answers to weigh again. The same key
    again changes nothing. Raises NothingSaid where the reason is empty.
    """
    lock_chain()
    if written := Comment.objects.filter(idempotency_key=idempotency_key, author_id=by.pk).first():
        return written
    comment = add_comment(
        task=task, statement=statement, author=by, text=reason, idempotency_key=idempotency_key, now=now
    )
    standing = holding(newest_gold(task, statement))
    if takes_back and standing and standing.source != GoldLabel.Source.SEED:
        take_back_gold(standing=standing, decisions=list(standing_decisions(task, statement)), now=now)
    return comment


def _newest_decision(task: Task, statement: Statement, reviewer: AbstractBaseUser) -> Decision | None:
    """The end of this reviewer's chain of decisions on the statement (one query)."""
    return Decision.objects.filter(
        task=task, statement=statement, reviewer_id=reviewer.pk, replaced_by__isnull=True
    ).first()
