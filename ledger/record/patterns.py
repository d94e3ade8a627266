"""Insert decisions about whole patterns, and take them back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, lock_chain
from ledger.covering import window
from ledger.models import ChainLink, Label, Pattern, PatternDecision, Task
from ledger.queries import current_model
from ledger.record.decisions import KeyUsedElsewhere, LabelOfAnotherTask
from ledger.record.pattern_gold import give_gold
from ledger.record.spot_checks import draw, end, newest_of


class NoModelHasRead(Exception):
    """No model of this task is live, so nothing says which statements need a look of their own. Promote one first."""


class DecidedOtherwise(Exception):
    """This pattern is decided with another answer. Withdraw that decision first, then decide again."""


class NothingLeftToDecide(Exception):
    """Every statement of this pattern is answered already or stays individual. Answer those one by one."""


class NotDecided(Exception):
    """This pattern is not decided any more: it was withdrawn or reopened before. There is nothing to take back."""


@dataclass(frozen=True, slots=True)
class PatternOutcome:
    """What a decision about a pattern led to; `repeated` when the same key had been submitted before.

    covered and checked are statement ids, `read` the prediction ids of the checked ones; left_out counts the
    statements that stay individual by reason.
    """

    decision: PatternDecision
    repeated: bool
    covered: list[int] = field(default_factory=list)
    checked: list[int] = field(default_factory=list)
    read: dict[int, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def decide_pattern(
    *,
    task: Task,
    pattern: Pattern,
    reviewer: AbstractBaseUser,
    label: Label,
    comment: str,
    sample: Sequence[int],
    apart: Mapping[int, str],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> PatternOutcome:
    """Write one person's answer for all statements of a pattern but those that stay individual, as gold.

    sample: ids of the statements that were shown; apart: statements that stay individual for the caller's reasons.
    The same answer again speaks for what has come since. About two seconds for 20,000 statements. Raises
    KeyUsedElsewhere, LabelOfAnotherTask, NoModelHasRead, DecidedOtherwise, NothingLeftToDecide, with nothing written.
    """
    if label.task_id != task.pk:
        raise LabelOfAnotherTask(LabelOfAnotherTask.__doc__)
    lock_chain()
    written = _written(
        idempotency_key, task_id=task.pk, pattern_id=pattern.pk, reviewer_id=reviewer.pk, label_id=label.pk
    )
    if written:
        return PatternOutcome(written, repeated=True)
    newest = newest_of(task, pattern)
    if newest and newest.label_id not in (None, label.pk):
        raise DecidedOtherwise(DecidedOtherwise.__doc__)
    model = current_model(task)
    if model is None:
        raise NoModelHasRead(NoModelHasRead.__doc__)
    readings = window(task, pattern, model, apart=apart).readings
    why = Counter(one.apart_from(label.pk) for one in readings)
    covered = [one.statement_id for one in readings if not one.apart_from(label.pk)]
    if not covered:
        raise NothingLeftToDecide(NothingLeftToDecide.__doc__)
    decision = PatternDecision.objects.create(
        task=task,
        pattern=pattern,
        reviewer_id=reviewer.pk,
        act=PatternDecision.Act.DECISION,
        label=label,
        comment=comment,
        sample=list(sample),
        n_statements=len(covered),
        replaces=newest,
        idempotency_key=idempotency_key,
        decided_at=now,
    )
    append_link(ChainLink.Kind.PATTERN, [decision], now=now)
    give_gold(decision=decision, statement_ids=covered, now=now)
    checked = draw(decision=decision, statement_ids=covered)
    read = {one.statement_id: one.prediction_id for one in readings if one.prediction_id is not None}
    return PatternOutcome(
        decision,
        repeated=False,
        covered=covered,
        checked=checked,
        read={one: read[one] for one in checked},
        left_out={reason: n for reason, n in why.items() if reason},
    )


@transaction.atomic
def withdraw_pattern(
    *, decision: PatternDecision, by: AbstractBaseUser, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> tuple[PatternDecision, bool]:
    """Take back everything the decisions in force made gold of; returns the row, and whether it was written before.

    What people answered individually since stays. Raises KeyUsedElsewhere, NotDecided, with nothing written.
    """
    lock_chain()
    written = _written(
        idempotency_key, task_id=decision.task_id, pattern_id=decision.pattern_id, reviewer_id=by.pk, label_id=None
    )
    if written:
        return written, True
    newest = newest_of(decision.task, decision.pattern)
    if newest is None or not PatternDecision.objects.in_force().filter(pk=decision.pk).exists():
        raise NotDecided(NotDecided.__doc__)
    ended = end(
        newest=newest,
        act=PatternDecision.Act.WITHDRAWAL,
        by=by.pk,
        comment=reason,
        sample=[],
        idempotency_key=idempotency_key,
        now=now,
    )
    return ended, False


def _written(idempotency_key: uuid.UUID, **facts: object) -> PatternDecision | None:
    """The row that was written with this key before; raises KeyUsedElsewhere when its facts are others."""
    known = PatternDecision.objects.filter(idempotency_key=idempotency_key).select_related("task", "pattern").first()
    if known and any(getattr(known, name) != fact for name, fact in facts.items()):
        raise KeyUsedElsewhere(KeyUsedElsewhere.__doc__)
    return known
