"""`manage.py import_corpus PATH`: all files of a folder, in the order they need, or one annotated corpus."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from ledger.corpora.annotated import Source, find_sources
from ledger.corpora.bad_input import BadInput, printable
from ledger.imports import DocumentsReport, corpus_name_for, import_documents
from ledger.imports.documents_check import Checked, Met, check_documents
from ledger.imports.folder import FolderContents, PassedOver, beside, import_one, look_into
from ledger.imports.rejects import reject_path_beside
from ledger.management.import_command import ImportCommand
from ledger.management.printing import print_facts
from ledger.management.task_option import DEFAULT_TASK, task_named


class Command(ImportCommand):
    help = (
        "Import a folder: drugs, ATC codes, statements and labels, each file told by its header; or an annotated "
        "corpus: DrugProt, ChemProt, DDI-2013 (its zip) or a PubTator file."
    )
    file_help = "folder with the files, or the zip or PubTator file of an annotated corpus"
    rejects_help = "folder for the reject files (default: beside each file)"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_corpus_arguments(parser, "the corpus all statements go into (default: named for the folder)")
        parser.set_defaults(task=None)
        parser.add_argument(
            "--add-labels", action="store_true", help="give the task a label for each relation type that it lacks"
        )

    def handle(self, *args: Any, path: Path, skip_bad: bool, rejects: Path | None, json: bool, **options: Any) -> None:
        try:
            sources = find_sources(path)
        except BadInput as error:
            raise CommandError(str(error)) from error
        if sources:
            self._import_sources(sources, path, skip_bad, json, options)
        else:
            self._import_tables(path, skip_bad, rejects, json, options)

    def _import_sources(
        self, sources: list[Source], path: Path, skip_bad: bool, json: bool, options: dict[str, Any]
    ) -> None:
        if skip_bad:
            raise CommandError(
                f"{path}: a document without one of its rows would say what its corpus does not, so --skip-bad is for "
                "tables of statements; correct the row, or take its document out of all files."
            )
        if not options["task"] and len(tasks := {source.task for source in sources}) > 1:
            raise CommandError(
                f"{path}: the folder holds corpora for the tasks {' and '.join(sorted(tasks))}; name one file or "
                "folder after the other."
            )
        passed_over = beside(path, {file for source in sources for file in source.files})
        if not json:
            print_facts(self.stdout, _passed_over(passed_over), {}, as_json=False)
        reports: list[DocumentsReport] = []
        met: dict[str, Met] | None = {} if len(sources) > 1 else None
        checked = [self._check_source(source, path, met, options) for source in sources]  # before one is written
        for source, found in zip(sources, checked, strict=True):
            reports.append(self._import_source(source, found, path, options))
            if not json:
                print_facts(self.stdout, reports[-1].facts(), {}, as_json=False)
        if json:
            told = {"corpora": [report.as_dict() for report in reports], "passed_over": _as_dicts(passed_over)}
            print_facts(self.stdout, [], told, as_json=True)

    def _check_source(self, source: Source, path: Path, met: dict[str, Met] | None, options: dict[str, Any]) -> Checked:
        with self.telling(path, source.name) as progress:
            return check_documents(source=source, on_progress=progress, met=met, **_place_of(source, path, options))

    def _import_source(self, source: Source, checked: Checked, path: Path, options: dict[str, Any]) -> DocumentsReport:
        with self.telling(path, source.name) as progress:
            return import_documents(
                source=source,
                add_labels=options["add_labels"],
                now=timezone.now(),
                on_progress=progress,
                checked=checked,
                **_place_of(source, path, options),
            )

    def _import_tables(
        self, path: Path, skip_bad: bool, rejects: Path | None, json: bool, options: dict[str, Any]
    ) -> None:
        task = task_named(options["task"] or DEFAULT_TASK)
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
            told = {"files": reports, "passed_over": _as_dicts(contents.passed_over)}
            print_facts(self.stdout, [], told, as_json=True)


def _facts(contents: FolderContents) -> list[str]:
    return [
        *(f"{printable(file.name)} holds: {kind.value}" for file, kind in contents.files),
        *_passed_over(contents.passed_over),
    ]


def _passed_over(files: PassedOver) -> list[str]:
    return [f"{printable(file.name)} is passed over: it {why}" for file, why in files]


def _as_dicts(files: PassedOver) -> list[dict[str, str]]:
    return [{"file": str(file), "why": why} for file, why in files]


def _place_of(source: Source, path: Path, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "corpus_name": options["corpus"] or corpus_name_for(path.resolve()),
        "task": task_named(options["task"] or source.task),
    }
