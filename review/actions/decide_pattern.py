"""Decide all statements of a pattern together, and take that back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.chain import lock_chain
from ledger.models import Label, Pattern, PatternDecision, Task
from ledger.record import patterns
from ledger.record.patterns import PatternOutcome
from review.actions.pattern_items import open_again, put_spot_checks, settle, take_items


class NotYourPattern(Exception):
    """Only the person who decided this pattern, or the lead, may withdraw the decision."""


@transaction.atomic
def decide_pattern(
    *,
    task: Task,
    pattern: Pattern,
    by: User,
    label: Label,
    comment: str,
    sample: Sequence[int],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> PatternOutcome:
    """Write one answer for all statements that need no look of their own, settle their items, and put the spot checks
    in front of everybody else. The same key again changes nothing. Raises what `ledger.record.patterns` does.
    """
    lock_chain()
    items, apart = take_items(task, pattern, now)
    outcome = patterns.decide_pattern(
        task=task,
        pattern=pattern,
        reviewer=by,
        label=label,
        comment=comment,
        sample=sample,
        apart=apart,
        idempotency_key=idempotency_key,
        now=now,
    )
    if not outcome.repeated:
        settle([items[one] for one in outcome.covered if one in items])
        put_spot_checks(outcome.decision, outcome.read)
    return outcome


@transaction.atomic
def withdraw_pattern(
    *, decision: PatternDecision, by: User, is_lead: bool, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> PatternDecision:
    """Take the decision back with everything that came of it, as one action; what others answered themselves stays.

    The same key again changes nothing. Raises NotYourPattern and what `ledger.record.patterns` does.
    """
    if not is_lead and decision.reviewer_id != by.pk:
        raise NotYourPattern(NotYourPattern.__doc__)
    ended, repeated = patterns.withdraw_pattern(
        decision=decision, by=by, reason=reason, idempotency_key=idempotency_key, now=now
    )
    if not repeated:
        open_again(ended, now)
    return ended
