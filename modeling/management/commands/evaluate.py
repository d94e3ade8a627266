"""`manage.py evaluate`: ask a model version about the newest held-out examples."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from ledger.management.printing import Progress, print_facts
from ledger.management.run_command import RunCommand
from ledger.management.task_option import task_named
from ledger.models import ModelVersion, Task, TrainingSet
from ledger.queries import current_model
from modeling import records
from modeling.management.figure_lines import figure_lines
from modeling.management.refusals import in_one_sentence
from modeling.store.evaluations import ask_version, keep, measure


class Command(RunCommand):
    help = "Evaluate a model version on the held-out gold labels of the newest training set, and keep the result."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")
        parser.add_argument(
            "--against", type=int, help="number of the version to compare it with; the live one by default"
        )
        parser.add_argument("--report", metavar="FILE", help="write all figures and charts to this HTML file too")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        version = _version(task, options["model"])
        training_set = TrainingSet.objects.filter(round__task=task).order_by("-id").first()
        if version is None or training_set is None:
            raise CommandError(
                f"The task {task.slug} has no {'training set yet' if version else 'live model'}: train first, "
                "then promote a model or name one with --model."
            )
        against = _version(task, options["against"])
        with in_one_sentence():
            by_view = self._measured(version, training_set, against if against != version else None)
        if not by_view:
            raise CommandError(
                f"Round {training_set.round.number} holds no test or validation examples of {version}'s classes: label "
                "statements of the test split, then open a round."
            )
        kept = keep(version, training_set, by_view)
        facts: dict[str, Any] = {
            "model_version": version.number,
            "training_set": training_set.content_hash,
            "round": training_set.round.number,
            **by_view,
        }
        lines = [
            f"model version: {version.number}",
            f"training set: {training_set.content_hash}",
            *(line for view, metrics in by_view.items() for line in figure_lines(view, metrics)),
            *(
                f"{one.view}: the ledger keeps the evaluation of {one.evaluated_at:%Y-%m-%d %H:%M}, the first one"
                for one in kept
                if one.metrics != by_view[one.view]
            ),
        ]
        if options["report"]:
            _write_report(version, facts, options["report"])
            facts["report"] = options["report"]
            lines.append(f"report: {options['report']}")
        print_facts(self.stdout, lines, facts, as_json=options["json"])

    def _measured(
        self, version: ModelVersion, training_set: TrainingSet, against: ModelVersion | None
    ) -> dict[str, dict[str, Any]]:
        progress = Progress(self.stderr, f"evaluating {version}")

        def tell(done: records.Progress) -> None:
            progress(done.stage, done.done, done.total)

        try:
            asked = ask_version(version, training_set, with_pretrained=True, on_progress=tell)
            theirs = (
                ask_version(against, training_set, with_pretrained=False, on_progress=tell)
                if against and asked
                else None
            )
            return measure(version, training_set, asked, against=against, theirs=theirs)
        finally:
            progress.clear()


def _version(task: Task, number: int | None) -> ModelVersion | None:
    """The version of this number, or the live one."""
    if number is None:
        return current_model(task)
    named = ModelVersion.objects.filter(task=task, number=number).first()
    if named is None:
        raise CommandError(f"The task {task.slug} has no model version {number}.")
    return named


def _write_report(version: ModelVersion, facts: dict[str, Any], output: str) -> None:
    """The report shows what was measured now, also where the ledger keeps an earlier evaluation."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        figures.write_text(json.dumps(facts), encoding="utf-8")
        call_command(
            "evaluation_report",
            model=version.number,
            task=version.task.slug,
            figures=str(figures),
            output=output,
            verbosity=0,
        )
