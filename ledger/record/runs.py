"""Open, cancel and resume runs and rounds. Each wakes a worker when its transaction commits, unless told not to
because the caller does the work itself."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from ledger.enqueue import wake_worker
from ledger.models import Corpus, GoldLabel, ModelVersion, Prediction, Round, Run, Statement, Task
from ledger.models.append_only import AppendOnlyQuerySet
from ledger.queries import rounds_opened, statements_of

HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 45  # nine missed heartbeats

MOST_CLAIMS_WITHOUT_PROGRESS = 10
GIVEN_UP = "Its worker died {n} times without getting further. Look at the worker's log and memory, then resume it."


class AlreadyActive(Exception):
    """Such a run is waiting or running already. Wait for it to end, or cancel it first."""


class NothingToPredict(Exception):
    """Every statement chosen has a prediction of this model version. Import more, or choose another model."""


class UnknownCorpus(Exception):
    """No corpus of this task has the name given."""


class NotActive(Exception):
    """This run has ended; there is nothing to cancel."""


class NotResumable(Exception):
    """Only a failed or cancelled run can be resumed."""


def pending_statements(run: Run, after: int = 0) -> AppendOnlyQuerySet[Statement]:
    """The statements of an inference run still without a prediction of its model, in id order."""
    said = Prediction.objects.filter(statement=OuterRef("pk"), model_version=run.model_version_id)
    pending = (
        Statement.objects.alias(of_corpus=F("corpus_id") + 0)  # by the corpus's index SQLite would sort every slice
        .filter(of_corpus__in=run.parameters["corpora"], id__gt=after, id__lte=run.parameters["up_to_statement"])
        .filter(~Exists(said))
        .order_by("id")
    )
    if "seed_left_out_up_to" not in run.parameters:
        return pending
    seed = GoldLabel.objects.filter(
        task=run.task_id,
        source=GoldLabel.Source.SEED,
        label__isnull=False,
        id__lte=run.parameters["seed_left_out_up_to"],
    )
    for head, tail in (("head_drug", "tail_drug"), ("tail_drug", "head_drug")):
        same_pair = seed.filter(statement__head_drug=OuterRef(head), statement__tail_drug=OuterRef(tail))
        pending = pending.filter(~Exists(same_pair))
    return pending.filter(~Exists(seed.filter(statement=OuterRef("pk"))))  # of a pair that was not recognised


def corpora_named(task: Task, names: Sequence[str] = ()) -> dict[str, int]:
    """These corpora of the task, or all of them, with their ids (one query). Raises UnknownCorpus."""
    known = dict(Corpus.objects.filter(task=task).values_list("name", "id"))
    for name in names:
        if name not in known:
            raise UnknownCorpus(
                f"There is no corpus {name!r} for {task.slug}; there are: {', '.join(known) or 'none'}."
            )
    return {name: number for name, number in known.items() if name in names or not names}


def open_inference(
    *,
    task: Task,
    model_version: ModelVersion,
    corpora: tuple[str, ...] = (),
    leave_out_seed: bool = False,
    by: AbstractBaseUser | None,
    now: datetime,
    wake: bool = True,
) -> Run:
    """Open a run of one model version over all statements, as of now, of the task's corpora or the named ones.

    With `leave_out_seed`, without those about a pair of drugs that a seed label, as of now, is about in either order:
    the first paper's way (section 3.2). Otherwise the model is asked about them too, and contradicts gold labels.
    """
    parameters: dict[str, object] = {
        "corpora": list(corpora_named(task, corpora).values()),
        "up_to_statement": statements_of(task, corpora).aggregate(newest=Max("id"))["newest"] or 0,
    }
    if leave_out_seed:
        parameters["seed_left_out_up_to"] = GoldLabel.objects.aggregate(newest=Max("id"))["newest"] or 0
    run = Run(
        kind=Run.Kind.INFERENCE,
        task=task,
        model_version=model_version,
        parameters=parameters,
        requested_by_id=by.pk if by else None,
        created_at=now,
    )
    run.n_total = pending_statements(run).count()
    if not run.n_total:
        raise NothingToPredict(NothingToPredict.__doc__)
    return save_run(run, wake=wake)


def open_queue_build(*, task: Task, by: AbstractBaseUser | None, now: datetime, wake: bool = True) -> Run:
    """Open a run that turns the current model's flags into review items."""
    return save_run(
        Run(kind=Run.Kind.QUEUE, task=task, requested_by_id=by.pk if by else None, created_at=now), wake=wake
    )


