"""Disagreements, and the answers that disagree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ledger.models import AtcRule, Decision, GoldLabel, Label
from ledger.models.decision import DecisionQuerySet
from ledger.queries import current_gold
from review.filters import may_name
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
    """One item with everybody's standing answer and the way to it, as the adjudicator sees it.

    `is_veiled`: the item waits for an answer, so what others said is left out for whoever has not answered it.
    `is_for_another`: the reader gave one of the answers and another adjudicator gave none. `settled` is the
    adjudication whose gold holds, `gold` what people have confirmed.
    """

    item: ReviewItem
    pieces: list[Piece]
    reasons: list[Reason]
    answers: list[PersonsAnswer]
    labels: list[Label]
    head: DrugCard
    tail: DrugCard
    atc_rules: list[AtcRule]
    is_veiled: bool
    is_for_another: bool
    settled: Decision | None
    gold: GoldLabel | None


def disagreements(reader: User, after: int = 0) -> QuerySet[ReviewItem]:
    """Up to fifty items in adjudication, oldest item first, from the one after `after` on (one query).

    Each says in `is_own` whether the reader gave one of its answers.
    """
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
        .annotate(
            n_answers=Coalesce(Subquery(answers.values("n")), 0),
            since=Subquery(answers.values("latest")),
            is_own=Exists(
                _given().filter(task=OuterRef("task"), statement=OuterRef("statement"), reviewer=reader).order_by()
            ),
        )
        .order_by("id")[:PAGE]
    )


def disagreement(item: ReviewItem, reader: User) -> Disagreement:
    """At most eight queries."""
    rules = [reason["atc_rule"] for reason in item.reasons if reason.get("atc_rule")]
    head, tail = drug_cards(item.statement)
    decisions = (
        Decision.objects.filter(task=item.task, statement=item.statement)
        .select_related("reviewer", "label", "cause", "prediction_seen__label", "prediction_seen__model_version")
        .order_by("id")
    )
    given: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        given[decision.reviewer_id].append(decision)
    standing = [said for said in given.values() if said[-1].kind != Decision.Kind.WITHDRAWAL]
    veiled = item.state in ReviewItem.WAITING and all(said[-1].reviewer_id != reader.pk for said in standing)
    hides_model = veiled and item.task.blind
    gold = None if veiled else current_gold(item.task, item.statement)
    adjudicated = [said[-1] for said in standing if said[-1].kind == Decision.Kind.ADJUDICATION]
    holds = gold is not None and gold.source == GoldLabel.Source.ADJUDICATION
    disputed = item.state == ReviewItem.State.ADJUDICATION
    return Disagreement(
        item=item,
        pieces=sentence_of(item.statement),
        reasons=[one for one in reasons_of(item) if not hides_model or may_name(item.task, one.rule)],
        answers=[] if veiled else [PersonsAnswer(said[-1], said[:-1]) for said in standing],
        labels=list(Label.objects.filter(task=item.task)),
        head=head,
        tail=tail,
        atc_rules=_atc_rules(rules) if rules and not hides_model else [],
        is_veiled=veiled,
        is_for_another=disputed and is_for_another(item, reader),
        settled=max(adjudicated, key=lambda one: one.pk) if holds and adjudicated else None,
        gold=gold if gold and gold.source != GoldLabel.Source.SEED else None,
    )


def _atc_rules(rules: list[int]) -> list[AtcRule]:
    return list(AtcRule.objects.filter(pk__in=rules).select_related("expected"))


def is_for_another(item: ReviewItem, adjudicator: User) -> bool:
    """Whether this person gave one of the answers, and another active adjudicator gave none (at most two queries)."""
    given = set(_given().filter(task=item.task_id, statement=item.statement_id).values_list("reviewer", flat=True))
    return adjudicator.pk in given and adjudicators().exclude(pk__in=given).exists()


def adjudicators() -> QuerySet[User]:
    """Everybody who may settle a disagreement."""
    may_settle = Q(groups__name__in=("adjudicator", "lead")) | Q(is_superuser=True)
    return User.objects.filter(may_settle, is_active=True).distinct()


def _given() -> DecisionQuerySet:
    """Reviewers' answers that hold, and those whose giver has adjudicated their own disagreement since."""
    holds = Q(replaced_by__isnull=True) | Q(replaced_by__kind=Decision.Kind.ADJUDICATION)
    return Decision.objects.filter(holds, kind=Decision.Kind.ANSWER)
