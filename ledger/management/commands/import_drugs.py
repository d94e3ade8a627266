"""`manage.py import_drugs FILE`: drugs, their names and synonyms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.imports import import_drugs
from ledger.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import drugs from DrugBank's open vocabulary (columns DrugBank ID, Common name, Synonyms)."

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        report = self.run_import(import_drugs, path, skip_bad=skip_bad, reject_path=rejects)
        self.print_report(report, as_json=json)
