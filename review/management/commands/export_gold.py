"""`manage.py export_gold`: gold labels as of a moment, in a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ledger.management.printing import print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import GoldLabel, Task
from review.export.formats import FORMATS
from review.export.manifest import FileFacts, as_bytes, manifest
from review.filters import GoldFilter, Selection
from review.management.whole_file import write_whole
from review.queries.exports import gold_id_at, n_gold
from review.queries.proposals import approved_export


class Command(BaseCommand):
    help = "Export gold labels with their lineage, as they stand now or as they stood at an earlier moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", default="-", help="File to write; - for standard output (the default).")
        add_task_option(parser)
        parser.add_argument("--format", default="csv", choices=list(FORMATS), help="default: csv")
        parser.add_argument(
            "--as-of",
            default="",
            metavar="MOMENT",
            help="an ISO 8601 moment (UTC without an offset), or the id of a gold label; now by default",
        )
        parser.add_argument("--manifest", metavar="FILE", help="write what was exported, with hashes, to this file too")
        parser.add_argument("--round", type=int, help="Only labels confirmed while this was the newest round.")
        parser.add_argument("--label", default="", help="Only labels of this class.")
        parser.add_argument("--source", default="", choices=["", *GoldLabel.Source.values])
        parser.add_argument("--json", action="store_true", help="Print the summary as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        labels = list(task.labels.values_list("slug", flat=True))
        if options["label"] and options["label"] not in labels:
            raise CommandError(f"{task.slug} has no label {options['label']!r}; it has: {', '.join(labels)}.")
        chosen = GoldFilter(task, options["round"], options["label"], options["source"])
        selection = Selection(chosen, _as_of(task, options["as_of"]))
        form = FORMATS[options["format"]]
        if task.two_person_rule and not approved_export(task, {"format": form.name, **selection.parameters}):
            raise CommandError(
                f"The task {task.slug} has the two-person rule: propose this export on the Export page; once another "
                "lead has approved it, give the same choice here, with the gold label's id as --as-of."
            )
        hashed = _Hashed(form.parts(selection))
        if options["output"] == "-":
            name, n_bytes = form.file_name(selection), 0
            for part in hashed:
                sys.stdout.buffer.write(part)
                n_bytes += len(part)
            sys.stdout.flush()
        else:
            name = Path(options["output"]).name
            n_bytes = write_whole(hashed, Path(options["output"]))
        if options["manifest"]:
            facts = FileFacts(name, n_bytes, hashed.digest)
            write_whole([as_bytes(manifest(selection, form.name, [facts]))], Path(options["manifest"]))
        if options["output"] != "-":
            n_rows = n_gold(selection)
            print_facts(
                self.stdout,
                [
                    f"{n_rows} gold labels written to {options['output']} ({n_bytes} bytes).",
                    f"as of gold label: {selection.gold_id}",
                    f"sha256: {hashed.digest}",
                ],
                {
                    "output": options["output"], "format": form.name, "rows": n_rows, "bytes": n_bytes,
                    "gold_id": selection.gold_id, "sha256": hashed.digest,
                },
                as_json=options["json"],
            )  # fmt: skip


class _Hashed:
    """A file's parts, hashed as they pass."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts
        self._sha256 = sha256()

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._sha256.update(part)
            yield part

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()


def _as_of(task: Task, given: str) -> int:
    """The newest gold label that counts; raises CommandError for what is neither a past moment nor an id."""
    if given.isdecimal():
        newest = gold_id_at(task, None)
        if int(given) > newest:
            raise CommandError(f"There is no gold label {given} of {task.slug} yet: the newest is {newest}.")
        return int(given)
    return gold_id_at(task, _moment(given) if given else None)


def _moment(given: str) -> datetime:
    try:
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(
            f"--as-of {given!r} is no moment: write it as 2026-03-04T09:30:00, or give a gold label's id."
        )
    moment = moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
    if moment > timezone.now():
        raise CommandError(f"--as-of {given} has not come yet: what the ledger will hold then is not known.")
    return moment
