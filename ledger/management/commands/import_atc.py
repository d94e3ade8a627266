"""`manage.py import_atc FILE`: the ATC index, or which drug carries which codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from ledger.imports import import_atc
from ledger.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import the WHO ATC index (atc_code, atc_name), or drugs with their codes (drugbank_id, atc_codes)."

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        report = self.run_import(
            path,
            lambda on_progress: import_atc(
                path=path,
                skip_bad=options["skip_bad"],
                reject_path=options["rejects"],
                now=timezone.now(),
                on_progress=on_progress,
            ),
        )
        self.print_report(report, options)
