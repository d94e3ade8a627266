"""How much one person has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone

from ledger.models import Decision, Task


@dataclass(frozen=True, slots=True)
class Progress:
    """Standing answers of one person on one task."""

    n_today: int
    n_in_all: int


def progress_of(reviewer: User, task: Task, now: datetime) -> Progress:
    """One query."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = (
        Decision.objects.standing()
        .filter(task=task, reviewer=reviewer, kind=Decision.Kind.ANSWER)
        .aggregate(today=Count("id", filter=Q(decided_at__gte=midnight)), in_all=Count("id"))
    )
    return Progress(counted["today"], counted["in_all"])
