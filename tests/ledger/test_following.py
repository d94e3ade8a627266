"""A command sees its run through, wherever the work is done."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from ledger import following
from ledger.following import RunFailed, see_through
from ledger.models import Run
from ledger.record.runs import open_queue_build
from ledger.running import Work, carry_out
from tests.ledger.facts import NOW, polarity


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SECONDS_BETWEEN_LOOKS", 0.01)


@pytest.fixture
def run(committed_db: str) -> Run:
    return open_queue_build(task=polarity(), by=None, now=NOW, wake=False)


def elsewhere(run: Run, do: object) -> threading.Thread:
    """Another process's worker, as far as the database can tell."""

    def work() -> None:
        try:
            carry_out(run.pk, do)  # type: ignore[arg-type]
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_work_done_here_is_told_of_as_it_goes_on(run: Run) -> None:
    said: list[tuple[str, int]] = []

    def do(work: Work) -> None:
        for n_done in (1, 2):
            work.report(stage="writing", n_done=n_done)
            time.sleep(0.1)

    ended = see_through(run.pk, do=do, say=lambda row: said.append((row.status, row.n_done)))
    assert (ended.status, said[-1]) == ("finished", ("finished", 2))
    assert ("running", 1) in said


def test_work_done_by_a_worker_is_waited_for(run: Run) -> None:
    worker = elsewhere(run, lambda work: time.sleep(0.1))
    assert see_through(run.pk, do=None, say=lambda row: None).status == "finished"
    worker.join()


def test_a_run_that_a_worker_has_taken_is_waited_for(run: Run) -> None:
    begun = threading.Event()

    def work_on(work: Work) -> None:
        begun.set()
        time.sleep(0.1)

    worker = elsewhere(run, work_on)
    begun.wait(5)
    assert see_through(run.pk, do=lambda work: pytest.fail("twice"), say=lambda row: None).status == "finished"
    worker.join()


def test_a_run_that_was_cancelled_is_no_success(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status="cancelled")
    with pytest.raises(RunFailed, match=f"The queue building run {run.pk} cancelled: somebody asked it to stop"):
        see_through(run.pk, do=None, say=lambda row: None)


def test_a_run_that_failed_elsewhere_says_why(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status="failed", error="ValueError: no label in row 3")
    with pytest.raises(RunFailed, match="failed: ValueError: no label in row 3"):
        see_through(run.pk, do=None, say=lambda row: None)


def test_work_that_fails_here_is_one_sentence_that_keeps_its_cause(run: Run) -> None:
    def fail(work: Work) -> None:
        raise ValueError("no label in row 3")

    with pytest.raises(RunFailed, match="failed: ValueError: no label in row 3") as failed:
        see_through(run.pk, do=fail, say=lambda row: None)
    assert isinstance(failed.value.__cause__, ValueError)
    assert Run.objects.get(pk=run.pk).status == "failed"
