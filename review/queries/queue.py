"""What a queue holds, and why it has nothing for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.models import User
from django.db.models import Count, Min

from ledger.enqueue import listening_workers
from ledger.models import Label, Run, Task
from ledger.queries import current_model
from review.filters import EVERYTHING, QueueFilter
from review.models import ReviewItem, Skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, its words, and how many waiting items have it."""

    value: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Items of a queue by state, and those that wait for an answer by reason and by the model's label."""

    waiting: int
    second: int
    adjudication: int
    settled: int
    by_reason: list[Choice]
    by_label: list[Choice]

    @property
    def total(self) -> int:
        return self.waiting + self.second + self.adjudication + self.settled


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why there is no item for this person now; `n` and `until` as the kind needs them."""

    kind: Literal["no_model", "no_worker", "building", "not_built", "hidden", "leased", "skipped", "done"]
    n: int = 0
    until: datetime | None = None


def queue_counts(task: Task) -> QueueCounts:
    """Four queries, each over the task's items."""
    items = ReviewItem.objects.filter(task=task)
    states = dict(items.order_by().values_list("state").annotate(Count("id")))
    reasons = dict(items.waiting().order_by().values_list("main_reason").annotate(Count("id")))
    labels = dict(items.waiting().order_by().values_list("prediction__label").annotate(Count("id")))
    return QueueCounts(
        waiting=states.get(ReviewItem.State.OPEN, 0),
        second=states.get(ReviewItem.State.AWAITING_SECOND, 0),
        adjudication=states.get(ReviewItem.State.ADJUDICATION, 0),
        settled=states.get(ReviewItem.State.SETTLED, 0),
        by_reason=[
            Choice(rule.value, str(rule.label), reasons[rule.value])
            for rule in ReviewItem.Reason
            if rule.value in reasons
        ],
        by_label=[
            Choice(label.slug, label.title, labels[label.pk])
            for label in Label.objects.filter(task=task)
            if label.pk in labels
        ],
    )


def n_answerable(task: Task, reviewer: User, chosen: QueueFilter = EVERYTHING) -> int:
    """Items this person could answer, held by others or not (one query)."""
    return chosen.apply(ReviewItem.objects.filter(task=task)).waiting().answerable_by(reviewer).count()


def why_empty(task: Task, reviewer: User, now: datetime, chosen: QueueFilter) -> Emptiness | None:
    """Why `claim_next` has nothing for this person; None when it has. At most six queries and one look at Redis."""
    answerable = ReviewItem.objects.filter(task=task).waiting().answerable_by(reviewer)
    if chosen.apply(answerable).free_for(reviewer, now).exists():
        return None
    held = chosen.apply(answerable).aggregate(n=Count("id"), until=Min("lease_until"))
    if held["n"]:
        return Emptiness("leased", held["n"], held["until"])
    if chosen and (n_hidden := answerable.count()):
        return Emptiness("hidden", n_hidden)
    n_skipped = Skip.objects.filter(reviewer=reviewer, item__task=task, item__state__in=ReviewItem.WAITING).count()
    if n_skipped:
        return Emptiness("skipped", n_skipped)
    building = Run.objects.filter(task=task, kind=Run.Kind.QUEUE, status__in=Run.ACTIVE).exists()
    if building:
        heard = any("default" in worker.queues for worker in listening_workers())
        return Emptiness("building" if heard else "no_worker")
    if ReviewItem.objects.filter(task=task).exists():
        return Emptiness("done")
    return Emptiness("not_built" if current_model(task) else "no_model")
