"""How much people answered, and how much of their active time it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import Decision, Task

PERIODS = (7, 30, 90, 365)  # days a reader may choose
PERIOD = 30
SHORTEST_TIME = 60.0  # seconds of active time below which a speed would say nothing


@dataclass(frozen=True, slots=True)
class Work:
    """Answers of one person in some time, also those taken back later, for they took their time as well.

    active_seconds: time on the items while the tab was visible and hands moved, as the browser measured it;
    n_timed: answers with such a time. Keeping or changing a blind answer adds time and no answer.
    """

    n_answers: int
    n_timed: int
    median_seconds: float | None
    active_seconds: float

    @property
    def answers_an_hour(self) -> float | None:
        """Timed answers in an hour of active time; None below a minute of it."""
        return 3600 * self.n_timed / self.active_seconds if self.active_seconds >= SHORTEST_TIME else None


@dataclass(frozen=True, slots=True)
class Throughput:
    """One person's work in all and by day, the latest first; days without an answer are left out."""

    name: str
    work: Work
    days: list[tuple[date, Work]]


Answer = tuple[datetime, float | None, bool]  # when, active seconds, whether it revised a blind one


def throughput(*, now: datetime, days: int, task: Task | None = None, person: User | None = None) -> list[Throughput]:
    """The work of everybody, or of this person, on the task or on all in the latest `days`, by name (one query)."""
    answers = Decision.objects.filter(kind=Decision.Kind.ANSWER, decided_at__gte=first_moment(now, days))
    if task is not None:
        answers = answers.filter(task=task)
    if person is not None:
        answers = answers.filter(reviewer=person)
    given: dict[str, list[Answer]] = defaultdict(list)
    for name, when, seconds, replaced in answers.order_by("decided_at").values_list(
        "reviewer__username", "decided_at", "seconds_spent", "replaces__kind"
    ):
        given[name].append((when, seconds, replaced == Decision.Kind.ANSWER))
    return [Throughput(name, _work(given[name]), _by_day(given[name])) for name in sorted(given)]


def first_moment(now: datetime, days: int) -> datetime:
    """Midnight at the beginning of the first of the latest `days`, today among them."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def _work(answers: Iterable[Answer]) -> Work:
    told = list(answers)
    first = [seconds for _, seconds, revises in told if not revises]
    timed = [seconds for seconds in first if seconds is not None]
    return Work(
        n_answers=len(first),
        n_timed=len(timed),
        median_seconds=median(timed) if timed else None,
        active_seconds=sum(seconds or 0.0 for _, seconds, _ in told),
    )


def _by_day(answers: Iterable[Answer]) -> list[tuple[date, Work]]:
    days: dict[date, list[Answer]] = defaultdict(list)
    here = timezone.get_current_timezone()
    for answer in answers:
        days[answer[0].astimezone(here).date()].append(answer)
    return [(day, _work(days[day])) for day in sorted(days, reverse=True)]
