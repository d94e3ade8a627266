"""Gold labels as CSV: one row each, with where it came from, written as it is read."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Max

from ledger.csv_cells import formula_safe
from ledger.models import Decision, GoldEvidence, GoldLabel, Task
from review.filters import GoldFilter

BATCH = 1_000
COLUMNS = (
    "gold_id", "task", "statement_id", "corpus", "external_id", "document", "split",
    "head_id", "head_name", "head_kind", "tail_id", "tail_name", "tail_kind", "sentence",
    "label", "source", "origin", "round", "confirmed_at", "decision_ids", "reviewers", "comments",
    "model_version_seen", "model_label", "model_confidence",
)  # fmt: skip


def safe_cell(value: object) -> str:
    """A value as a cell no spreadsheet runs as a formula, and without NUL, which CSV readers refuse."""
    text = "" if value is None else str(value)
    return formula_safe(text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def file_name(chosen: GoldFilter) -> str:
    """A name made of slugs and numbers alone."""
    parts = ["gold", chosen.task.slug, chosen.source, chosen.label]
    if chosen.round is not None:
        parts.append(f"round-{chosen.round}")
    return "-".join(part for part in parts if part) + ".csv"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def gold_csv(chosen: GoldFilter) -> Iterator[str]:
    """The lines of the file, header first, in the order of gold ids.

    Memory is that of 1,000 rows, however many there are; each thousand costs two queries and no transaction is
    held open.
    """
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(COLUMNS)
    for batch in _batches(chosen):
        yield "".join(writer.writerow([safe_cell(row[column]) for column in COLUMNS]) for row in batch)


def _batches(chosen: GoldFilter) -> Iterator[list[dict[str, object]]]:
    newest = GoldLabel.objects.aggregate(newest=Max("id"))["newest"] or 0
    # People go on working; the file is of one moment all the same.
    labels = (
        chosen.apply(GoldLabel.objects.as_of(newest))
        .select_related("label", "statement__corpus", "statement__head_drug", "statement__tail_drug")
        .order_by("id")
    )
    after = 0
    while batch := list(labels.filter(id__gt=after)[:BATCH]):
        after = batch[-1].pk
        weighed = _decisions_behind(batch)
        yield [_row(chosen.task, gold, weighed[gold.pk]) for gold in batch]


def _decisions_behind(batch: list[GoldLabel]) -> dict[int, list[Decision]]:
    evidence = GoldEvidence.objects.filter(gold__in=[gold.pk for gold in batch]).select_related(
        "decision__reviewer", "decision__prediction_seen__label", "decision__prediction_seen__model_version"
    )
    weighed: dict[int, list[Decision]] = defaultdict(list)
    for one in evidence.order_by("decision_id"):
        weighed[one.gold_id].append(one.decision)
    return weighed


def _row(task: Task, gold: GoldLabel, weighed: list[Decision]) -> dict[str, object]:
    statement = gold.statement
    seen = next((one.prediction_seen for one in reversed(weighed) if one.prediction_seen), None)
    return {
        "gold_id": gold.pk,
        "task": task.slug,
        "statement_id": statement.pk,
        "corpus": statement.corpus.name,
        "external_id": statement.external_id,
        "document": statement.document,
        "split": statement.split,
        "head_id": statement.head_drug.drugbank_id if statement.head_drug else "",
        "head_name": statement.head_text,
        "head_kind": statement.head_kind,
        "tail_id": statement.tail_drug.drugbank_id if statement.tail_drug else "",
        "tail_name": statement.tail_text,
        "tail_kind": statement.tail_kind,
        "sentence": statement.text,
        "label": gold.label.slug if gold.label else "",
        "source": gold.source,
        "origin": gold.origin,
        "round": gold.round_number,
        "confirmed_at": gold.confirmed_at.isoformat(timespec="seconds"),
        "decision_ids": " ".join(str(one.pk) for one in weighed),
        "reviewers": " ".join(dict.fromkeys(one.reviewer.get_username() for one in weighed)),
        "comments": " | ".join(one.comment for one in weighed if one.comment),
        "model_version_seen": seen.model_version.number if seen else "",
        "model_label": seen.label.slug if seen else "",
        "model_confidence": f"{seen.confidence:.6f}" if seen else "",
    }
