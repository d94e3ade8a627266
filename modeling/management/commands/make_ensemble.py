"""`manage.py make_ensemble`: model versions that answer together, as a version of its own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import Evaluation, ModelVersion, Run, Task
from ledger.record.ensembles import NotJoinable, ensemble_of, open_joining
from modeling.management.figure_lines import headline_figures
from modeling.store.ensembles import join


class Command(RunCommand):
    help = "Join model versions of a task to one that averages what they say, and test it beside the live one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("models", nargs="+", type=int, metavar="MODEL", help="numbers of two or more versions")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        members = [self._model(task, number) for number in options["models"]]

        def open_run(wake: bool) -> Run:
            try:
                return open_joining(task=task, members=members, by=None, now=timezone.now(), wake=wake)
            except NotJoinable as error:
                raise CommandError(str(error)) from error

        self.see_through(
            task,
            Run.Kind.ENSEMBLE,
            open_run,
            join,
            is_wanted=lambda run: run.parameters["members"] == sorted(one.pk for one in members),
        )
        version = ensemble_of(members)
        assert version is not None
        evaluations = Evaluation.objects.filter(model_version=version, training_set=version.training_set)
        self.report(
            {
                "model_version": version.number,
                "members": sorted(options["models"]),
                "artifact": version.artifact,
                "calibration": version.calibration,
                **{
                    name: value
                    for one in evaluations
                    for name, value in headline_figures(one.view, one.metrics).items()
                },
            },
            as_json=options["json"],
        )

    def _model(self, task: Task, number: int) -> ModelVersion:
        version = ModelVersion.objects.filter(task=task, number=number).select_related("task", "training_set").first()
        if version is None:
            raise CommandError(f"The task {task.slug} has no model version {number}.")
        return version
