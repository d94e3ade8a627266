"""`manage.py promote`: make a model version the live one, or go back to the one before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import ModelVersion
from ledger.record.promotions import AlreadyCurrent, NeedsSecondPerson, NothingToRollBackTo, promote, roll_back


class Command(RunCommand):
    help = "Make a model version the live one of its task, or roll back."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "number", nargs="?", type=int, help="number of the model version; the newest trained one by default"
        )
        parser.add_argument("--roll-back", action="store_true", help="make the model that was live before live again")
        parser.add_argument("--reason", required=True, help="why; kept with the promotion")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        try:
            if options["roll_back"]:
                promotion = roll_back(task=task, by=None, reason=options["reason"], now=timezone.now())
            else:
                versions = ModelVersion.objects.filter(task=task)
                if options["number"] is None:  # forms of trained ones and ensembles go live by number alone
                    version = versions.filter(derived_from=None, members=None).order_by("-number").first()
                else:
                    version = versions.filter(number=options["number"]).first()
                if version is None:
                    raise CommandError(f"The task {task.slug} has no such model version; train one first.")
                promotion = promote(model_version=version, by=None, reason=options["reason"], now=timezone.now())
        except (AlreadyCurrent, NeedsSecondPerson, NothingToRollBackTo) as error:
            raise CommandError(str(error)) from error
        self.report(
            {"live_model": promotion.model_version.number, "artifact": promotion.model_version.artifact},
            as_json=options["json"],
        )
