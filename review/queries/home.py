"""What the first page says of each task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count

from ledger.models import Corpus, GoldLabel, Promotion, Task
from review.models import ReviewItem
from review.queries.progress import NOTHING_YET, Progress, progress_by_task


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One task: items by state, gold labels people made, and this person's answers."""

    task: Task
    model_number: int | None
    n_open: int
    n_second: int
    n_adjudication: int
    n_settled: int
    n_gold: int
    mine: Progress

    @property
    def n_waiting(self) -> int:
        return self.n_open + self.n_second


def task_cards(reader: User, now: datetime) -> list[TaskCard]:
    """The tasks that have statements; five queries, however many they are."""
    states: dict[tuple[int, str], int] = {
        (task, state): n
        for task, state, n in ReviewItem.objects.order_by().values_list("task", "state").annotate(Count("id"))
    }
    gold = dict(
        GoldLabel.objects.current()
        .exclude(source=GoldLabel.Source.SEED)
        .order_by()
        .values_list("task")
        .annotate(Count("id"))
    )
    mine = progress_by_task(reader, now)
    live = dict(Promotion.objects.filter(replaced_by__isnull=True).values_list("task", "model_version__number"))
    return [
        TaskCard(
            task=task,
            model_number=live.get(task.pk),
            n_open=states.get((task.pk, ReviewItem.State.OPEN), 0),
            n_second=states.get((task.pk, ReviewItem.State.AWAITING_SECOND), 0),
            n_adjudication=states.get((task.pk, ReviewItem.State.ADJUDICATION), 0),
            n_settled=states.get((task.pk, ReviewItem.State.SETTLED), 0),
            n_gold=gold.get(task.pk, 0),
            mine=mine.get(task.pk, NOTHING_YET),
        )
        for task in tasks_with_statements()
    ]


def tasks_with_statements() -> list[Task]:
    """Tasks that something was imported for (one query)."""
    return list(Task.objects.filter(pk__in=Corpus.objects.values("task")))


def tasks_without_statements() -> list[Task]:
    """Tasks that nothing was imported for (one query)."""
    return list(Task.objects.exclude(pk__in=Corpus.objects.values("task")))
