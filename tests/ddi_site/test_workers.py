"""A real worker process carries runs out, says on the row what went wrong, and takes over from the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection
from rq.worker import Worker

from ddi_site import workers
from ddi_site.management.commands.work import SECONDS_TO_FORGET
from ledger.enqueue import listening_workers, queue_depths
from ledger.models import Run
from ledger.record.promotions import promote
from ledger.record.runs import machine_name, open_queue_build, open_round
from tests.ledger.facts import NOW, polarity
from tests.ledger.whole import Says, finished_run, taught, trained_model


@pytest.fixture
def deployment(committed_db: str, redis_server: str) -> Iterator[dict[str, str]]:
    """The environment of a worker of this test's database and Redis."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{committed_db}"
    else:
        facts = connection.settings_dict
        url = f"postgres://{facts['USER']}@{facts['HOST']}:{facts['PORT']}/{committed_db}"
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
        yield {**os.environ, "DDI_VAR": str(settings.VAR_DIR), "DDI_DATABASE_URL": url}
        client.flushdb()


def work(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "work", *options],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def work_off(environment: dict[str, str], *queues: str) -> None:
    """Let a worker do everything that is queued."""
    process = work(environment, *queues, "--burst")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said


def ended(run: Run, seconds: float = 60) -> Run:
    deadline = time.monotonic() + seconds
    while run.is_active and time.monotonic() < deadline:
        time.sleep(0.1)
        run.refresh_from_db()
    return run


def build() -> Run:
    return open_queue_build(task=polarity(), by=None, now=NOW)


def live_model_with_doubts() -> None:
    first, *_ = taught()
    version = trained_model()
    promote(model_version=version, by=None, reason="first", now=NOW)
    finished_run(version, [Says(first, confidence=0.5)])


def test_a_worker_carries_a_queue_build_out(deployment: dict[str, str]) -> None:
    live_model_with_doubts()
    run = build()
    assert queue_depths() == {"gpu": 0, "default": 1}
    work_off(deployment)
    run.refresh_from_db()
    assert (run.status, run.error, run.n_claims) == ("finished", "", 1)
    assert run.claim.startswith(f"{machine_name()}:")
    assert queue_depths() == {"gpu": 0, "default": 0}


def test_a_run_that_cannot_succeed_fails_and_its_row_says_why(deployment: dict[str, str]) -> None:
    run = build()
    work_off(deployment)
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.error.startswith("No model of this task has been promoted")


def test_a_worker_of_one_queue_leaves_the_other_alone(deployment: dict[str, str]) -> None:
    training = open_round(task=polarity(), by=None, now=NOW).runs.get()
    work_off(deployment, "default")
    training.refresh_from_db()
    assert training.status == "queued"
    assert queue_depths() == {"gpu": 1, "default": 0}


def test_what_a_dead_worker_left_is_done_by_the_next(deployment: dict[str, str]) -> None:
    """Its job is lost with it: only the row tells that there was work."""
    live_model_with_doubts()
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    Run.objects.filter(pk=run.pk).update(
        status="running", claim=f"{machine_name()}:{process.pid}:abc", heartbeat_at=NOW, n_claims=1
    )
    run.refresh_from_db()
    worker = work(deployment)
    try:
        ended(run)
        (info,) = listening_workers()
        assert info.queues == ("default", "gpu")
        (known,) = Worker.all(connection=redis.Redis.from_url(settings.RQ_REDIS_URL))
        assert 0 < known.connection.ttl(known.key) <= SECONDS_TO_FORGET + 60
    finally:
        worker.terminate()
        said, _ = worker.communicate(timeout=30)
    assert (run.status, run.n_claims) == ("finished", 2), said
    assert f"Run {run.pk} was left by a dead worker and waits again." in said
    assert listening_workers() == []


def test_looking_for_dead_runs_goes_on_after_the_database_was_away(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import InterfaceError

    from ledger.record import runs

    looks: list[int] = []

    def look(now: object) -> list[int]:
        looks.append(1)
        if len(looks) == 1:
            raise InterfaceError("connection already closed")
        return [7]

    class Stopped:
        """Stops the third look."""

        def wait(self, seconds: float) -> bool:
            assert seconds == workers.SECONDS_BETWEEN_LOOKS
            return len(looks) == 2

    monkeypatch.setattr(runs, "requeue_dead_runs", look)
    monkeypatch.setattr(connection, "close", lambda: None)
    workers.look_for_dead_runs(Stopped())  # type: ignore[arg-type]
    messages = [record.getMessage() for record in caplog.records]
    assert messages[0].startswith("Looking for dead runs failed; the next look is in")
    assert messages[1] == "Run 7 was left by a dead worker and waits again."


@pytest.mark.parametrize(
    ("options", "changes", "sentence"),
    [
        (["nothing"], {}, "There is no queue 'nothing'; there are: default, gpu."),
        ([], {"DDI_REDIS_URL": "redis://127.0.0.1:1/0"}, "No Redis server answers: set DDI_REDIS_URL to one"),
    ],
)
def test_a_worker_that_cannot_work_says_why(
    redis_server: str, options: list[str], changes: dict[str, str], sentence: str
) -> None:
    process = work({**os.environ, **changes}, *options)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert sentence in said
