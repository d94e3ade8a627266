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


NOTHING_YET = Progress(0, 0)


def midnight_before(now: datetime) -> datetime:
    """When the day of `now` began, in the site's time zone."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def progress_by_task(reviewer: User, now: datetime, **only: Task) -> dict[int, Progress]:
    """This person's progress by the task's id; a task they never answered on is left out (one query)."""
    counted = (
        Decision.objects.standing()
        .filter(reviewer=reviewer, kind=Decision.Kind.ANSWER, **only)
        .order_by()
        .values_list("task")
        .annotate(today=Count("id", filter=Q(decided_at__gte=midnight_before(now))), in_all=Count("id"))
    )
    return {task: Progress(n_today, n_in_all) for task, n_today, n_in_all in counted}


def progress_of(reviewer: User, task: Task, now: datetime) -> Progress:
    """One query."""
    return progress_by_task(reviewer, now, task=task).get(task.pk, NOTHING_YET)
