"""Other statements that help to judge one: of the same pair, of the same sentence, and of the same wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from ledger.models import Decision, GoldLabel, Label, Prediction, Statement
from review.marking import Piece
from review.models import ReviewItem
from review.queries.named import statements_named_as
from review.queries.sentence import sentence_of

MOST = 5
MOST_OF_SENTENCE = 20
NEARBY = 400  # statements before and behind: the pairs of a sentence are imported one after another
LOOKS_BACK = 2_000  # decisions: so that the search ends however rare the wording is


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another statement with the gold label that holds for it, where one does, and the item it is in the queue as.

    `said` is what the model of the item asked about says of it. Both are None where the reader may not know yet.
    """

    statement: Statement
    pieces: list[Piece]
    label: Label | None
    source: str
    item_id: int | None
    said: Label | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Up to five statements of the same pair, twenty of the same sentence, and five of the same pattern that people
    answered lately.

    `by_name`: the pair is one of names, for the corpus does not say which drugs are meant, or they are none.
    """

    of_pair: list[Neighbour]
    of_sentence: list[Neighbour]
    of_pattern: list[Neighbour]
    by_name: bool


def neighbours_of(item: ReviewItem, labels: Mapping[int, Label], reader: User, *, hides_model: bool) -> Neighbours:
    """One query, two where the pair is one of names. Like the ledger's, it tells of no answer before the reader's own:
    neither people's on what they may still be asked, nor, where answers are given blind, the model's.

    A spot check is answered by itself: the answers of its pattern are left out.
    """
    one = item.statement
    by_name = one.head_drug_id is None or one.tail_drug_id is None
    named = statements_named_as(one, most=MOST) if by_name else []
    of_pair = Statement.objects.filter(pk__any_of=named).values("id") if by_name else _of_drugs(one)
    # Several ways to few rows, joined: asked for one or the other, PostgreSQL walks all statements.
    near = _among(of_pair).union(_among(_of_sentence(one)), _among(_of_pattern(item)), all=True)
    found: dict[str, list[Neighbour]] = {"pair": [], "sentence": [], "pattern": []}
    for row in _with_what_was_said(Statement.objects.filter(pk__in=near), item, reader).order_by("-id"):
        neighbour = _neighbour(row, labels, hides_model or (item.task.blind and getattr(row, "is_veiled")))  # noqa: B009
        if one.document and (row.corpus_id, row.document, row.text) == (one.corpus_id, one.document, one.text):
            found["sentence"].append(neighbour)
        elif row.pk in named or (not by_name and _drugs(row) == _drugs(one)):
            found["pair"].append(neighbour)
        elif neighbour.label:
            found["pattern"].append(neighbour)
    in_order = sorted(found["sentence"], key=lambda one: (one.statement.head_start, one.statement.tail_start))
    return Neighbours(found["pair"], in_order, found["pattern"], by_name)


def _among(ids: QuerySet[Any, Any]) -> QuerySet[Statement, Any]:
    return Statement.objects.filter(pk__in=ids).order_by().values("pk")


def _drugs(statement: Statement) -> frozenset[int | None]:
    return frozenset((statement.head_drug_id, statement.tail_drug_id))


def _of_drugs(statement: Statement) -> QuerySet[Statement, Any]:
    assert statement.head_drug
    assert statement.tail_drug
    others = Statement.objects.between(statement.head_drug, statement.tail_drug).exclude(pk=statement.pk)
    return others.order_by("-id").values("id")[:MOST]


def _of_sentence(statement: Statement) -> QuerySet[Statement, Any]:
    """The other pairs of a sentence of a document."""
    if not statement.document:
        return Statement.objects.none().values("id")
    nearby = Statement.objects.filter(pk__gte=statement.pk - NEARBY, pk__lte=statement.pk + NEARBY)
    same = nearby.filter(corpus=statement.corpus_id, document=statement.document, text=statement.text)
    return same.exclude(pk=statement.pk).order_by("id").values("id")[:MOST_OF_SENTENCE]


def _of_pattern(item: ReviewItem) -> QuerySet[Decision, Any]:
    if item.main_reason == ReviewItem.Reason.SPOT_CHECK:
        return Decision.objects.none().values("statement")
    newest = Decision.objects.order_by("-id").values("id")[:1]
    lately = Decision.objects.standing().filter(id__gt=Subquery(newest) - LOOKS_BACK, task=item.task_id)
    same = lately.filter(statement__pattern=item.statement.pattern_id).exclude(statement=item.statement_id)
    return same.order_by("-id").values("statement")[:MOST]


def _with_what_was_said(rows: QuerySet[Statement], item: ReviewItem, reader: User) -> QuerySet[Statement]:
    """With gold label, item and the model's answer, and whether the reader has yet to give theirs (`is_veiled`)."""
    gold = GoldLabel.objects.current().filter(task=item.task_id, statement=OuterRef("pk"))
    items = ReviewItem.objects.filter(task=item.task_id, statement=OuterRef("pk"))
    own = Decision.objects.standing().filter(task=item.task_id, statement=OuterRef("statement"), reviewer=reader)
    said = Prediction.objects.filter(model_version=item.prediction.model_version_id, statement=OuterRef("pk"))
    return rows.annotate(
        gold_label=Subquery(gold.values("label")[:1]),
        gold_source=Subquery(gold.values("source")[:1]),
        item_id=Subquery(items.values("id")[:1]),
        is_veiled=Exists(items.waiting().exclude(Exists(own))),
        said=Subquery(said.values("label")[:1]),
    )


def _neighbour(row: Statement, labels: Mapping[int, Label], hides_model: bool) -> Neighbour:
    names = ("gold_label", "gold_source", "item_id", "is_veiled", "said")
    label_id, source, item_id, is_veiled, said = (getattr(row, name) for name in names)
    hides_label = is_veiled and source != GoldLabel.Source.SEED
    return Neighbour(
        statement=row,
        pieces=sentence_of(row),
        label=None if hides_label else labels.get(label_id),
        source=str(GoldLabel.Source(source).label) if source and not hides_label else "",
        item_id=item_id,
        said=None if hides_model else labels.get(said),
    )
