"""Put statements that the lead asks about into the queue, or settled ones back into it for a second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count

from ledger.models import Decision, GoldLabel, ModelVersion, Prediction, Task
from review.models import ReviewItem
from review.priorities import needs_second_opinion, priority_when_asked_for

LONGEST_NOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Requeued:
    """What became of the statements: put in, opened again, waiting as before, or passed over and why."""

    n_added: int
    n_reopened: int
    n_waiting: int
    n_unread: int
    n_in_adjudication: int
    n_answered_twice: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Why the lead asks, and whose answers are meant."""

    by: User
    model: ModelVersion
    other: ModelVersion | None = None
    note: str = ""

    @property
    def reason(self) -> ReviewItem.Reason:
        return ReviewItem.Reason.MODELS_DIFFER if self.other else ReviewItem.Reason.REQUESTED


@transaction.atomic
def requeue(*, task: Task, statements: Sequence[int], asking: Asking, now: datetime) -> Requeued:
    """Put these statements at the front of the queue, in their order; again, it changes nothing.

    A settled one that one person answered is opened for a second, one that nobody answered for a first. Those with
    two answers or an adjudicator's stay settled, and the model must have read a statement for it to be put in.
    """
    items = {
        item.statement_id: item
        for item in ReviewItem.objects.select_for_update()
        .filter(task=task, statement__any_of=statements)
        .order_by("id")
    }
    fresh, unread = new_items(
        task=task, statements=[one for one in statements if one not in items], asking=asking, now=now
    )
    settled = [items[one] for one in statements if one in items and items[one].state == ReviewItem.State.SETTLED]
    reopened = _reopen(task, settled, asking)
    return Requeued(
        n_added=len(fresh),
        n_unread=unread,
        n_reopened=len(reopened),
        n_answered_twice=len(settled) - len(reopened),
        n_waiting=sum(item.state in ReviewItem.WAITING for item in items.values()) - len(reopened),
        n_in_adjudication=sum(item.state == ReviewItem.State.ADJUDICATION for item in items.values()),
    )


def new_items(*, task: Task, statements: Sequence[int], asking: Asking, now: datetime) -> tuple[list[ReviewItem], int]:
    """Items for statements that have none, written in one go, and how many statements the model has not read.

    The caller holds the transaction.
    """
    predictions, explanations = _explained(statements, asking)
    fresh = [
        ReviewItem(
            task=task,
            statement_id=one,
            prediction=predictions[one],
            build=None,
            priority=priority_when_asked_for(place),
            main_reason=asking.reason,
            reasons=[{"rule": asking.reason.value, "explanation": explanations[one], "atc_rule": None}],
            reviews_needed=2 if needs_second_opinion(one, task.second_opinion_share) else 1,
        )
        for place, one in enumerate(statements)
        if one in predictions
    ]
    # The worker that builds the queue may put the same statement in at this moment: its item then stays.
    ReviewItem.objects.bulk_create(fresh, ignore_conflicts=True)
    return fresh, len(statements) - len(fresh)


def _explained(statements: Sequence[int], asking: Asking) -> tuple[dict[int, Prediction], dict[int, str]]:
    """The model's answers by statement, and the sentence that says why each is asked about."""
    versions = [asking.model, *([asking.other] if asking.other else [])]
    said: dict[int, dict[int, Prediction]] = {version.pk: {} for version in versions}
    for one in Prediction.objects.filter(statement__any_of=list(statements), model_version__in=versions).select_related(
        "label", "model_version"
    ):
        said[one.model_version_id][one.statement_id] = one
    explanations = {}
    for statement, answer in said[asking.model.pk].items():
        sentence = f"{asking.by.get_username()} asks: {asking.note}" if asking.note else ""
        if asking.other and (once := said[asking.other.pk].get(statement)):
            differ = (
                f"Model {asking.model.number} says {answer.label.title.lower()} ({answer.confidence:.2f}), "
                f"model {asking.other.number} {once.label.title.lower()} ({once.confidence:.2f})."
            )
            sentence = f"{differ} {sentence}".strip()
        explanations[statement] = sentence or f"{asking.by.get_username()} asks for an answer."
    return said[asking.model.pk], explanations


def _reopen(task: Task, settled: Sequence[ReviewItem], asking: Asking) -> list[ReviewItem]:
    """Open those of these items that one more answer can say something of."""
    statements = [item.statement_id for item in settled]
    standing = Decision.objects.standing().filter(task=task, statement__any_of=statements)
    n_answers = dict(standing.order_by().values_list("statement").annotate(Count("id")))
    adjudicated = set(
        GoldLabel.objects.current()
        .filter(task=task, statement__any_of=statements, source=GoldLabel.Source.ADJUDICATION)
        .values_list("statement", flat=True)
    )
    _predictions, explanations = _explained(statements, asking)
    reopened = [
        item for item in settled if n_answers.get(item.statement_id, 0) < 2 and item.statement_id not in adjudicated
    ]
    for place, item in enumerate(reopened):
        once = bool(n_answers.get(item.statement_id))
        item.state = ReviewItem.State.AWAITING_SECOND if once else ReviewItem.State.OPEN
        item.reviews_needed = 2 if once else item.reviews_needed
        item.build = item.lease_by = item.lease_until = None
        item.priority = priority_when_asked_for(place)
        item.main_reason = asking.reason
        asked = {
            "rule": asking.reason.value,
            "explanation": explanations.get(item.statement_id, f"{asking.by.get_username()} asks for a second look."),
            "atc_rule": None,
        }
        item.reasons = [asked, *(reason for reason in item.reasons if reason["rule"] != asking.reason)]
    ReviewItem.objects.bulk_update(
        reopened,
        ["state", "reviews_needed", "build", "lease_by", "lease_until", "priority", "main_reason", "reasons"],
        batch_size=200,
    )
    return reopened
