"""Draw the statements by which somebody else tests a decision about a pattern, and reopen it when they disagree."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest
from math import ceil

from ledger.chain import append_link
from ledger.models import (
    ChainLink,
    Decision,
    GoldLabel,
    Pattern,
    PatternDecision,
    PatternEvidence,
    SpotCheck,
    Task,
)
from ledger.record.pattern_gold import take_back


def newest_of(task: Task, pattern: Pattern) -> PatternDecision | None:
    """The end of the pattern's chain of decisions, also where it takes one back (one query)."""
    return PatternDecision.objects.newest().filter(task=task, pattern=pattern).select_related("label").first()


def n_to_draw(task: Task, n_statements: int) -> int:
    """How many statements of a decision somebody else answers: the task's share, at least its minimum, at most all."""
    return min(n_statements, max(task.spot_checks_at_least, ceil(task.spot_check_share * n_statements)))


def draw(*, decision: PatternDecision, statement_ids: Sequence[int]) -> list[int]:
    """Write down which of the decision's statements are checked, as good as random and the same for the same decision.

    The caller holds the transaction. A statement that was read as part of the sample may be drawn too.
    """
    drawn = nsmallest(
        n_to_draw(decision.task, len(statement_ids)),
        statement_ids,
        key=lambda one: sha256(f"spot-check:{decision.pk}:{one}".encode()).digest(),
    )
    SpotCheck.objects.bulk_create([SpotCheck(decision=decision, statement_id=one) for one in sorted(drawn)])
    return sorted(drawn)


def end(
    *,
    newest: PatternDecision,
    act: PatternDecision.Act,
    by: int,
    comment: str,
    sample: list[int],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> PatternDecision:
    """Take back what the decisions in force made gold of, by new rows. The caller holds the chain's lock."""
    gold_ids = list(
        PatternEvidence.objects.filter(
            decision__in=list(
                PatternDecision.objects.in_force()
                .filter(task=newest.task_id, pattern=newest.pattern_id)
                .values_list("id", flat=True)
            ),
            gold__replaced_by__isnull=True,
            gold__source=GoldLabel.Source.PATTERN_REVIEW,
        )
        .order_by("gold_id")
        .values_list("gold_id", flat=True)
    )
    ended = PatternDecision.objects.create(
        task_id=newest.task_id,
        pattern_id=newest.pattern_id,
        reviewer_id=by,
        act=act,
        comment=comment,
        sample=sample,
        n_statements=len(gold_ids),
        replaces=newest,
        idempotency_key=idempotency_key,
        decided_at=now,
    )
    append_link(ChainLink.Kind.PATTERN, [ended], now=now)
    take_back(decision=ended, gold_ids=gold_ids, now=now)
    return ended


def reopen_where_contradicted(answer: Decision, now: datetime) -> PatternDecision | None:
    """Reopen the pattern whose spot check this answer is, when somebody else than its decider says something else.

    One query for an answer that is no spot check. The caller holds the transaction and the chain's lock.
    """
    check = (
        SpotCheck.objects.in_force()
        .filter(statement=answer.statement_id, decision__task=answer.task_id)
        .exclude(decision__reviewer=answer.reviewer_id)
        .select_related("decision")
        .first()
    )
    if check is None or check.decision.label_id == answer.label_id:
        return None
    newest = newest_of(answer.task, answer.statement.pattern)
    assert newest is not None
    return end(
        newest=newest,
        act=PatternDecision.Act.REOPENED,
        by=answer.reviewer_id,
        comment="",
        sample=[answer.statement_id],
        idempotency_key=uuid.uuid5(newest.idempotency_key, "reopened"),
        now=now,
    )
