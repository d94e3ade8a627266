"""A claimed run ends finished, cancelled or failed, its row says which, and nobody else's work is touched."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

import pytest
from django.db import DatabaseError
from django.utils import timezone

from ledger import running
from ledger.models import Run
from ledger.record.predictions import RunTakenOver
from ledger.record.runs import machine_name, open_queue_build, request_cancel, requeue_dead_runs
from ledger.running import NotWaiting, RunCancelled, Work, carry_out, claimed
from tests.ledger.facts import NOW, polarity
from tests.ledger.together import at_once


@pytest.fixture
def waiting(db: None) -> Run:
    return open_queue_build(task=polarity(), by=None, now=NOW, wake=False)


def row(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def hand_on(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(claim="elsewhere:2:other")


def test_a_claimed_run_is_running_under_a_claim_that_names_machine_and_process(waiting: Run) -> None:
    with claimed(waiting.pk) as work:
        held = row(waiting)
        assert (held.status, held.claim, held.n_claims) == ("running", work.claim, 1)
        assert work.claim.startswith(f"{machine_name()}:{os.getpid()}:")
        assert held.started_at == held.heartbeat_at is not None


def test_work_that_comes_to_its_end_is_finished(waiting: Run) -> None:
    with claimed(waiting.pk) as work:
        work.report(stage="writing", n_done=3, n_total=4, detail={"rate": 0.5})
    ended = row(waiting)
    assert (ended.status, ended.error, ended.finished_at is not None) == ("finished", "", True)
    assert (ended.stage, ended.n_done, ended.n_total, ended.detail) == ("writing", 3, 4, {"rate": 0.5})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("no label in row 3"), "ValueError: no label in row 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt: "),
        (MemoryError("x" * 5_000), ("MemoryError: " + "x" * 5_000)[:2_000]),
    ],
)
def test_work_that_fails_says_why_on_its_row_and_fails_for_its_caller_too(
    waiting: Run, error: BaseException, words: str
) -> None:
    with pytest.raises(type(error)), claimed(waiting.pk):
        raise error
    ended = row(waiting)
    assert (ended.status, ended.error, ended.finished_at is not None) == ("failed", words, True)


def test_work_asked_to_stop_is_cancelled_without_an_error(waiting: Run) -> None:
    with claimed(waiting.pk) as work:
        assert not work.should_stop()
        request_cancel(run=waiting, now=NOW)
        assert work.should_stop()
        work.stop_if_asked()
        pytest.fail("it went on")
    ended = row(waiting)
    assert (ended.status, ended.error) == ("cancelled", "")


def test_work_that_ends_before_it_looks_is_finished_although_asked_to_stop(waiting: Run) -> None:
    with claimed(waiting.pk):
        request_cancel(run=waiting, now=NOW)
    assert row(waiting).status == "finished"


def test_work_that_was_handed_on_may_report_nothing_and_changes_nothing(waiting: Run) -> None:
    def work_on(work: Work) -> None:
        hand_on(waiting)
        assert work.should_stop()
        with pytest.raises(RunTakenOver, match="Another worker holds this run"):
            work.report(n_done=7)

    carry_out(waiting.pk, work_on)
    held = row(waiting)
    assert (held.status, held.claim, held.n_done) == ("running", "elsewhere:2:other", 0)


@pytest.mark.parametrize("error", [None, ValueError("late"), RunCancelled("late")])
def test_however_work_ends_that_was_handed_on_its_successor_goes_on(waiting: Run, error: Exception | None) -> None:
    def work_on(work: Work) -> None:
        hand_on(waiting)
        if error:
            raise error

    with suppress(ValueError):
        carry_out(waiting.pk, work_on)
    held = row(waiting)
    assert (held.status, held.error, held.finished_at) == ("running", "", None)


@pytest.mark.parametrize("status", ["running", "finished", "failed", "cancelled"])
def test_a_run_that_is_not_waiting_is_not_to_be_had(waiting: Run, status: str) -> None:
    Run.objects.filter(pk=waiting.pk).update(status=status, claim="elsewhere:2:other")
    with pytest.raises(NotWaiting, match="not waiting for a worker"), claimed(waiting.pk):
        pytest.fail("it began")
    held = row(waiting)
    assert (held.status, held.claim, held.n_claims) == (status, "elsewhere:2:other", 0)


def test_a_run_that_does_not_exist_is_not_to_be_had(db: None) -> None:
    with pytest.raises(NotWaiting), claimed(99_999):
        pytest.fail("it began")


def test_a_second_job_for_the_same_run_ends_without_a_word(waiting: Run) -> None:
    done: list[int] = []
    for _ in range(2):
        carry_out(waiting.pk, lambda work: done.append(work.run.pk))
    assert done == [waiting.pk]
    assert row(waiting).status == "finished"


def test_a_job_whose_run_was_handed_on_ends_without_a_word(waiting: Run) -> None:
    def work_on(work: Work) -> None:
        hand_on(waiting)
        work.stop_if_asked()

    carry_out(waiting.pk, work_on)
    assert row(waiting).status == "running"


@pytest.mark.parametrize("error", [ValueError("bad"), DatabaseError("gone"), SystemExit(3)])
def test_every_other_failure_comes_out_of_the_job(waiting: Run, error: BaseException) -> None:
    def fail(work: Work) -> None:
        raise error

    with pytest.raises(type(error)):
        carry_out(waiting.pk, fail)
    assert row(waiting).status == "failed"


def test_a_run_taken_up_again_keeps_when_it_began_and_counts_its_claims(waiting: Run) -> None:
    with pytest.raises(ValueError), claimed(waiting.pk):
        raise ValueError
    began = row(waiting).started_at
    Run.objects.filter(pk=waiting.pk).update(status="queued", claim="")
    with claimed(waiting.pk):
        assert row(waiting).error == ""
    ended = row(waiting)
    assert (ended.started_at, ended.n_claims, ended.status) == (began, 2, "finished")


def test_of_several_jobs_for_a_run_at_once_one_does_the_work(committed_db: str) -> None:
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    done: list[str] = []
    assert at_once(4, lambda number: carry_out(run.pk, lambda work: done.append(work.claim))) == []
    assert len(done) == 1
    assert (row(run).status, row(run).n_claims) == ("finished", 1)


def beats(run: Run, seconds: float = 5) -> bool:
    """Whether the run's heart beats twice more within the time."""
    seen = {row(run).heartbeat_at}
    deadline = time.monotonic() + seconds
    while len(seen) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
        seen.add(row(run).heartbeat_at)
    return len(seen) >= 3


def test_the_heart_of_a_claimed_run_beats_until_it_ends(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.05)
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    with claimed(run.pk):
        assert beats(run)
        assert requeue_dead_runs(now=row(run).heartbeat_at) == []
    assert not beats(run, seconds=0.3)


def test_a_heartbeat_the_database_missed_does_not_stop_the_heart(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    missed = [DatabaseError("database is locked"), DatabaseError("the connection was closed")]

    class Clock:
        """Django's clock, out of order for as long as the database is."""

        @staticmethod
        def now() -> object:
            if missed and threading.current_thread().name.startswith("heart"):
                raise missed.pop()
            return timezone.now()

    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(running, "timezone", Clock)
    with claimed(run.pk):
        assert beats(run)
    assert missed == []
    assert [record.getMessage() for record in caplog.records] == [
        f"A heartbeat of run {run.pk} was lost (the connection was closed).",
        f"A heartbeat of run {run.pk} was lost (database is locked).",
    ]


def test_the_heart_of_a_run_that_was_handed_on_beats_no_more(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.05)
    run = open_queue_build(task=polarity(), by=None, now=NOW, wake=False)
    with claimed(run.pk):
        assert beats(run)
        hand_on(run)
        assert not beats(run, seconds=0.3)