@transaction.atomic
def open_round(
    *,
    task: Task,
    by: AbstractBaseUser | None,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
    wake: bool = True,
) -> Round:
    """Open the next round; its training run freezes the training set, trains and evaluates.

    parameters: the `preset` (the task's unless given), single settings of it as `config`, and the `corpora` whose
    gold is used (all unless given). Raises AlreadyActive or UnknownCorpus.
    """
    asked = {"preset": task.preset, **(parameters or {})}
    corpora_named(task, asked.get("corpora", ()))
    Task.objects.select_for_update().get(pk=task.pk)  # two at once would both take the next number
    if Run.objects.filter(task=task, kind=Run.Kind.TRAINING, status__in=Run.ACTIVE).exists():
        raise AlreadyActive(AlreadyActive.__doc__)
    opened = Round.objects.create(
        task=task, number=rounds_opened(task) + 1, opened_by_id=by.pk if by else None, opened_at=now
    )
    save_run(
        Run(
            kind=Run.Kind.TRAINING,
            task=task,
            round=opened,
            parameters=asked,
            requested_by_id=by.pk if by else None,
            created_at=now,
        ),
        wake=wake,
    )
    return opened


def save_run(run: Run, *, wake: bool) -> Run:
    """Add a run, and wake a worker for it if so told. Raises AlreadyActive."""
    try:
        with transaction.atomic():
            run.save()
            if wake:
                wake_worker(run)
    except IntegrityError as error:
        if "one_active" in str(error) or "UNIQUE constraint failed: ledger_run" in str(error):
            raise AlreadyActive(AlreadyActive.__doc__) from error
        raise
    return run


def request_cancel(*, run: Run, now: datetime) -> None:
    """Ask a run to stop: a waiting one ends at once, a running one after its current chunk or step."""
    ended = Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED).update(
        status=Run.Status.CANCELLED, cancel_requested=True, finished_at=now
    )
    if not ended and not Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(cancel_requested=True):
        raise NotActive(NotActive.__doc__)


def resume(*, run: Run, now: datetime) -> None:
    """Queue a failed or cancelled run again: inference goes on where it stopped, a training after its last epoch."""
    try:
        with transaction.atomic():
            reopened = Run.objects.filter(pk=run.pk, status__in=[Run.Status.FAILED, Run.Status.CANCELLED]).update(
                status=Run.Status.QUEUED,
                cancel_requested=False,
                claim="",
                n_claims=0,
                error="",
                finished_at=None,
                heartbeat_at=now,
            )
            if not reopened:
                raise NotResumable(NotResumable.__doc__)
            wake_worker(run)
    except IntegrityError as error:
        raise AlreadyActive(AlreadyActive.__doc__) from error


def _is_claimed_by_dead_process(run: Run) -> bool:
    """Whether the claim names a process of this machine that is no more: no need to wait for its silence."""
    host, _, rest = run.claim.partition(":")
    pid = rest.partition(":")[0]
    return (
        host == machine_name() and pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists()
    )


def machine_name() -> str:
    """This machine as claims name it: its host name, whose end tells the pods of one deployment apart."""
    return socket.gethostname()[-58:]


def requeue_dead_runs(*, now: datetime, wake: bool = True) -> list[int]:
    """Find runs whose worker fell silent and queue them again; returns their ids.

    A run that keeps killing its workers, with no chunk to show for it, is given up and says so.
    Also wakes a worker for runs left waiting while Redis lost their job. Safe to call from several processes.
    """
    silent_since = now - timedelta(seconds=DEAD_AFTER_SECONDS)
    dead = [
        run
        for run in Run.objects.filter(status=Run.Status.RUNNING)
        if run.heartbeat_at is None or run.heartbeat_at < silent_since or _is_claimed_by_dead_process(run)
    ]
    forgotten = Run.objects.filter(
        Q(heartbeat_at__lt=silent_since) | Q(heartbeat_at=None, created_at__lt=silent_since), status=Run.Status.QUEUED
    )
    requeued = []
    for run in [*dead, *forgotten]:
        if run.n_claims >= MOST_CLAIMS_WITHOUT_PROGRESS + run.chunks.count():
            Run.objects.filter(pk=run.pk, status=run.status, heartbeat_at=run.heartbeat_at).update(
                status=Run.Status.FAILED, claim="", finished_at=now, error=GIVEN_UP.format(n=run.n_claims)
            )
            continue
        with transaction.atomic():
            taken = Run.objects.filter(pk=run.pk, status=run.status, heartbeat_at=run.heartbeat_at).update(
                status=Run.Status.QUEUED, claim="", heartbeat_at=now
            )
            if taken:
                if wake:
                    wake_worker(run)
                requeued.append(run.pk)
    return requeued
