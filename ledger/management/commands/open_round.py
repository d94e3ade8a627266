"""`manage.py open_round`: start a retraining on a worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.record.runs import AlreadyActive, open_round
from ledger.training_sets import preview


class Command(RunCommand):
    help = "Open the next round: a worker freezes its training set, trains and evaluates. --dry-run only shows the set."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="show what the training set would be made of")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        facts: dict[str, Any] = asdict(preview(task))
        if not options["dry_run"]:
            try:
                opened = open_round(task=task, by=None, now=timezone.now())
            except AlreadyActive as error:
                raise CommandError(str(error)) from error
            facts |= {"round": opened.number, "run": opened.runs.get().pk}
        self.report(
            facts,
            as_json=options["json"],
        )
