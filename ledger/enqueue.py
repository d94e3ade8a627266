"""Wake workers up. Jobs are named as strings, so that nothing here imports what they run."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus

from ledger.models import Prediction, Run

logger = logging.getLogger(__name__)

JOBS = {
    Run.Kind.TRAINING: ("gpu", "modeling.jobs.run_training"),
    Run.Kind.INFERENCE: ("gpu", "modeling.jobs.run_inference"),
    Run.Kind.ENSEMBLE: ("gpu", "modeling.jobs.run_joining"),
    Run.Kind.QUEUE: ("default", "review.jobs.run_queue_build"),
}
EXPLAIN = ("gpu", "modeling.jobs.explain_prediction")
EXPLAIN_SECONDS = 600  # a rationale takes seconds: what runs longer hangs
LOST_AFTER = timedelta(seconds=90)  # a worker reports every thirty seconds while it works on a job
FAILURE = "failure"  # where a job leaves its reason of death for people


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """A worker process as Redis knows it."""

    name: str
    queues: tuple[str, ...]
    state: str
    last_heartbeat: datetime | None


def wake_worker(run: Run) -> None:
    """Queue a job for the run once the current transaction commits. The row, not the job, says what is to be done."""
    queue, job = JOBS[Run.Kind(run.kind)]
    run_id, job_id = run.pk, f"run-{run.pk}-{run.n_claims}"
    transaction.on_commit(lambda: _push(queue, job, run_id, job_id))


def _push(queue_name: str, job: str, run_id: int, job_id: str) -> None:
    """Without Redis the run keeps waiting: the reconciler wakes a worker for it once Redis is back."""
    try:
        queue = django_rq.get_queue(queue_name)
        if job_id not in queue.job_ids:
            queue.enqueue(job, run_id, job_id=job_id, job_timeout=-1, result_ttl=3600, failure_ttl=86_400)
    except RedisError as error:
        logger.warning("Run %s waits: Redis cannot be reached (%s).", run_id, error)


def queue_of(run: Run) -> str:
    """The queue whose workers take up this kind of run."""
    return JOBS[Run.Kind(run.kind)][0]


def broker_is_up() -> bool:
    try:
        return bool(django_rq.get_connection("default").ping())
    except RedisError:
        return False


def listening_workers() -> list[WorkerInfo]:
    """Workers that reported within their time to live; empty when Redis is down."""
    try:
        workers = Worker.all(connection=django_rq.get_connection("default"))
    except RedisError:
        return []
    return [
        WorkerInfo(
            name=worker.name,
            queues=tuple(worker.queue_names()),
            state=str(worker.get_state()),
            last_heartbeat=worker.last_heartbeat.replace(tzinfo=UTC) if worker.last_heartbeat else None,
        )
        for worker in workers
    ]


def queue_depths() -> dict[str, int]:
    """Jobs waiting in each queue; empty when Redis is down."""
    try:
        return {name: django_rq.get_queue(name).count for name in ("gpu", "default")}
    except RedisError:
        return {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the wish for a rationale: it waits, is worked on, or failed, and then `why` in one sentence."""

    state: Literal["waiting", "running", "failed"]
    why: str = ""


def ask_for_rationale(prediction: Prediction) -> None:
    """Queue the rationale of a prediction before longer work, once, however often it is asked for.

    The row it makes is the result, so nothing is kept of a job that succeeded. Raises RedisError.
    """
    asked = rationale_asked_for(prediction, now=datetime.now(UTC))
    if asked and asked.state != "failed":
        return
    queue = django_rq.get_queue(EXPLAIN[0])
    if asked and (job := _explaining(prediction)):
        job.delete()
    with suppress(DuplicateJobError):  # somebody else asked in the same instant
        queue.enqueue(
            EXPLAIN[1],
            prediction.pk,
            job_id=_explain_id(prediction),
            job_timeout=EXPLAIN_SECONDS,
            result_ttl=0,
            failure_ttl=3600,
            at_front=True,
            unique=True,
        )


def rationale_asked_for(prediction: Prediction, *, now: datetime) -> Asked | None:
    """Where the wish for this prediction's rationale stands; None when nobody has it. Raises RedisError."""
    job = _explaining(prediction)
    if job is None or (status := job.get_status(refresh=False)) == JobStatus.FINISHED:
        return None
    if status == JobStatus.QUEUED:
        return Asked("waiting")
    if status == JobStatus.STARTED:
        heard = job.last_heartbeat and job.last_heartbeat.replace(tzinfo=UTC)
        if heard is None or now - heard < LOST_AFTER:
            return Asked("running")
        return Asked("failed", f"The worker that had it has been silent since {heard:%H:%M:%S}.")
    return Asked("failed", job.meta.get(FAILURE) or "The worker process that had it died.")


def _explaining(prediction: Prediction) -> Job | None:
    """The job that was queued for this prediction's rationale.

    Not by the queue's own look-up: where that finds no job it takes the id off the queue, which would undo what
    somebody else queued in the same instant.
    """
    queue = django_rq.get_queue(EXPLAIN[0])
    try:
        return Job.fetch(_explain_id(prediction), connection=queue.connection, serializer=queue.serializer)
    except NoSuchJobError:
        return None


def _explain_id(prediction: Prediction) -> str:
    return f"rationale-{prediction.pk}"
