"""`manage.py import_statements FILE`: sentences about pairs of drugs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from ledger.imports import corpus_name_for, import_statements
from ledger.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import DrugBank interactions, with ids or with names only; the header tells which."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_corpus_arguments(parser, "the corpus they go into (default: named for the file)")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        task = self.task(options["task"])
        report = self.run_import(
            path,
            lambda on_progress: import_statements(
                path=path,
                corpus_name=options["corpus"] or corpus_name_for(path),
                task=task,
                skip_bad=options["skip_bad"],
                reject_path=options["rejects"],
                now=timezone.now(),
                on_progress=on_progress,
            ),
        )
        self.print_report(report, options)
