"""Watch a run from a command: on a worker if one listens, in this process otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection

from ledger.enqueue import listening_workers, queue_of
from ledger.models import Run
from ledger.running import Work, carry_out, in_words

SECONDS_BETWEEN_LOOKS = 0.5


class RunFailed(Exception):
    """The run ended without finishing; its row says why."""


def a_worker_listens(kind: Run.Kind) -> bool:
    """Whether some worker would take up a run of this kind."""
    return any(queue_of(Run(kind=kind)) in worker.queues for worker in listening_workers())


def see_through(run_id: int, *, do: Callable[[Work], object] | None, say: Callable[[Run], None]) -> Run:
    """Wait until a run has ended, telling `say` of its row about twice a second; returns the row.

    do: the work itself when no worker listens, else None. Raises RunFailed unless the run finished.
    """
    if do is None:
        run = _watch(run_id, say)
    else:
        done = threading.Event()
        watcher = threading.Thread(target=_watch_elsewhere, args=(run_id, say, done), daemon=True)
        watcher.start()
        try:
            carry_out(run_id, do)
        except Exception as error:
            raise RunFailed(f"The {Run.objects.get(pk=run_id)} failed: {in_words(error)}") from error
        finally:
            done.set()
            watcher.join()
        run = _watch(run_id, say)  # at once, unless a worker has taken the run over
    if run.status != Run.Status.FINISHED:
        raise RunFailed(f"The {run} {run.get_status_display()}: {run.error or 'somebody asked it to stop'}")
    return run


def _watch(run_id: int, say: Callable[[Run], None]) -> Run:
    while True:
        run = Run.objects.get(pk=run_id)
        say(run)
        if not run.is_active:
            return run
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _watch_elsewhere(run_id: int, say: Callable[[Run], None], done: threading.Event) -> None:
    try:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            say(Run.objects.get(pk=run_id))
    finally:
        connection.close()
