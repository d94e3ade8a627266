"""The worker class of this site."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from rq.job import Job
from rq.queue import Queue
from rq.worker import SpawnWorker

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 15


class LedgerWorker(SpawnWorker):
    """Runs each job in a freshly spawned process, and queues the runs of dead workers again.

    Spawned, not forked: a forked process deadlocks once its parent has computed anything with torch, and RQ's own
    job timeout does not fire then.
    """

    def work(self, *args: Any, **kwargs: Any) -> bool:
        looking = threading.Event()
        looker = threading.Thread(target=look_for_dead_runs, args=(looking,), name="reconciler", daemon=True)
        looker.start()
        try:
            return bool(super().work(*args, **kwargs))
        finally:
            looking.set()

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the spawned process: make Django ready before the job's code is imported."""
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ddi_site.settings")
        django.setup()
        super().main_work_horse(job, queue)


def look_for_dead_runs(stopped: threading.Event) -> None:
    """Until stopped, queue again what dead workers left behind: at once, then every 15 seconds."""
    from django.db import Error as DatabaseTrouble
    from django.db import connection
    from django.utils import timezone

    from ledger.record.runs import requeue_dead_runs

    while True:
        try:
            for run_id in requeue_dead_runs(now=timezone.now()):
                logger.warning("Run %s was left by a dead worker and waits again.", run_id)
        except DatabaseTrouble:
            logger.exception("Looking for dead runs failed; the next look is in %s s.", SECONDS_BETWEEN_LOOKS)
        finally:
            connection.close()
        if stopped.wait(SECONDS_BETWEEN_LOOKS):
            return
