"""Everything the item page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.auth.models import User

from ledger.models import AtcRule, Decision, Label, Prediction, Task
from review.bands import Confidence
from review.marking import Piece, pieces
from review.models import ReviewItem
from review.queries.drugs import DrugCard, drug_cards

RECENT = timedelta(minutes=30)
Hold = Literal["mine", "free", "held", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is here, in words."""

    rule: str
    title: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item as one person may see it: the answers of others only once they gave their own."""

    item: ReviewItem
    hold: Hold
    pieces: list[Piece]
    reasons: list[Reason]
    labels: list[Label]
    head: DrugCard | None
    tail: DrugCard | None
    atc_rules: list[AtcRule]
    history: list[Decision]
    own_answer: Decision | None

    @property
    def prediction(self) -> Prediction:
        return self.item.prediction

    @property
    def confidence(self) -> Confidence:
        return Confidence(self.item.prediction.confidence)


def get_item(item_id: int) -> ReviewItem:
    """One item with its statement, drugs, prediction and task (one query); raises ReviewItem.DoesNotExist."""
    return ReviewItem.objects.select_related(
        "task",
        "statement__corpus",
        "statement__pattern",
        "statement__head_drug",
        "statement__tail_drug",
        "prediction__label",
        "prediction__model_version",
        "lease_by",
    ).get(pk=item_id)


def item_page(item: ReviewItem, reader: User, now: datetime) -> ItemPage:
    """At most five queries."""
    statement = item.statement
    head, tail = drug_cards([statement.head_drug, statement.tail_drug])
    decisions = list(
        Decision.objects.filter(task=item.task, statement=statement)
        .select_related("reviewer", "label", "replaced_by")
        .order_by("id")
    )
    own = [one for one in decisions if one.reviewer_id == reader.pk]
    own_answer = next((one for one in own if not hasattr(one, "replaced_by") and one.label_id), None)
    rule_ids = [reason["atc_rule"] for reason in item.reasons if reason.get("atc_rule")]
    return ItemPage(
        item=item,
        hold=_hold(item, reader, own_answer, now),
        pieces=sentence_of(item),
        reasons=reasons_of(item),
        labels=list(Label.objects.filter(task=item.task)),
        head=head,
        tail=tail,
        atc_rules=list(AtcRule.objects.filter(pk__in=rule_ids).select_related("expected")) if rule_ids else [],
        history=decisions if own_answer else own,
        own_answer=own_answer,
    )


def sentence_of(item: ReviewItem) -> list[Piece]:
    """The item's sentence in pieces, its mentions marked."""
    one = item.statement
    return pieces(one.text, (one.head_start, one.head_end), (one.tail_start, one.tail_end))


def reasons_of(item: ReviewItem) -> list[Reason]:
    """The item's reasons, the heaviest first."""
    return [
        Reason(reason["rule"], str(ReviewItem.Reason(reason["rule"]).label), reason["explanation"])
        for reason in item.reasons
    ]


def _hold(item: ReviewItem, reader: User, own_answer: Decision | None, now: datetime) -> Hold:
    if own_answer:
        return "answered"
    if item.state not in ReviewItem.WAITING:
        return "closed"
    holder = item.holder(now)
    if holder is None:
        return "free"
    return "mine" if holder == reader.pk else "held"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The line that says an answer was saved."""

    decision: Decision
    item_id: int | None
    awaits_second: bool


def latest_receipt(task: Task, reviewer: User, now: datetime) -> Receipt | None:
    """This person's latest answer that holds, when it is recent enough to be undone by a key (two queries)."""
    decision = (
        Decision.objects.standing()
        .filter(task=task, reviewer=reviewer, kind=Decision.Kind.ANSWER, decided_at__gt=now - RECENT)
        .select_related("label")
        .order_by("-decided_at", "-id")
        .first()
    )
    if decision is None:
        return None
    item = ReviewItem.objects.filter(task=task, statement=decision.statement_id).first()
    return Receipt(decision, item.pk if item else None, bool(item and item.state == ReviewItem.State.AWAITING_SECOND))
