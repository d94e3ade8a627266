"""What workers do and did, in words and figures a page can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from ledger.enqueue import WorkerInfo, broker_is_up, listening_workers, queue_depths, queue_of
from ledger.models import Run

PAGE = 50
SILENT_AFTER = timedelta(seconds=30)
MEASURED = ("statements_per_second", "steps_per_second")  # by the worker, since it took the run or its stage up
UNREAD = "could_not_be_read"  # by its model: statements that an inference run passed over


@dataclass(frozen=True, slots=True)
class RunProgress:
    """One run as its page shows it. Rates are statements a second, durations seconds."""

    run: Run
    percent: int | None
    rate: float | None
    seconds_left: float | None
    seconds_taken: float | None
    is_heard: bool
    is_silent: bool
    queue: str
    machine: str
    losses: list[tuple[int, float]]
    validation_losses: list[tuple[int, float]]
    details: list[tuple[str, object]]
    unread: list[tuple[int, str]]
    n_unread: int

    @property
    def n_unread_besides(self) -> int:
        """Statements that could not be read beyond those that are named."""
        return self.n_unread - len(self.unread)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works: whether the queue server answers, each queue's waiting jobs and listening workers, and these."""

    broker_is_up: bool
    queues: list[tuple[str, int, int]]
    workers: list[WorkerInfo]

    def listens(self, queue: str) -> bool:
        return any(name == queue and n_workers for name, _, n_workers in self.queues)


def crew() -> Crew:
    """Asks Redis, never the database."""
    if not broker_is_up():
        return Crew(False, [("default", 0, 0), ("gpu", 0, 0)], [])
    depths, workers = queue_depths(), listening_workers()
    return Crew(
        True,
        [(name, depths.get(name, 0), sum(name in worker.queues for worker in workers)) for name in ("default", "gpu")],
        sorted(workers, key=lambda worker: worker.name),
    )


def latest_runs(before: int | None = None) -> QuerySet[Run]:
    """Up to fifty runs, newest first, from the one before `before` on (one query)."""
    runs = Run.objects.select_related("task", "round", "model_version", "requested_by").order_by("-id")
    return (runs.filter(id__lt=before) if before else runs)[:PAGE]


def progress_of_run(run: Run, now: datetime) -> RunProgress:
    """No query; one look at Redis while the run waits."""
    taken = ((run.finished_at or now) - run.started_at).total_seconds() if run.started_at else None
    # What the worker measured since it took the run up is truer than an average over a pause.
    measured = next((run.detail[name] for name in MEASURED if run.detail.get(name)), None)
    rate = measured or (run.n_done / taken if taken and run.n_done else None)
    is_running = run.status == Run.Status.RUNNING
    n_unread = int(run.detail.get(UNREAD, 0))
    n_past = run.n_done + n_unread
    left = (run.n_total - n_past) / rate if rate and run.n_total and is_running else None
    silent = is_running and run.heartbeat_at is not None and now - run.heartbeat_at > SILENT_AFTER
    queue = queue_of(run)
    return RunProgress(
        run=run,
        percent=round(100 * min(1.0, n_past / run.n_total)) if run.n_total else None,
        rate=rate,
        seconds_left=max(0.0, left) if left is not None else None,
        seconds_taken=taken,
        is_heard=run.status != Run.Status.QUEUED or crew().listens(queue),
        is_silent=silent,
        queue=queue,
        machine=run.claim.partition(":")[0],
        losses=[(step, loss) for step, loss in run.detail.get("losses", [])],
        validation_losses=[(step, loss) for step, loss in run.detail.get("validation_losses", [])],
        details=[
            (name.replace("_", " "), value)
            for name, value in run.detail.items()
            if isinstance(value, (int, float, str)) and name not in (*MEASURED, UNREAD)
        ],
        unread=[(statement_id, why) for statement_id, why in run.detail.get("unread", [])],
        n_unread=n_unread,
    )
