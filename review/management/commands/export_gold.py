"""Write current gold labels to a CSV file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.models import GoldLabel, Label, Task
from review.export import gold_csv
from review.filters import GoldFilter
from review.queries.exports import n_gold


class Command(BaseCommand):
    help = "Export current gold labels with their lineage as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", default="-", help="File to write; - for standard output (the default).")
        parser.add_argument("--task", default="ddi-polarity")
        parser.add_argument("--round", type=int, help="Only labels confirmed while this was the newest round.")
        parser.add_argument("--label", default="", help="Only labels of this class.")
        parser.add_argument("--source", default="", choices=["", *GoldLabel.Source.values])
        parser.add_argument("--json", action="store_true", help="Print the summary as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        task = Task.objects.filter(slug=options["task"]).first()
        if task is None:
            known = ", ".join(Task.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no task {options['task']!r}; there are: {known}.")
        if options["label"] and not Label.objects.filter(task=task, slug=options["label"]).exists():
            known = ", ".join(task.labels.values_list("slug", flat=True))
            raise CommandError(f"{task.slug} has no label {options['label']!r}; it has: {known}.")
        chosen = GoldFilter(task, options["round"], options["label"], options["source"])
        if options["output"] == "-":
            for text in gold_csv(chosen):
                sys.stdout.write(text)
            return
        n_rows = n_gold(chosen)
        n_bytes = _write(chosen, Path(options["output"]))
        if options["json"]:
            self.stdout.write(json.dumps({"output": options["output"], "rows": n_rows, "bytes": n_bytes}))
        else:
            self.stdout.write(f"{n_rows} gold labels written to {options['output']} ({n_bytes} bytes).")


def _write(chosen: GoldFilter, output: Path) -> int:
    """Bytes written; the file appears under its name only once it is whole."""
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            for text in gold_csv(chosen):
                file.write(text)
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"{output} cannot be written ({error.strerror}).") from error
    return output.stat().st_size
