"""Everything the item page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from ledger.models import AtcRule, Comment, Decision, Label, Prediction, Statement, Task, said_beside
from ledger.queries import predictions_of
from review.bands import Confidence
from review.filters import may_name
from review.marking import Piece
from review.models import ReviewItem, ReviewItemQuerySet
from review.queries.confirmed import Confirmed, confirmed, confirmed_columns
from review.queries.drugs import DrugCard, drug_cards
from review.queries.labels import labels_of
from review.queries.mine import OwnAnswer, Recent, recent_answers
from review.queries.neighbours import Neighbours, neighbours_of
from review.queries.rationale import RationalePanel, kept_rationale, panel_with, rationale_columns
from review.queries.seeing import hides_model, sees_others
from review.queries.sentence import sentence_of

Hold = Literal["mine", "free", "held", "answered", "revealed", "closed"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is here, in words."""

    rule: str
    title: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One label as a button: the keys that press it, and whether it is this person's own answer so far."""

    label: Label
    keys: tuple[str, ...]
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item as one person may see it: the answers of others only once they gave their own.

    `hides_model`: the task is blind and they have yet to answer, so nothing that tells of the model's is here.
    """

    item: ReviewItem
    hold: Hold
    hides_model: bool
    sees_others: bool
    pieces: list[Piece]
    reasons: list[Reason]
    answers: list[Answer]
    head: DrugCard
    tail: DrugCard
    atc_rules: list[AtcRule]
    neighbours: Neighbours
    predictions: list[Prediction]
    history: list[Decision]
    own_answer: Decision | None
    confirmed: Confirmed | None
    recent: Recent
    panel: RationalePanel | None
    n_comments: int

    @property
    def labels(self) -> list[Label]:
        return [answer.label for answer in self.answers]

    @property
    def prediction(self) -> Prediction:
        return self.item.prediction

    @property
    def leads_on(self) -> bool:
        """Whether this person's next answer leads to another item; a blind first one shows this item again."""
        return self.hold == "revealed" or (self.hold == "mine" and not self.hides_model)

    def tells_of(self, statement: Statement) -> bool:
        """Whether an answer about this statement would be part of the evidence here."""
        if statement.pattern_id == self.item.statement.pattern_id:
            return True
        beside = (*self.neighbours.of_pair, *self.neighbours.of_sentence)
        return any(one.statement.pk == statement.pk for one in beside)

    @property
    def said_beside(self) -> list[Label]:
        """The further labels that the model says of the pair, where it judges each by itself."""
        prediction = self.prediction
        slugs = said_beside(prediction.label.slug, prediction.scores, prediction.model_version.labels)
        return [label for label in self.labels if label.slug in slugs]

    @property
    def confidence(self) -> Confidence:
        return Confidence(self.item.prediction.confidence)

    @property
    def may_reject(self) -> bool:
        """Whether not the model's answer means one other."""
        return len(self.answers) == 2

    @property
    def adjudication(self) -> Decision | None:
        """What an adjudicator said on weighing this person's answer, where that holds: the answer then stays."""
        if self.own_answer is None or self.confirmed is None or not self.confirmed.is_adjudicated:
            return None
        said = [one for one in self.history if one.kind == Decision.Kind.ADJUDICATION and one.pk > self.own_answer.pk]
        return next((one for one in reversed(said) if not hasattr(one, "replaced_by")), None)

    @property
    def older(self) -> int | None:
        """The item this person answered before this one."""
        return self.recent.beside(self.item.pk)[0]

    @property
    def newer(self) -> int | None:
        """The item this person answered after this one."""
        return self.recent.beside(self.item.pk)[1]


def items_for_reading() -> ReviewItemQuerySet:
    """Items with their statement, drugs, prediction, task and holder."""
    return ReviewItem.objects.select_related(
        "task",
        "statement__corpus",
        "statement__pattern",
        "statement__head_drug",
        "statement__tail_drug",
        "prediction__label",
        "prediction__model_version",
        "lease_by",
    )


def get_item(item_id: int) -> ReviewItem:
    """One item with its statement, drugs, prediction and task (one query); raises ReviewItem.DoesNotExist."""
    return items_for_reading().get(pk=item_id)


