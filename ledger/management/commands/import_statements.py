"""`manage.py import_statements FILE`: sentences about pairs of drugs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.imports import corpus_name_for, import_statements
from ledger.management.import_command import ImportCommand
from ledger.management.task_option import task_named


class Command(ImportCommand):
    help = "Import DrugBank interactions, with ids or with names only; the header tells which."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_corpus_arguments(parser, "the corpus they go into (default: named for the file)")

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        report = self.run_import(
            import_statements,
            path,
            skip_bad=skip_bad,
            reject_path=rejects,
            corpus_name=options["corpus"] or corpus_name_for(path),
            task=task_named(options["task"]),
        )
        self.print_report(report, as_json=json)
