"""`manage.py export_submission FILE`: a model's relations of one corpus in the shared task's form."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.corpora.submission import SubmittedRelation, submitted, write_submission
from ledger.management.printing import print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import Corpus, ModelVersion, Prediction
from ledger.queries import current_model


class Command(BaseCommand):
    help = (
        "Write the relations a model version predicts in a corpus of annotated documents as document, type, Arg1:T-id, "
        "Arg2:T-id; pairs it calls unrelated have no row."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write")
        parser.add_argument("--corpus", required=True, metavar="NAME", help="the corpus whose pairs were predicted")
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")
        add_task_option(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, path: Path, corpus: str, json: bool, **options: Any) -> None:
        task = task_named(options["task"])
        chosen = Corpus.objects.filter(task=task, name=corpus).first()
        if chosen is None:
            raise CommandError(f"The task {task.slug} has no corpus {corpus!r}; import it with import_corpus first.")
        if not chosen.imports.filter(reader__in=("drugprot", "chemprot", "ddi-2013", "pubtator")).exists():
            raise CommandError(
                f"The corpus {corpus} was not imported as annotated documents, so its pairs have no ids."
            )
        versions = ModelVersion.objects.filter(task=task, number=options["model"])
        version = versions.first() if options["model"] else current_model(task)
        if version is None:
            raise CommandError(f"The task {task.slug} has no such model version; train one, or name one with --model.")
        predictions = Prediction.objects.filter(model_version=version, statement__corpus=chosen)
        n_pairs = predictions.count()
        if not n_pairs:
            raise CommandError(f"{version} has predicted nothing in {corpus}; run infer first.")
        related = predictions.exclude(label__negative=True).order_by("statement_id")
        n_rows = _write(path, related.values_list("statement__external_id", "label__slug").iterator(2_000))
        facts = {"file": str(path), "model_version": version.number, "pairs": n_pairs, "relations": n_rows}
        lines = [f"{n_rows:,} relations among {n_pairs:,} pairs written to {path} (model version {version.number})"]
        print_facts(self.stdout, lines, facts, as_json=json)


def _write(path: Path, rows: Iterator[tuple[str, str]]) -> int:
    """Write the file; it appears whole. Raises CommandError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            n_rows = write_submission(file, _submitted(rows))
        partial.replace(path)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise CommandError(f"{path}: the file cannot be written ({why}); name another.") from error
    finally:
        partial.unlink(missing_ok=True)
    return n_rows


def _submitted(rows: Iterator[tuple[str, str]]) -> Iterator[SubmittedRelation]:
    return (submitted(external_id, slug) for external_id, slug in rows)