def get_item_page(
    item_id: int, reader: User, now: datetime, *, task: Task | None = None, ahead: bool = False
) -> ItemPage:
    """At most eight queries, however much there is to show, ten where the corpus names no drugs by their keys; raises
    ReviewItem.DoesNotExist.

    With `task`, the item's as somebody read it for this request, one less where its labels were read too. With `ahead`
    a free item is shown as it will stand once this person has it.
    """
    columns = {**rationale_columns(), **confirmed_columns(), "n_comments": _count_of_comments()}
    item = items_for_reading().annotate(**columns).get(pk=item_id)
    if task is not None and task.pk == item.task_id:
        item.task = task
    statement = item.statement
    labels = {label.pk: label for label in labels_of(item.task)}
    decisions = list(
        Decision.objects.filter(task=item.task, statement=statement)
        .select_related("reviewer", "label", "replaced_by", "prediction_seen__label", "prediction_seen__model_version")
        .order_by("id")
    )
    own = [one for one in decisions if one.reviewer_id == reader.pk]
    own_answer = next((one for one in own if not hasattr(one, "replaced_by") and one.label_id), None)
    hidden, open_talk = hides_model(item, own), sees_others(item, own_answer)
    hold = _hold(item, reader, own_answer, decisions, now)
    head, tail = drug_cards(statement)
    return ItemPage(
        item=item,
        hold="mine" if ahead and hold == "free" else hold,
        hides_model=hidden,
        sees_others=open_talk,
        pieces=sentence_of(item.statement),
        reasons=[one for one in reasons_of(item) if not hidden or may_name(item.task, one.rule)],
        answers=_answers(item, list(labels.values()), own_answer, hidden),
        head=head,
        tail=tail,
        atc_rules=[] if hidden else _atc_rules(item),
        neighbours=neighbours_of(item, labels, reader, hides_model=hidden),
        predictions=[] if hidden else list(predictions_of(statement)),
        history=decisions if own_answer else own,
        own_answer=own_answer,
        confirmed=confirmed(item, labels) if open_talk else None,
        recent=recent_answers(reader, item.task, now),
        panel=None if hidden else panel_with(kept_rationale(item), item, reader, now),
        n_comments=getattr(item, "n_comments") if open_talk else 0,  # noqa: B009  annotated above
    )


def reasons_of(item: ReviewItem) -> list[Reason]:
    """The item's reasons, the heaviest first."""
    return [
        Reason(reason["rule"], str(ReviewItem.Reason(reason["rule"]).label), reason["explanation"])
        for reason in item.reasons
    ]


def latest_receipt(task: Task, reviewer: User, now: datetime) -> OwnAnswer | None:
    """This person's latest answer that holds, when it is recent enough to be undone by a key (one query)."""
    return recent_answers(reviewer, task, now).receipt(now)


def _atc_rules(item: ReviewItem) -> list[AtcRule]:
    ids = [reason["atc_rule"] for reason in item.reasons if reason.get("atc_rule")]
    return list(AtcRule.objects.filter(pk__in=ids).select_related("expected")) if ids else []


def _answers(item: ReviewItem, labels: list[Label], own: Decision | None, hidden: bool) -> list[Answer]:
    said = None if hidden else item.prediction.label_id
    answers = []
    for label in labels:
        keys = [label.key]
        if label.pk == said:
            keys.append("a")
        elif said is not None and len(labels) == 2:
            keys.append("x")
        answers.append(Answer(label, tuple(keys), is_own=own is not None and own.label_id == label.pk))
    return answers


def _count_of_comments() -> Coalesce:
    comments = Comment.objects.filter(task=OuterRef("task"), statement=OuterRef("statement")).order_by()
    counted = comments.values("statement").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _hold(
    item: ReviewItem, reader: User, own_answer: Decision | None, decisions: list[Decision], now: datetime
) -> Hold:
    if own_answer:
        return "revealed" if _is_to_be_revised(item, own_answer, decisions) else "answered"
    if item.state not in ReviewItem.WAITING:
        return "closed"
    holder = item.holder(now)
    if holder is None:
        return "free"
    return "mine" if holder == reader.pk else "held"


def _is_to_be_revised(item: ReviewItem, own_answer: Decision, decisions: list[Decision]) -> bool:
    """Whether the answer was given blind, and no adjudicator has settled the item: it may be kept or changed."""
    settled = any(one.kind == Decision.Kind.ADJUDICATION and not hasattr(one, "replaced_by") for one in decisions)
    return item.task.blind and own_answer.prediction_seen_id is None and not settled
