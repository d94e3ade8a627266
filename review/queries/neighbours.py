"""Other statements that help to judge one: of the same two drugs, and of the same wording, as people judged them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from ledger.models import Decision, GoldLabel, Label, Statement
from review.marking import Piece
from review.models import ReviewItem
from review.queries.sentence import sentence_of

MOST = 5
LOOKS_BACK = 2_000  # decisions: so that the search ends however rare the wording is


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another statement with the gold label that holds for it, where one does, and the item it is in the queue as."""

    statement: Statement
    pieces: list[Piece]
    label: Label | None
    source: str
    item_id: int | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Up to five statements of the same two drugs, and up to five of the same pattern that people answered lately."""

    of_pair: list[Neighbour]
    of_pattern: list[Neighbour]


def neighbours_of(item: ReviewItem, labels: Mapping[int, Label]) -> Neighbours:
    """One query. A spot check is answered by itself: the answers of its pattern are left out."""
    gold = GoldLabel.objects.current().filter(task=item.task_id, statement=OuterRef("pk"))
    items = ReviewItem.objects.filter(task=item.task_id, statement=OuterRef("pk"))
    # Two ways to few rows, joined: asked for one or the other, PostgreSQL walks all statements.
    near = _among(_of_pair(item.statement)).union(_among(_of_pattern(item)), all=True)
    rows = (
        Statement.objects.filter(pk__in=near)
        .annotate(
            gold_label=Subquery(gold.values("label")[:1]),
            gold_source=Subquery(gold.values("source")[:1]),
            item_id=Subquery(items.values("id")[:1]),
        )
        .order_by("-id")
    )
    of_pair, of_pattern = [], []
    for row in rows:
        neighbour = _neighbour(row, labels)
        if _pair(row) == _pair(item.statement):
            of_pair.append(neighbour)
        elif neighbour.label:
            of_pattern.append(neighbour)
    return Neighbours(of_pair, of_pattern)


def _among(ids: QuerySet[Any, Any]) -> QuerySet[Statement, Any]:
    return Statement.objects.filter(pk__in=ids).order_by().values("pk")


def _pair(statement: Statement) -> frozenset[int | None]:
    return frozenset((statement.head_drug_id, statement.tail_drug_id))


def _of_pair(statement: Statement) -> QuerySet[Statement, Any]:
    if statement.head_drug is None or statement.tail_drug is None:
        return Statement.objects.none().values("id")
    others = Statement.objects.between(statement.head_drug, statement.tail_drug).exclude(pk=statement.pk)
    return others.order_by("-id").values("id")[:MOST]


def _of_pattern(item: ReviewItem) -> QuerySet[Decision, Any]:
    if item.main_reason == ReviewItem.Reason.SPOT_CHECK:
        return Decision.objects.none().values("statement")
    newest = Decision.objects.order_by("-id").values("id")[:1]
    lately = Decision.objects.standing().filter(id__gt=Subquery(newest) - LOOKS_BACK, task=item.task_id)
    same = lately.filter(statement__pattern=item.statement.pattern_id).exclude(statement=item.statement_id)
    return same.order_by("-id").values("statement")[:MOST]


def _neighbour(row: Statement, labels: Mapping[int, Label]) -> Neighbour:
    label_id, source, item_id = (getattr(row, name) for name in ("gold_label", "gold_source", "item_id"))
    return Neighbour(
        statement=row,
        pieces=sentence_of(row),
        label=labels.get(label_id),
        source=str(GoldLabel.Source(source).label) if source else "",
        item_id=item_id,
    )
