"""What the import commands share: their options, their one-sentence errors, what they print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.corpora.bad_input import BadInput, printable
from ledger.imports import ImportReport, UnsuitableCorpus
from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option


class ImportCommand(BaseCommand):
    """A command that imports files: exit 0 only when all was done, otherwise one sentence that says where and why."""

    file_help = "CSV or TSV file, gzipped or not"
    rejects_help = "where rejected rows go (default: beside the file)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help=self.file_help)
        parser.add_argument(
            "--skip-bad", action="store_true", help="keep the good rows and write the others to a reject file"
        )
        parser.add_argument("--rejects", type=Path, metavar="PATH", help=self.rejects_help)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def add_corpus_arguments(self, parser: CommandParser, corpus_help: str) -> None:
        parser.add_argument("--corpus", metavar="NAME", help=corpus_help)
        add_task_option(parser)

    def run_import(
        self,
        importer: Callable[..., ImportReport],
        path: Path,
        *,
        skip_bad: bool,
        reject_path: Path | None,
        **particular: Any,
    ) -> ImportReport:
        """The importer's report, with progress shown and errors told as by `telling`."""
        with self.telling(path, path.name) as progress:
            return importer(
                path=path,
                skip_bad=skip_bad,
                reject_path=reject_path,
                now=timezone.now(),
                on_progress=progress,
                **particular,
            )

    @contextmanager
    def telling(self, path: Path, name: str) -> Iterator[Progress]:
        """Progress of an import under this name; what is wrong with the input becomes the command's error."""
        progress = Progress(self.stderr, printable(name))
        try:
            yield progress
        except BadInput as error:
            raise CommandError(str(error)) from error
        except UnsuitableCorpus as error:
            raise CommandError(f"{path}: {error}.") from error
        finally:
            progress.clear()

    def print_report(self, report: ImportReport, *, as_json: bool) -> None:
        print_facts(self.stdout, report.facts(), report.as_dict(), as_json=as_json)
