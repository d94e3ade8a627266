"""What a queue holds, and why it has nothing for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.models import User
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from ledger.enqueue import listening_workers, queue_of
from ledger.models import Corpus, Label, ModelVersion, Run, Task
from ledger.queries import current_model
from review.filters import QueueFilter, may_name, skipped_in
from review.models import ReviewItem
from review.queries.counting import counts_up_to, in_words

MOST = 5_000
MOST_HIDDEN = 1_000
UNDER_WAY: dict[str, Literal["building", "reading", "learning"]] = {
    Run.Kind.QUEUE: "building",
    Run.Kind.INFERENCE: "reading",
    Run.Kind.TRAINING: "learning",
}
SKIPPED = QueueFilter(part="skipped")


@dataclass(frozen=True, slots=True)
class NamedQueue:
    """A part of the queue people ask for by name, as a link, and how many items wait in it."""

    title: str
    query: str
    count: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Items of a queue by state, its named parts, the labels a model may have given, and the names of the corpora
    where there are several; counts up to 5,000."""

    states: list[tuple[str, str]]
    queues: list[NamedQueue]
    labels: list[Label]
    corpora: list[str]
    has_items: bool


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why there is no item for this person now; `n`, `is_more` (than `n`) and `until` as the kind needs them.

    `run`: the work that items will come of, and `queue` the workers' queue it is in.
    """

    kind: (
        Literal["no_model", "no_worker", "building", "reading", "learning"]
        | Literal["not_built", "hidden", "leased", "skipped", "done"]
    )
    n: int = 0
    is_more: bool = False
    until: datetime | None = None
    run: Run | None = None
    queue: str = ""


def named_queues(task: Task) -> Iterator[tuple[str, QueueFilter]]:
    """Every part with its name; where answers are given blind, none that tells of the model's."""
    yield _("Everything"), QueueFilter()
    for title, reason in (
        (_("Doubtful"), ReviewItem.Reason.LOW_CONFIDENCE),
        (_("Contradictions"), ReviewItem.Reason.ATC_CONTRADICTION),
        (_("Changed its mind"), ReviewItem.Reason.FLIP),
        (_("Two models differ"), ReviewItem.Reason.MODELS_DIFFER),
        (_("Suspect gold"), ReviewItem.Reason.SUSPECT_GOLD),
        (_("Audit"), ReviewItem.Reason.AUDIT),
        (_("Spot checks"), ReviewItem.Reason.SPOT_CHECK),
        (_("Asked for"), ReviewItem.Reason.REQUESTED),
    ):
        if may_name(task, reason):
            yield title, QueueFilter(reason=reason.value)
    yield _("Second opinions"), QueueFilter(part="second")
    yield _("Assigned to me"), QueueFilter(part="mine")
    yield _("My skipped"), SKIPPED


def queue_counts(task: Task, reader: User, chosen: QueueFilter) -> QueueCounts:
    """Three queries; the first counts each state and part in an index, up to 5,000."""
    items = ReviewItem.objects.filter(task=task)
    parts = list(named_queues(task))
    counted = counts_up_to(
        {state.value: items.filter(state=state) for state in ReviewItem.State}
        | {part.query or "all": part.items(task, reader).waiting() for _title, part in parts if part != SKIPPED}
        | {SKIPPED.query: skipped_in(task, reader)},
        MOST,
    )
    labels = [] if task.blind else list(Label.objects.filter(task=task, trainable=True))
    corpora = list(Corpus.objects.filter(task=task).order_by("name").values_list("name", flat=True))
    return QueueCounts(
        states=[(str(state.label), in_words(counted[state.value], MOST)) for state in ReviewItem.State],
        queues=[
            NamedQueue(title, part.query, in_words(counted[part.query or "all"], MOST), part == chosen)
            for title, part in parts
        ],
        labels=labels,
        corpora=corpora if len(corpora) > 1 else [],
        has_items=any(counted[state.value] for state in ReviewItem.State),
    )


def why_empty(task: Task, reviewer: User, now: datetime, chosen: QueueFilter) -> Emptiness | None:
    """Why `claim_next` has nothing for this person; None when it has. At most seven queries and one look at Redis."""
    answerable = ReviewItem.objects.filter(task=task).answerable_by(reviewer)
    mine = chosen.items(task, reviewer).answerable_by(reviewer)
    if mine.free_for(reviewer, now).first_waiting(1):
        return None
    held = mine.waiting().aggregate(n=Count("id"), until=Min("lease_until"))
    if held["n"]:
        return Emptiness("leased", held["n"], until=held["until"])
    skipped = skipped_in(task, reviewer)
    if chosen.part == "skipped" and (n_skipped := skipped.count()):
        return Emptiness("skipped", n_skipped)
    if chosen and (n_hidden := answerable.waiting().order_by()[: MOST_HIDDEN + 1].count()):
        return Emptiness("hidden", min(n_hidden, MOST_HIDDEN), is_more=n_hidden > MOST_HIDDEN)
    if n_skipped := skipped.count():
        return Emptiness("skipped", n_skipped)
    model = current_model(task)
    run = _under_way(task, model)
    if run is not None:
        queue = queue_of(run)
        heard = any(queue in worker.queues for worker in listening_workers())
        return Emptiness(UNDER_WAY[run.kind] if heard else "no_worker", run=run, queue=queue)
    if ReviewItem.objects.filter(task=task).exists():
        return Emptiness("done")
    return Emptiness("not_built" if model else "no_model")


def _under_way(task: Task, model: ModelVersion | None) -> Run | None:
    """The work that items will come of, the nearest to them first: building, the live model's reading, and where no
    model is live the training of one (one query)."""
    active = {
        run.kind: run
        for run in Run.objects.filter(task=task, status__in=Run.ACTIVE).order_by("-id")
        if run.kind != Run.Kind.INFERENCE or (model and run.model_version_id == model.pk)
    }
    kinds = [Run.Kind.QUEUE, Run.Kind.INFERENCE] if model else [Run.Kind.QUEUE, Run.Kind.TRAINING]
    return next((active[kind] for kind in kinds if kind in active), None)
