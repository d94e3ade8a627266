"""Statements on which two model versions say something else, those the first is least sure of first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from ledger.models import GoldLabel, Prediction, Statement
from review.queries.comparison import Pair
from review.wording import worded

PAGE = 50
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Flip:
    """One statement, what each model says of it, and what its gold label is, if it has one."""

    statement: Statement
    this: Prediction
    other: Prediction
    gold: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class FlipPage:
    """Up to fifty flips; `more` is the prediction to go on from. `n` is counted to a thousand only."""

    rows: list[Flip]
    n: int
    is_all_counted: bool
    more: int | None


def flipped(pair: Pair) -> QuerySet[Prediction]:
    """This model's predictions whose statements the other answered differently, the least sure first."""
    theirs = Prediction.objects.filter(statement=OuterRef("statement"), model_version=pair.other)
    return (
        Prediction.objects.filter(model_version=pair.this)
        .annotate(other_label=Subquery(theirs.values("label")[:1]))
        .filter(other_label__isnull=False)
        .exclude(label=F("other_label"))
        .order_by("confidence", "id")
    )


def ids_after(pair: Pair, after: int | None) -> QuerySet[Prediction]:
    """One page of `flipped`, from behind the prediction with this id."""
    found = flipped(pair)
    if after is not None and (place := Prediction.objects.filter(pk=after, model_version=pair.this).first()):
        found = found.filter(confidence__gte=place.confidence).exclude(
            Q(confidence=place.confidence) & Q(id__lte=place.pk)
        )
    return found[:PAGE]


def flip_page(pair: Pair, after: int | None) -> FlipPage:
    """Five queries. Where few statements flip, the database looks through all of the model's predictions for them."""
    mine = list(ids_after(pair, after).select_related("statement", "label"))
    statements = [one.statement_id for one in mine]
    theirs = {
        one.statement_id: one
        for one in Prediction.objects.filter(statement__in=statements, model_version=pair.other).select_related("label")
    }
    gold = {
        one.statement_id: worded(one.label.title) if one.label else ""
        for one in GoldLabel.objects.current()
        .filter(task=pair.this.task_id, statement__in=statements)
        .select_related("label")
    }
    n = len(flipped(pair).values_list("id", flat=True)[: MOST_COUNTED + 1])
    return FlipPage(
        rows=[
            Flip(one.statement, one, theirs[one.statement_id], gold.get(one.statement_id, ""), one.statement_id in gold)
            for one in mine
        ],
        n=min(n, MOST_COUNTED),
        is_all_counted=n <= MOST_COUNTED,
        more=mine[-1].pk if len(mine) == PAGE else None,
    )
