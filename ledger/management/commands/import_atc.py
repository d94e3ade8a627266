"""`manage.py import_atc FILE`: the ATC index, or which drug carries which codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.imports import import_atc
from ledger.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import the WHO ATC index (atc_code, atc_name), or drugs with their codes (drugbank_id, atc_codes)."

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        report = self.run_import(import_atc, path, skip_bad=skip_bad, reject_path=rejects)
        self.print_report(report, as_json=json)
