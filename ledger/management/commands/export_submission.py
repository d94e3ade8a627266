"""`manage.py export_submission FILE`: a model's relations of one corpus in the shared task's form."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from ledger.corpora.submission import SubmittedRelation, submitted, write_submission
from ledger.management.printing import print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import Corpus, GoldLabel, ModelVersion, Prediction, Split, Statement, Task, said_beside
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
        parser.add_argument(
            "--split",
            choices=[Split.TRAIN, Split.VALIDATION, Split.TEST],
            help="only this part of the documents, such as the held-out one (default: all of the corpus)",
        )
        parser.add_argument(
            "--documents", type=Path, metavar="FILE", help="also write the documents of these pairs, one a line"
        )
        parser.add_argument(
            "--gold", type=Path, metavar="FILE", help="also write the relations that hold among these pairs"
        )
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
        pairs = Statement.objects.filter(corpus=chosen)
        if split := options["split"]:
            predictions, pairs = predictions.filter(statement__split=split), pairs.filter(split=split)
        n_pairs = predictions.count()
        if not n_pairs:
            part = f"the {split} part of {corpus}" if split else corpus
            raise CommandError(f"{version} has predicted nothing in {part}; run infer first.")
        related = predictions.exclude(label__negative=True).order_by("statement_id")
        said = related.values_list("statement__external_id", "label__slug", "scores").iterator(2_000)
        n_rows = _write(path, _each(said, list(version.labels)))
        facts = {"file": str(path), "model_version": version.number, "pairs": n_pairs, "relations": n_rows}
        lines = [f"{n_rows:,} relations among {n_pairs:,} pairs written to {path} (model version {version.number})"]
        if listed := options["documents"]:
            facts["documents"] = _write_documents(listed, pairs)
            lines.append(f"{facts['documents']:,} documents written to {listed}")
        if gold := options["gold"]:
            facts["gold_relations"] = _write(gold, _gold(task, pairs))
            lines.append(f"{facts['gold_relations']:,} relations that hold written to {gold}")
        print_facts(self.stdout, lines, facts, as_json=json)


def _each(said: Iterable[tuple[str, str, bytes | memoryview]], labels: list[str]) -> Iterator[tuple[str, str]]:
    """Each pair with its type, and again with each type that the model says beside it."""
    for external_id, slug, packed in said:
        for one in (slug, *said_beside(slug, packed, labels)):
            yield external_id, one


def _gold(task: Task, pairs: QuerySet[Statement]) -> Iterator[tuple[str, str]]:
    """Each of these pairs with its gold types, the further ones of its corpus among them."""
    gold = GoldLabel.objects.current().filter(task=task, statement__in=pairs).exclude(label__negative=True)
    rows = gold.order_by("statement_id").values_list("statement__external_id", "label__slug", "further")
    denials = set(task.labels.filter(negative=True).values_list("slug", flat=True))
    for external_id, slug, further in rows.iterator(2_000):
        for one in dict.fromkeys([slug, *(further or ())]):
            if one not in denials:
                yield external_id, one


def _write_documents(path: Path, pairs: QuerySet[Statement]) -> int:
    """Write the documents of these pairs, one a line; returns how many. Raises CommandError."""
    documents = pairs.order_by("document").values_list("document", flat=True).distinct()

    def write(file: TextIO) -> int:
        return sum(bool(file.write(f"{document}\n")) for document in documents.iterator(2_000))

    return _whole(path, write)


def _write(path: Path, rows: Iterator[tuple[str, str]]) -> int:
    """Write relations; returns how many. Raises CommandError."""
    return _whole(path, lambda file: write_submission(file, _submitted(rows)))


def _whole(path: Path, write: Callable[[TextIO], int]) -> int:
    """What `write` writes into the file, which appears whole. Raises CommandError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            n_rows = write(file)
        partial.replace(path)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise CommandError(f"{path}: the file cannot be written ({why}); name another.") from error
    finally:
        partial.unlink(missing_ok=True)
    return n_rows


def _submitted(rows: Iterator[tuple[str, str]]) -> Iterator[SubmittedRelation]:
    return (submitted(external_id, slug) for external_id, slug in rows)
