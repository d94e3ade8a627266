"""`manage.py evaluate`: ask a model version about the newest held-out examples."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import ModelVersion, TrainingExample, TrainingSet
from ledger.queries import current_model
from ledger.record.models import add_evaluation
from modeling.evaluation import evaluate
from modeling.store.models import load
from modeling.store.statements import examples


class Command(RunCommand):
    help = "Evaluate a model version on the held-out gold labels of the newest training set, and keep the result."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        version = (
            ModelVersion.objects.filter(task=task, number=options["model"]).first()
            if options["model"]
            else current_model(task)
        )
        training_set = TrainingSet.objects.filter(round__task=task).order_by("-id").first()
        if version is None or training_set is None:
            raise CommandError(f"The task {task.slug} has no such model version, or no training set yet; train first.")
        model = load(version)
        facts: dict[str, Any] = {"model_version": version.number, "training_set": training_set.content_hash}
        for view in (TrainingExample.Role.TEST, TrainingExample.Role.ONE_UNSEEN):
            held_out = examples(training_set, view, list(version.labels))
            if held_out:
                metrics = evaluate(model, held_out)
                add_evaluation(
                    model_version=version, training_set=training_set, view=view, metrics=metrics, now=timezone.now()
                )
                facts[str(view)] = metrics
        self.report(
            facts,
            as_json=options["json"],
        )
