"""`manage.py import_labels FILE`: labels that people gave elsewhere become gold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.imports import import_labels
from ledger.management.import_command import ImportCommand
from ledger.management.task_option import task_named


class Command(ImportCommand):
    help = "Import labels: the interaction columns and a column label. A statement that has a gold label keeps it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_corpus_arguments(parser, "the corpus whose statements they label (default: the task's only one)")
        parser.add_argument(
            "--add-statements", action="store_true", help="add statements that the corpus does not hold yet"
        )

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        report = self.run_import(
            import_labels,
            path,
            skip_bad=skip_bad,
            reject_path=rejects,
            corpus_name=options["corpus"],
            task=task_named(options["task"]),
            add_missing=options["add_statements"],
        )
        self.print_report(report, as_json=json)
