"""`manage.py import_drugs FILE`: drugs, their names and synonyms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from ledger.imports import import_drugs
from ledger.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import drugs from DrugBank's open vocabulary (columns DrugBank ID, Common name, Synonyms)."

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        report = self.run_import(
            path,
            lambda on_progress: import_drugs(
                path=path,
                skip_bad=options["skip_bad"],
                reject_path=options["rejects"],
                now=timezone.now(),
                on_progress=on_progress,
            ),
        )
        self.print_report(report, options)
