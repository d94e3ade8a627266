"""Disagreements, and the answers that disagree."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ledger.models import Decision, Label
from ledger.queries import standing_decisions
from review.marking import Piece
from review.models import ReviewItem
from review.queries.drugs import DrugCard, drug_cards
from review.queries.item import Reason, reasons_of, sentence_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One item with everybody's standing answer, as the adjudicator sees it."""

    item: ReviewItem
    pieces: list[Piece]
    reasons: list[Reason]
    answers: list[Decision]
    labels: list[Label]
    head: DrugCard | None
    tail: DrugCard | None


def disagreements(after: int = 0) -> QuerySet[ReviewItem]:
    """Up to fifty items in adjudication, oldest item first, from the one after `after` on (one query)."""
    answers = (
        Decision.objects.standing()
        .filter(task=OuterRef("task"), statement=OuterRef("statement"))
        .order_by()
        .values("task")
        .annotate(n=Count("id"))
        .values("n")
    )
    return (
        ReviewItem.objects.filter(state=ReviewItem.State.ADJUDICATION, id__gt=after)
        .select_related("task", "statement", "prediction__label")
        .annotate(n_answers=Coalesce(Subquery(answers), 0))
        .order_by("id")[:PAGE]
    )


def disagreement(item: ReviewItem) -> Disagreement:
    """Four queries."""
    head, tail = drug_cards([item.statement.head_drug, item.statement.tail_drug])
    return Disagreement(
        item=item,
        pieces=sentence_of(item),
        reasons=reasons_of(item),
        answers=list(standing_decisions(item.task, item.statement)),
        labels=list(Label.objects.filter(task=item.task)),
        head=head,
        tail=tail,
    )
