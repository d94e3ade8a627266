"""`manage.py import_corpus FOLDER`: all files of a folder, in the order they need."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ledger.corpora.bad_input import BadInput, printable
from ledger.imports import corpus_name_for
from ledger.imports.folder import FolderContents, import_one, look_into
from ledger.imports.rejects import reject_path_beside
from ledger.management.import_command import ImportCommand
from ledger.management.printing import print_facts
from ledger.management.task_option import task_named


class Command(ImportCommand):
    help = "Import a folder: drugs, ATC codes, statements and labels, each file told by its header."
    file_help = "folder with the files"
    rejects_help = "folder for the reject files (default: beside each file)"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_corpus_arguments(parser, "the corpus all statements go into (default: named for the folder)")

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        task = task_named(options["task"])
        try:
            contents = look_into(path)
        except BadInput as error:
            raise CommandError(str(error)) from error
        if not json:
            print_facts(self.stdout, _facts(contents), {}, as_json=False)
        reports = []
        for file, kind in contents.files:
            report = self.run_import(
                partial(import_one, kind),
                file,
                skip_bad=skip_bad,
                reject_path=rejects / reject_path_beside(file).name if rejects else None,
                corpus_name=options["corpus"] or corpus_name_for(path.resolve()),
                task=task,
            )
            reports.append({"kind": kind.value, **report.as_dict()})
            if not json:
                self.print_report(report, as_json=False)
        if json:
            passed_over = [{"file": str(file), "why": why} for file, why in contents.passed_over]
            print_facts(self.stdout, [], {"files": reports, "passed_over": passed_over}, as_json=True)


def _facts(contents: FolderContents) -> list[str]:
    return [
        *(f"{printable(file.name)} holds: {kind.value}" for file, kind in contents.files),
        *(f"{printable(file.name)} is passed over: it {why}" for file, why in contents.passed_over),
    ]
