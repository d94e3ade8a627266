"""The shell around every job: claim the run's row, keep its heart beating, and write down how it ended."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ledger.models import Run
from ledger.record.predictions import RunTakenOver
from ledger.record.runs import HEARTBEAT_SECONDS, machine_name

logger = logging.getLogger(__name__)


class RunCancelled(Exception):
    """Somebody asked this run to stop."""


class NotWaiting(Exception):
    """This run is not waiting for a worker: another one has it, or it has ended."""


@dataclass(slots=True)
class Work:
    """A claimed run, as the code that does the work sees it."""

    run: Run
    claim: str

    def report(self, **changes: Any) -> None:
        """Write `stage`, `n_done`, `n_total` or `detail` on the row; raises RunTakenOver when it is ours no more."""
        if not Run.objects.filter(pk=self.run.pk, claim=self.claim).update(heartbeat_at=timezone.now(), **changes):
            raise RunTakenOver(RunTakenOver.__doc__)

    def stop_if_asked(self) -> None:
        """Raise RunCancelled or RunTakenOver when this work should end (one query)."""
        run = Run.objects.only("cancel_requested", "claim").get(pk=self.run.pk)
        if run.claim != self.claim:
            raise RunTakenOver(RunTakenOver.__doc__)
        if run.cancel_requested:
            raise RunCancelled(RunCancelled.__doc__)

    def should_stop(self) -> bool:
        """Whether this work should end, for code that wants to be asked."""
        try:
            self.stop_if_asked()
        except (RunCancelled, RunTakenOver):
            return True
        return False


@contextmanager
def claimed(run_id: int) -> Iterator[Work]:
    """Hold a waiting run while the block works; on the way out it is finished, cancelled or failed, and says why.

    Raises NotWaiting when the run is not to be had: a second job for the same run ends here, harmlessly.
    """
    claim = f"{machine_name()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    now = timezone.now()
    with transaction.atomic():
        taken = Run.objects.filter(pk=run_id, status=Run.Status.QUEUED).update(
            status=Run.Status.RUNNING, claim=claim, heartbeat_at=now, n_claims=F("n_claims") + 1, error=""
        )
        if not taken:
            raise NotWaiting(NotWaiting.__doc__)
        Run.objects.filter(pk=run_id, started_at=None).update(started_at=now)
    work = Work(Run.objects.select_related("task", "round", "model_version").get(pk=run_id), claim)
    done = threading.Event()
    heart = threading.Thread(target=_beat, args=(work, done), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield work
        _end(work, Run.Status.FINISHED)
    except RunCancelled:
        _end(work, Run.Status.CANCELLED)
    except RunTakenOver:
        raise
    except BaseException as error:
        _end(work, Run.Status.FAILED, error=in_words(error))
        raise
    finally:
        done.set()
        heart.join()


def carry_out(run_id: int, do: Callable[[Work], object]) -> None:
    """Do the work of a run, if it is to be had: the whole of every job.

    A second job for the same run, or one whose run was handed on meanwhile, ends here without a word.
    """
    with suppress(NotWaiting, RunTakenOver), claimed(run_id) as work:
        do(work)


def in_words(error: BaseException) -> str:
    """What went wrong, for the run's page: this project's errors are sentences, others are named by their kind."""
    package = type(error).__module__.partition(".")[0]
    words = str(error) if package in ("ledger", "modeling", "review") else f"{type(error).__name__}: {error}"
    return words[:2_000]


def _end(work: Work, status: Run.Status, *, error: str = "") -> None:
    now: datetime = timezone.now()
    Run.objects.filter(pk=work.run.pk, claim=work.claim, status=Run.Status.RUNNING).update(
        status=status, error=error, finished_at=now, heartbeat_at=now
    )


def _beat(work: Work, done: threading.Event) -> None:
    try:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                if not Run.objects.filter(pk=work.run.pk, claim=work.claim).update(heartbeat_at=timezone.now()):
                    return
            except DatabaseTrouble as error:  # a heart that stopped for it would look like a dead worker
                logger.warning("A heartbeat of run %s was lost (%s).", work.run.pk, error)
                connection.close()
    finally:
        connection.close()
