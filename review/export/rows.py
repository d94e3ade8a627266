"""What every form of an export holds: one row for each gold label, with where it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ledger.models import Decision, GoldEvidence, GoldLabel, PatternDecision, Prediction
from review.filters import Selection

BATCH = 1_000
Kind = Literal["int", "float", "text", "time", "ints", "texts"]
Value = int | float | str | datetime | list[int] | list[str] | None

COLUMNS: dict[str, Kind] = {
    "gold_id": "int", "task": "text", "statement_id": "int", "corpus": "text", "external_id": "text",
    "document": "text", "split": "text", "pattern_id": "int",
    "head_id": "text", "head_name": "text", "head_kind": "text", "head_start": "int", "head_end": "int",
    "tail_id": "text", "tail_name": "text", "tail_kind": "text", "tail_start": "int", "tail_end": "int",
    "sentence": "text",
    "label": "text", "further": "texts", "source": "text", "origin": "text", "round": "int", "confirmed_at": "time",
    "decision_ids": "ints", "pattern_decision_id": "int", "reviewers": "texts", "comments": "texts",
    "model_version_seen": "int", "model_label": "text", "model_confidence": "float",
}  # fmt: skip
"""Names and kinds of a row's values; any of them may be empty. Offsets count characters, the end is exclusive.
`further` are the other labels that a corpus gives the same pair."""


@dataclass(frozen=True, slots=True)
class Row:
    """One gold label: its values by column, and the decisions it rests on, oldest first."""

    values: dict[str, Value]
    decisions: list[Decision]


def batches(selection: Selection) -> Iterator[list[Row]]:
    """The selection's rows by gold id, a thousand at a time.

    Memory is that of one batch, each batch costs two queries, and no transaction is held open: what people add
    meanwhile is of a later moment.
    """
    labels = (
        selection.labels()
        .select_related(
            "label", "task", "statement__corpus", "statement__head_drug", "statement__tail_drug",
            "pattern_evidence__decision__reviewer",
        )
        .order_by("id")
    )  # fmt: skip
    after = 0
    while batch := list(labels.filter(id__gt=after)[:BATCH]):
        after = batch[-1].pk
        behind = _decisions_behind(batch)
        yield [Row(_values(gold, behind[gold.pk]), behind[gold.pk]) for gold in batch]


def rows(selection: Selection) -> Iterator[Row]:
    """The same, one by one."""
    for batch in batches(selection):
        yield from batch


def seen_by(decisions: list[Decision]) -> Prediction | None:
    """The prediction that was last looked at."""
    return next((one.prediction_seen for one in reversed(decisions) if one.prediction_seen), None)


def _decisions_behind(batch: list[GoldLabel]) -> dict[int, list[Decision]]:
    evidence = GoldEvidence.objects.filter(gold__in=[gold.pk for gold in batch]).select_related(
        "decision__reviewer", "decision__label", "decision__prediction_seen__label",
        "decision__prediction_seen__model_version",
    )  # fmt: skip
    behind: dict[int, list[Decision]] = defaultdict(list)
    for one in evidence.order_by("decision_id"):
        behind[one.gold_id].append(one.decision)
    return behind


def _values(gold: GoldLabel, decisions: list[Decision]) -> dict[str, Value]:
    statement, seen = gold.statement, seen_by(decisions)
    evidence = getattr(gold, "pattern_evidence", None)
    of_pattern: PatternDecision | None = evidence.decision if evidence else None
    people: list[Decision | PatternDecision] = [*decisions, *([of_pattern] if of_pattern else [])]
    return {
        "gold_id": gold.pk,
        "task": gold.task.slug,
        "statement_id": statement.pk,
        "corpus": statement.corpus.name,
        "external_id": statement.external_id,
        "document": statement.document,
        "split": statement.split,
        "pattern_id": statement.pattern_id,
        "head_id": statement.head_drug.drugbank_id if statement.head_drug else "",
        "head_name": statement.head_text,
        "head_kind": statement.head_kind,
        "head_start": statement.head_start,
        "head_end": statement.head_end,
        "tail_id": statement.tail_drug.drugbank_id if statement.tail_drug else "",
        "tail_name": statement.tail_text,
        "tail_kind": statement.tail_kind,
        "tail_start": statement.tail_start,
        "tail_end": statement.tail_end,
        "sentence": statement.text,
        "label": gold.label.slug if gold.label else "",
        "further": list(gold.further or ()),
        "source": gold.source,
        "origin": gold.origin,
        "round": gold.round_number,
        "confirmed_at": gold.confirmed_at.astimezone(UTC),
        "decision_ids": [one.pk for one in decisions],
        "pattern_decision_id": of_pattern.pk if of_pattern else None,
        "reviewers": list(dict.fromkeys(one.reviewer.get_username() for one in people)),
        "comments": [one.comment for one in people if one.comment],
        "model_version_seen": seen.model_version.number if seen else None,
        "model_label": seen.label.slug if seen else None,
        "model_confidence": seen.confidence if seen else None,
    }
