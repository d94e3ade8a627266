"""What commands that see a run through have in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.following import RunFailed, a_worker_listens, see_through
from ledger.models import Run, Task
from ledger.running import Work


class RunCommand(BaseCommand):
    """A command about one task that opens a run and waits for it; prints facts as lines, or as one JSON object."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--task", default="ddi-polarity", help="slug of the task (default: ddi-polarity)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def task(self, options: dict[str, Any]) -> Task:
        slug = options["task"]
        task = Task.objects.filter(slug=slug).first()
        if task is None:
            known = ", ".join(Task.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no task {slug!r}; there are: {known}.")
        return task

    def see_through(self, kind: Run.Kind, open_run: Callable[[bool], Run], do: Callable[[Work], object]) -> Run:
        """Open the run and wait: on a worker when one listens for its kind, in this process otherwise."""
        listens = a_worker_listens(kind)
        run = open_run(listens)
        try:
            return see_through(run.pk, do=None if listens else do, say=self.show_progress)
        except RunFailed as error:
            raise CommandError(str(error)) from error
        finally:
            if self.stderr.isatty():
                self.stderr.write("")

    def show_progress(self, run: Run) -> None:
        """One line that renews itself on a terminal; nothing elsewhere."""
        if self.stderr.isatty():
            total = f" of {run.n_total:,}" if run.n_total else ""
            self.stderr.write(f"\r\033[K{run}: {run.stage or run.status} {run.n_done:,}{total}", ending="")
            self.stderr.flush()

    def report(self, facts: dict[str, Any], options: dict[str, Any]) -> None:
        """Say what was done: one line per fact, or one JSON object."""
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        for name, value in facts.items():
            shown = f"{value:,}" if isinstance(value, int) else value if isinstance(value, str) else json.dumps(value)
            self.stdout.write(f"{name.replace('_', ' ')}: {shown}")
