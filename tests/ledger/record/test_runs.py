"""Opening, cancelling, resuming runs, and finding those whose worker died."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.models import ModelVersion, Round, Run
from ledger.record import runs as recorded
from ledger.record.runs import (
    DEAD_AFTER_SECONDS,
    AlreadyActive,
    NotActive,
    NothingToPredict,
    NotResumable,
    UnknownCorpus,
    machine_name,
    open_inference,
    open_queue_build,
    open_round,
    pending_statements,
    request_cancel,
    requeue_dead_runs,
    resume,
)
from tests.ledger.facts import NOW, corpus, polarity, statement, user
from tests.ledger.together import at_once
from tests.ledger.whole import Says, claimed_run, commit, statements, taught, trained_model

LONG_AGO = NOW - timedelta(seconds=DEAD_AFTER_SECONDS + 1)
A_MOMENT_AGO = NOW - timedelta(seconds=DEAD_AFTER_SECONDS - 1)


@pytest.fixture
def version(db: None) -> ModelVersion:
    taught()
    return trained_model()


def infer(version: ModelVersion, *corpora: str) -> Run:
    return open_inference(task=polarity(), model_version=version, corpora=corpora, by=user("lead"), now=NOW)


def train() -> Run:
    return open_round(task=polarity(), by=user("lead"), now=NOW).runs.get()


def build() -> Run:
    return open_queue_build(task=polarity(), by=user("lead"), now=NOW)


def at(run: Run, status: str, **changes: Any) -> Run:
    Run.objects.filter(pk=run.pk).update(status=status, **changes)
    run.refresh_from_db()
    return run


def test_a_new_run_waits_and_names_who_asked(version: ModelVersion) -> None:
    for run in (infer(version), train(), build()):
        assert (run.status, run.requested_by, run.created_at) == ("queued", user("lead"), NOW)
        assert run.is_active


def test_inference_counts_what_is_to_be_predicted_as_of_now(version: ModelVersion) -> None:
    run = infer(version)
    statements(3, wording="{} and {} came later.")
    assert (run.n_total, pending_statements(run).count()) == (4, 4)


def test_inference_asks_only_the_corpora_named(version: ModelVersion) -> None:
    named = statement(corpus=corpus("other"))
    run = infer(version, "other")
    assert (run.n_total, list(pending_statements(run))) == (1, [named])


def test_an_unknown_corpus_is_named_with_those_there_are(version: ModelVersion) -> None:
    with pytest.raises(UnknownCorpus, match="no corpus 'drugbnk' for ddi-polarity; there are: demo"):
        infer(version, "drugbnk")


def test_where_all_is_predicted_there_is_no_run(version: ModelVersion) -> None:
    run = claimed_run(version)
    commit(run, *map(Says, pending_statements(run)))
    at(run, "finished")
    with pytest.raises(NothingToPredict, match="Every statement chosen"):
        infer(version)
    assert Run.objects.filter(kind="inference").count() == 1


def test_pending_are_the_statements_without_a_prediction_in_order(version: ModelVersion) -> None:
    run = claimed_run(version)
    first, second, third, fourth = pending_statements(run)
    commit(run, Says(second))
    assert list(pending_statements(run)) == [first, third, fourth]
    assert list(pending_statements(run, after=third.pk)) == [fourth]


@pytest.mark.parametrize("status", ["queued", "running"])
def test_one_training_at_a_time_for_a_task(version: ModelVersion, status: str) -> None:
    at(train(), status)
    n_rounds = Round.objects.count()
    with pytest.raises(AlreadyActive, match="cancel it first"):
        train()
    assert Round.objects.count() == n_rounds


@pytest.mark.parametrize("status", ["queued", "running"])
def test_one_inference_at_a_time_for_a_model(version: ModelVersion, status: str) -> None:
    at(infer(version), status)
    with pytest.raises(AlreadyActive):
        infer(version)
    assert infer(trained_model()).status == "queued"


@pytest.mark.parametrize("status", ["finished", "failed", "cancelled"])
def test_after_one_has_ended_the_next_may_start(version: ModelVersion, status: str) -> None:
    at(infer(version), status)
    at(train(), status)
    assert (infer(version).status, train().status) == ("queued", "queued")
    assert list(Round.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_of_several_rounds_opened_at_once_one_is_opened(committed_db: str) -> None:
    user("lead")
    raised = at_once(4, lambda number: open_round(task=polarity(), by=None, now=NOW, wake=False))
    assert [type(error) for error in raised] == [AlreadyActive] * 3
    assert (Round.objects.count(), Run.objects.count()) == (1, 1)


def test_of_several_inferences_opened_at_once_one_is_opened(committed_db: str) -> None:
    taught()
    version = trained_model()
    raised = at_once(
        4, lambda number: open_inference(task=polarity(), model_version=version, by=None, now=NOW, wake=False)
    )
    assert [type(error) for error in raised] == [AlreadyActive] * 3
    assert Run.objects.filter(kind="inference").count() == 1


def test_cancelling_a_waiting_run_ends_it_at_once(version: ModelVersion) -> None:
    run = infer(version)
    request_cancel(run=run, now=NOW)
    run.refresh_from_db()
    assert (run.status, run.finished_at, run.cancel_requested) == ("cancelled", NOW, True)


def test_cancelling_a_running_one_asks_it_to_stop(version: ModelVersion) -> None:
    run = at(infer(version), "running")
    request_cancel(run=run, now=NOW)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested, run.finished_at) == ("running", True, None)


@pytest.mark.parametrize("status", ["finished", "failed", "cancelled"])
def test_what_has_ended_cannot_be_cancelled(version: ModelVersion, status: str) -> None:
    run = at(infer(version), status)
    with pytest.raises(NotActive, match="nothing to cancel"):
        request_cancel(run=run, now=NOW)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (status, False)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_resumed_run_waits_again_and_keeps_how_far_it_came(version: ModelVersion, status: str) -> None:
    run = claimed_run(version)
    first, *rest = pending_statements(run)
    commit(run, Says(first))
    at(run, status, error="no room", cancel_requested=True, finished_at=NOW)
    resume(run=run, now=NOW)
    run.refresh_from_db()
    assert (run.status, run.error, run.claim, run.cancel_requested, run.finished_at) == ("queued", "", "", False, None)
    assert (run.cursor, run.n_done) == (first.pk, 1)
    assert list(pending_statements(run)) == rest


@pytest.mark.parametrize("status", ["queued", "running", "finished"])
def test_only_what_failed_or_was_cancelled_is_resumed(version: ModelVersion, status: str) -> None:
    run = at(infer(version), status)
    with pytest.raises(NotResumable, match="failed or cancelled"):
        resume(run=run, now=NOW)


def test_a_run_is_not_resumed_beside_another_of_its_kind(version: ModelVersion) -> None:
    run = at(infer(version), "failed")
    infer(version)
    with pytest.raises(AlreadyActive):
        resume(run=run, now=NOW)
    run.refresh_from_db()
    assert run.status == "failed"


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


def test_several_who_look_at_once_requeue_a_run_once(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taught()
    run = at(infer(trained_model()), "running", claim=claim_of(1, "elsewhere"), heartbeat_at=LONG_AGO)
    woken: list[int] = []
    monkeypatch.setattr(recorded, "wake_worker", lambda woken_run: woken.append(woken_run.pk))
    found: list[list[int]] = []
    assert at_once(4, lambda number: found.append(requeue_dead_runs(now=NOW))) == []
    assert sorted(found) == [[], [], [], [run.pk]]
    assert woken == [run.pk]


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
