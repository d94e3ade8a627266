"""`kill -9` in the middle of an inference run: after a restart it completes by itself, nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db.models import Count

from ledger.integrity import problems
from ledger.models import Prediction, Run, Statement
from tests.flows.many_statements import Setting, waiting_run

N_STATEMENTS = 6_000
SECONDS = 180


@pytest.fixture
def setting(committed_db: str, empty_redis: redis.Redis, tmp_path: Path) -> Setting:
    return waiting_run(committed_db, tmp_path, N_STATEMENTS)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[int]:
    """A real worker process; its id. It is killed with what it spawned when the block ends."""
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"],
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        kill_tree(process.pid)
        process.wait()


def kill_tree(pid: int) -> None:
    """SIGKILL the worker and the process it spawned for the job."""
    spawned = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    for one in [pid, *map(int, spawned)]:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, Run.objects.values("status", "stage", "n_done", "error").get()
        time.sleep(0.02)


@pytest.mark.xdist_group("redis")
def test_a_run_whose_worker_was_killed_completes_after_a_restart(setting: Setting) -> None:
    run = setting.run
    for _ in range(2):
        before = Run.objects.get(pk=run.pk).n_done
        with worker(setting.environment) as pid:
            wait_until(lambda before=before: Run.objects.get(pk=run.pk).n_done > before)
            kill_tree(pid)
        after = Run.objects.get(pk=run.pk)
        assert after.status == Run.Status.RUNNING  # nobody was left to say otherwise
        assert after.n_done == Prediction.objects.count() < N_STATEMENTS

    with worker(setting.environment):
        wait_until(lambda: not Run.objects.get(pk=run.pk).is_active)

    run.refresh_from_db()
    assert (run.status, run.error, run.n_done) == (Run.Status.FINISHED, "", N_STATEMENTS)
    assert run.n_claims == 3
    assert Prediction.objects.count() == Statement.objects.count() == N_STATEMENTS
    assert not Prediction.objects.values("statement").annotate(n=Count("id")).exclude(n=1).exists()
    assert list(problems()) == []
