"""What commands that see a run through have in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.following import RunFailed, a_worker_listens, see_through
from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option
from ledger.models import Run, Task
from ledger.record.runs import AlreadyActive, requeue_dead_runs
from ledger.running import Work


class RunCommand(BaseCommand):
    """A command about one task that opens a run and waits for it; prints facts as lines, or as one JSON object."""

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def see_through(
        self,
        task: Task,
        kind: Run.Kind,
        open_run: Callable[[bool], Run],
        do: Callable[[Work], object],
        *,
        is_wanted: Callable[[Run], bool] = lambda run: True,
    ) -> Run:
        """Open the run and wait: on a worker when one listens for its kind, in this process otherwise.

        Where none listens, a run that waits for one, or that a process left when it died, is gone on with instead, if
        it `is_wanted`: it would wait for ever, and keep others from being opened. Raises CommandError.
        """
        listens = a_worker_listens(kind)
        run = None if listens else self._waiting(task, kind, is_wanted)
        try:
            run = run or open_run(listens)
        except AlreadyActive as error:
            raise CommandError(str(error)) from error
        progress = Progress(self.stderr, str(run))
        try:
            return see_through(
                run.pk,
                do=None if listens else do,
                say=lambda row: progress(row.stage or row.get_status_display(), row.n_done, row.n_total),
            )
        except RunFailed as error:
            raise CommandError(str(error)) from error
        finally:
            progress.clear()

    def _waiting(self, task: Task, kind: Run.Kind, is_wanted: Callable[[Run], bool]) -> Run | None:
        requeue_dead_runs(now=timezone.now(), wake=False)
        waiting = Run.objects.filter(task=task, kind=kind, status=Run.Status.QUEUED).order_by("id")
        for run in waiting:
            if is_wanted(run):
                self.stderr.write(f"Going on with the {run}, which waits for a worker or was cut off.")
                return run
        return None

    def report(self, facts: dict[str, Any], *, as_json: bool) -> None:
        """Say what was done: a line for each fact, or one JSON object."""
        lines = [f"{name.replace('_', ' ')}: {shown(value)}" for name, value in facts.items()]
        print_facts(self.stdout, lines, facts, as_json=as_json)


def shown(value: object) -> str:
    """A fact's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
