"""`manage.py evaluation_report`: an evaluation as one HTML file that opens offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.management.printing import print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import ModelVersion, Task
from ledger.queries import current_model
from review.evaluation_report import report
from review.management.whole_file import write_whole
from review.queries.evaluations import EvaluationPage, evaluation_page, page_of_figures


class Command(BaseCommand):
    help = "Write a model version's evaluation, with all its charts and tables, to one HTML file."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")
        parser.add_argument("--round", type=int, help="on the held-out examples of this round; the newest by default")
        parser.add_argument("--figures", metavar="FILE", help="what `evaluate --json` printed, instead of the ledger's")
        parser.add_argument("--output", metavar="FILE", required=True, help="the HTML file to write")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        model = _model(task_named(options["task"]), options["model"])
        page = _read(model, options["figures"]) if options["figures"] else evaluation_page(model, options["round"])
        if page is None:
            raise CommandError(
                f"The ledger holds no such evaluation of {model}: run `manage.py evaluate --model {model.number}`."
            )
        n_bytes = write_whole([report(page).encode()], Path(options["output"]))
        if options["verbosity"]:
            facts = {"output": options["output"], "model_version": model.number, "round": page.round.number}
            line = f"evaluation of {model} on {page.round} written to {options['output']} ({n_bytes:,} bytes)"
            print_facts(self.stdout, [line], {**facts, "bytes": n_bytes}, as_json=options["json"])


def _model(task: Task, number: int | None) -> ModelVersion:
    found = current_model(task) if number is None else ModelVersion.objects.filter(task=task, number=number).first()
    if found is None:
        wanted = "live model; name one with --model" if number is None else f"model version {number}"
        raise CommandError(f"The task {task.slug} has no {wanted}.")
    return found


def _read(model: ModelVersion, path: str) -> EvaluationPage:
    try:
        figures = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON ({error}); give it what `evaluate --json` printed.") from error
    page = page_of_figures(model, figures) if isinstance(figures, dict) else None
    if page is None:
        raise CommandError(f"{path} holds no evaluation of {model}; give it what `evaluate --json` printed of it.")
    return page
