"""`manage.py build_queue`: turn the live model's flags into review items."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import Run
from ledger.record.runs import open_queue_build
from review.actions.build_queue import NoCurrentModel
from review.jobs import do_queue_build


class Command(RunCommand):
    help = "Put what the live model is unsure of, or what contradicts its drugs' classes, into the review queue."

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        try:
            run = self.see_through(
                task,
                Run.Kind.QUEUE,
                lambda wake: open_queue_build(task=task, by=None, now=timezone.now(), wake=wake),
                do_queue_build,
            )
        except NoCurrentModel as error:
            raise CommandError(str(error)) from error
        self.report(
            {"run": run.pk, **run.detail},
            as_json=options["json"],
        )
