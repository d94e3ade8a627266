"""`manage.py open_round`: start a retraining on a worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import add_corpora_option, task_named
from ledger.record.runs import AlreadyActive, UnknownCorpus, open_round
from ledger.training_sets import preview


class Command(RunCommand):
    help = "Open the next round: a worker freezes its training set, trains and evaluates. --dry-run only shows the set."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_corpora_option(parser)
        parser.add_argument("--dry-run", action="store_true", help="show what the training set would be made of")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        try:
            facts: dict[str, Any] = asdict(preview(task, options["corpus"]))
            if not options["dry_run"]:
                parameters = {"corpora": options["corpus"]}
                opened = open_round(task=task, by=None, now=timezone.now(), parameters=parameters)
                facts |= {"round": opened.number, "run": opened.runs.get().pk}
        except (AlreadyActive, UnknownCorpus) as error:
            raise CommandError(str(error)) from error
        self.report(
            facts,
            as_json=options["json"],
        )
