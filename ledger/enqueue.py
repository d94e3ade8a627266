"""Wake workers up. Jobs are named as strings, so that nothing here imports what they run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq import Worker

from ledger.models import Run

logger = logging.getLogger(__name__)

JOBS = {
    Run.Kind.TRAINING: ("gpu", "modeling.jobs.run_training"),
    Run.Kind.INFERENCE: ("gpu", "modeling.jobs.run_inference"),
    Run.Kind.QUEUE: ("default", "review.jobs.run_queue_build"),
}


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
