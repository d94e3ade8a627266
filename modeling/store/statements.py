"""Ledger rows as the plain values the numbers are made from."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.models import GoldLabel, Run, Statement, TrainingExample, TrainingSet
from ledger.models.append_only import AppendOnlyQuerySet
from ledger.record.runs import pending_statements
from modeling import records

READ_AHEAD = 2_000  # rows a query
FIELDS = (
    "id", "text", "pattern__text", "head_start", "head_end", "tail_start", "tail_end", "head_kind", "tail_kind",
    "other_mentions",
)  # fmt: skip


def as_records(statements: AppendOnlyQuerySet[Statement]) -> Iterator[records.Statement]:
    """Each statement as the model reads it, in the order of the query."""
    for pk, text, pattern, head_start, head_end, tail_start, tail_end, *kinds, mentioned in statements.values_list(
        *FIELDS
    ).iterator(READ_AHEAD):
        head, tail = records.Span(head_start, head_end), records.Span(tail_start, tail_end)
        others = tuple(records.Other(records.Span(start, end), kind) for start, end, kind in mentioned or ())
        head_kind, tail_kind = kinds
        yield records.Statement(pk, text, pattern, head, tail, head_kind, tail_kind, others)


def pending_records(run: Run) -> Iterator[records.Statement]:
    """The statements an inference run has still to ask its model about, in id order.

    Read in slices by id rather than through one cursor, so that no reading transaction outlives a slice.
    """
    after = run.cursor
    while batch := list(as_records(pending_statements(run, after)[:READ_AHEAD])):
        yield from batch
        after = batch[-1].id


def examples(training_set: TrainingSet, role: str, labels: list[str]) -> list[records.Example]:
    """The examples of one role, by statement id; `labels` are slugs in class order.

    Gold from a decision about its pattern teaches with the weight that was frozen with the training set.
    """
    teaches = role == TrainingExample.Role.TRAIN
    weight = float(training_set.parameters.get("pattern_weight", 1.0)) if teaches else 1.0
    rows = {
        statement_id: (slug, weight if source == GoldLabel.Source.PATTERN_REVIEW else 1.0, further or ())
        for statement_id, slug, source, further in TrainingExample.objects.filter(
            training_set=training_set, role=role
        ).values_list("statement_id", "label__slug", "gold__source", "gold__further")
    }
    statements = Statement.objects.filter(
        id__in=TrainingExample.objects.filter(training_set=training_set, role=role).values("statement_id")
    )
    return [
        records.Example(
            statement, labels.index(slug), example_weight, tuple(labels.index(one) for one in further if one in labels)
        )
        for statement in as_records(statements.order_by("id"))
        for slug, example_weight, further in [rows[statement.id]]
    ]
