"""A run whose worker died or whose job was lost waits again, once; living work is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from ledger.models import ModelVersion, PredictionChunk, Run
from ledger.record import runs as recorded
from ledger.record.runs import (
    DEAD_AFTER_SECONDS,
    machine_name,
    requeue_dead_runs,
    resume,
)
from tests.ledger.facts import NOW, inference_run, model_version
from tests.ledger.record.opening import at, build, infer, train
from tests.ledger.together import at_once
from tests.ledger.whole import taught, trained_model

LONG_AGO = NOW - timedelta(seconds=DEAD_AFTER_SECONDS + 1)
A_MOMENT_AGO = NOW - timedelta(seconds=DEAD_AFTER_SECONDS - 1)


def claim_of(pid: int, host: str | None = None) -> str:
    return f"{host or machine_name()}:{pid}:abc"


@pytest.fixture
def dead_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_run_whose_worker_fell_silent_waits_again(version: ModelVersion) -> None:
    run = at(infer(version), "running", claim=claim_of(1, "elsewhere"), heartbeat_at=LONG_AGO)
    assert requeue_dead_runs(now=NOW) == [run.pk]
    run.refresh_from_db()
    assert (run.status, run.claim, run.heartbeat_at) == ("queued", "", NOW)


def test_a_run_whose_process_on_this_machine_is_gone_waits_again_at_once(version: ModelVersion, dead_pid: int) -> None:
    run = at(infer(version), "running", claim=claim_of(dead_pid), heartbeat_at=NOW)
    assert requeue_dead_runs(now=NOW) == [run.pk]


def test_living_work_is_left_alone(version: ModelVersion, dead_pid: int) -> None:
    at(infer(version), "running", claim=claim_of(os.getpid()), heartbeat_at=A_MOMENT_AGO)
    at(train(), "running", claim=claim_of(dead_pid, "elsewhere"), heartbeat_at=A_MOMENT_AGO)
    at(build(), "running", claim=claim_of(dead_pid, machine_name() + "2"), heartbeat_at=NOW)
    assert requeue_dead_runs(now=NOW) == []
    assert not Run.objects.filter(kind__in=("inference", "queue"), status="queued").exists()


@pytest.mark.parametrize("status", ["finished", "failed", "cancelled"])
def test_what_has_ended_stays_ended(version: ModelVersion, dead_pid: int, status: str) -> None:
    at(infer(version), status, claim=claim_of(dead_pid), heartbeat_at=LONG_AGO)
    assert requeue_dead_runs(now=NOW) == []


@pytest.mark.parametrize(
    ("created_at", "heartbeat_at", "is_forgotten"),
    [
        (LONG_AGO, None, True),
        (A_MOMENT_AGO, None, False),
        (LONG_AGO, LONG_AGO, True),
        (LONG_AGO, A_MOMENT_AGO, False),
    ],
)
def test_a_run_whose_job_was_lost_is_woken_again(
    version: ModelVersion, created_at: datetime, heartbeat_at: datetime | None, is_forgotten: bool
) -> None:
    run = at(infer(version), "queued", created_at=created_at, heartbeat_at=heartbeat_at)
    assert requeue_dead_runs(now=NOW) == ([run.pk] if is_forgotten else [])
    assert requeue_dead_runs(now=NOW) == []


@pytest.mark.parametrize("status", ["running", "queued"])
def test_several_who_look_at_once_requeue_a_run_once(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    taught()
    run = at(infer(trained_model()), status, claim=claim_of(1, "elsewhere"), heartbeat_at=LONG_AGO)
    woken: list[int] = []
    monkeypatch.setattr(recorded, "wake_worker", lambda woken_run: woken.append(woken_run.pk))
    found: list[list[int]] = []
    assert at_once(4, lambda number: found.append(requeue_dead_runs(now=NOW))) == []
    assert sorted(found) == [[], [], [], [run.pk]]
    assert woken == [run.pk]


def test_a_heart_that_beats_while_one_looks_keeps_its_run(
    version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = at(infer(version), "running", claim=claim_of(1), heartbeat_at=NOW)

    def looked_up_too_late(found: Run) -> bool:
        Run.objects.filter(pk=found.pk).update(heartbeat_at=NOW + timedelta(seconds=5))
        return True

    monkeypatch.setattr(recorded, "_is_claimed_by_dead_process", looked_up_too_late)
    assert requeue_dead_runs(now=NOW) == []
    run.refresh_from_db()
    assert run.status == "running"


def test_machines_whose_names_begin_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"ddi-ledger-worker-deployment-5d8f9c7b6-{end}" for end in ("x2x9k", "m4wq7")]
    seen = set()
    for name in names:
        monkeypatch.setattr(recorded.socket, "gethostname", lambda name=name: name)
        seen.add(machine_name())
    assert len(seen) == 2


def test_the_longest_claim_fits_its_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded.socket, "gethostname", lambda: "h" * 64)
    longest = f"{machine_name()}:{4_194_304}:{'f' * 12}"
    assert len(longest) <= Run._meta.get_field("claim").max_length


def test_a_run_that_keeps_killing_its_workers_is_given_up_and_can_be_resumed(db: None) -> None:
    run = inference_run(model_version(), heartbeat_at=NOW, n_claims=10)
    assert requeue_dead_runs(now=NOW + timedelta(minutes=5)) == []
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert "died 10 times" in run.error
    resume(run=run, now=NOW)
    run.refresh_from_db()
    assert (run.status, run.n_claims) == (Run.Status.QUEUED, 0)


def test_a_run_that_gets_further_between_deaths_is_never_given_up(db: None) -> None:
    run = inference_run(model_version(), heartbeat_at=NOW, n_claims=10)
    PredictionChunk.objects.create(
        run=run, first_statement=1, last_statement=2, n_predictions=1, n_flags=0, sha256="0" * 64, committed_at=NOW
    )
    assert requeue_dead_runs(now=NOW + timedelta(minutes=5)) == [run.pk]
