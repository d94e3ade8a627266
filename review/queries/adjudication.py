"""Disagreements, and the answers that disagree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ledger.models import AtcRule, Decision, Label
from review.marking import Piece
from review.models import ReviewItem
from review.queries.drugs import DrugCard, drug_cards
from review.queries.item import Reason, reasons_of
from review.queries.sentence import sentence_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonsAnswer:
    """What one person says now, and what they had said before, oldest first."""

    answer: Decision
    before: list[Decision]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One item with everybody's standing answer and the way to it, as the adjudicator sees it."""

    item: ReviewItem
    pieces: list[Piece]
    reasons: list[Reason]
    answers: list[PersonsAnswer]
    labels: list[Label]
    head: DrugCard | None
    tail: DrugCard | None
    atc_rules: list[AtcRule]
    settled: Decision | None


def disagreements(after: int = 0) -> QuerySet[ReviewItem]:
    """Up to fifty items in adjudication, oldest item first, from the one after `after` on (one query)."""
    answers = (
        Decision.objects.standing()
        .filter(task=OuterRef("task"), statement=OuterRef("statement"))
        .order_by()
        .values("task")
        .annotate(n=Count("id"), latest=Max("decided_at"))
    )
    return (
        ReviewItem.objects.filter(state=ReviewItem.State.ADJUDICATION, id__gt=after)
        .select_related("task", "statement", "prediction__label")
        .annotate(n_answers=Coalesce(Subquery(answers.values("n")), 0), since=Subquery(answers.values("latest")))
        .order_by("id")[:PAGE]
    )


def disagreement(item: ReviewItem) -> Disagreement:
    """At most five queries."""
    rules = [reason["atc_rule"] for reason in item.reasons if reason.get("atc_rule")]
    head, tail = drug_cards([item.statement.head_drug, item.statement.tail_drug])
    decisions = (
        Decision.objects.filter(task=item.task, statement=item.statement)
        .select_related("reviewer", "label", "cause", "prediction_seen__label", "prediction_seen__model_version")
        .order_by("id")
    )
    given: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        given[decision.reviewer_id].append(decision)
    standing = [said for said in given.values() if said[-1].kind != Decision.Kind.WITHDRAWAL]
    adjudicated = [said[-1] for said in standing if said[-1].kind == Decision.Kind.ADJUDICATION]
    return Disagreement(
        item=item,
        pieces=sentence_of(item.statement),
        reasons=reasons_of(item),
        answers=[PersonsAnswer(said[-1], said[:-1]) for said in standing],
        labels=list(Label.objects.filter(task=item.task)),
        head=head,
        tail=tail,
        atc_rules=list(AtcRule.objects.filter(pk__in=rules).select_related("expected")) if rules else [],
        settled=adjudicated[-1] if adjudicated else None,
    )
