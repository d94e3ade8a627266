"""Which statements of a pattern somebody looks at by themselves, so that no decision about it speaks for them."""

from __future__ import annotations

from datetime import datetime

from ledger.covering import AUDIT, FLAGGED
from ledger.models import Pattern, Task
from review.models import ReviewItem

HELD, ASKED = "held", "asked"  # beside the reasons the ledger knows


def individual(task: Task, pattern: Pattern, now: datetime) -> dict[int, str]:
    """Why statements in the queue stay individual, by statement id; those of doubt alone need not (one query)."""
    waiting = ReviewItem.objects.filter(task=task, state__in=ReviewItem.WAITING, statement__pattern=pattern)
    rows = waiting.values_list("statement", "main_reason", "assigned_to", "lease_until")
    why: dict[int, str] = {}
    for statement_id, reason, assigned_to, until in rows:
        if until is not None and until > now:
            why[statement_id] = HELD
        elif assigned_to or reason in ReviewItem.ASKED:
            why[statement_id] = ASKED
        elif reason != ReviewItem.Reason.LOW_CONFIDENCE:
            why[statement_id] = AUDIT if reason == ReviewItem.Reason.AUDIT else FLAGGED
    return why
