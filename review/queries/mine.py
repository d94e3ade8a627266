"""One person's own answers: the latest beside an item, and all of them, each with what can still be done about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from ledger.models import Decision, Task
from ledger.models.decision import DecisionQuerySet
from review.models import ReviewItem
from review.queries.progress import midnight_before

LATEST = 10
PAGE = 50
BATCH = 25  # answers after which a person may want to look up: about a quarter of an hour
UNDO_BY_KEY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer of the reader with the item it belongs to, where the queue still has it."""

    decision: Decision
    item_id: int | None
    item_state: str | None

    @property
    def undo_key(self) -> uuid.UUID:
        """The same wherever and however often the undoing is offered: it happens once."""
        return uuid.uuid5(self.decision.idempotency_key, "undo")

    @property
    def awaits_second(self) -> bool:
        return self.item_state == ReviewItem.State.AWAITING_SECOND

    @property
    def fate(self) -> str:
        """Whether it is “standing”, “undone” or “changed”."""
        after = getattr(self.decision, "replaced_by", None)
        if after is None:
            return "standing"
        return "undone" if after.kind == Decision.Kind.WITHDRAWAL else "changed"

    @property
    def may_be_undone(self) -> bool:
        return self.fate == "standing" and self.decision.kind == Decision.Kind.ANSWER


@dataclass(frozen=True, slots=True)
class Recent:
    """The latest standing answers of one person on one task, newest first, and how many there are."""

    answers: list[OwnAnswer]
    n_today: int
    n_in_all: int

    @property
    def batch_size(self) -> int:
        return BATCH

    @property
    def n_in_batch(self) -> int:
        """Answers of today's current batch, 1 to 25 once there is one."""
        return (self.n_today - 1) % BATCH + 1 if self.n_today else 0

    def receipt(self, now: datetime) -> OwnAnswer | None:
        """The newest answer, when it is recent enough to be undone by a key."""
        newest = self.answers[0] if self.answers else None
        return newest if newest and newest.decision.decided_at > now - UNDO_BY_KEY else None

    def beside(self, item_id: int) -> tuple[int | None, int | None]:
        """Items of the answers given before and after this item's, among the latest ten.

        Before an item without an answer stands the latest one, after it nothing.
        """
        items = [answer.item_id for answer in self.answers]
        if item_id not in items:
            return (items[0] if items else None), None
        place = items.index(item_id)
        return (items[place + 1] if place + 1 < len(items) else None), (items[place - 1] if place else None)


def recent_answers(reviewer: User, task: Task, now: datetime) -> Recent:
    """One query; it walks this person's answers, however long the queue is."""
    mine = Decision.objects.standing().filter(task=task, reviewer=reviewer, kind=Decision.Kind.ANSWER)
    latest = _with_items(mine).annotate(
        n_in_all=_count(mine), n_today=_count(mine.filter(decided_at__gte=midnight_before(now)))
    )
    rows = list(latest.order_by("-decided_at", "-id")[:LATEST])
    return Recent(
        answers=[_own(row) for row in rows],
        n_today=getattr(rows[0], "n_today", 0) if rows else 0,
        n_in_all=getattr(rows[0], "n_in_all", 0) if rows else 0,
    )


def own_answers(reviewer: User, after: int | None) -> tuple[list[OwnAnswer], int | None]:
    """Fifty answers of this person on any task, newest first, from the one after `after` on; undone ones too.

    With them comes the answer that the next page starts after. One query, two with `after`.
    """
    given = Decision.objects.filter(reviewer=reviewer).exclude(kind=Decision.Kind.WITHDRAWAL)
    place = given.filter(pk=after).first() if after else None
    rows = _with_items(given).select_related("label", "replaced_by", "statement", "task")
    if place:
        rows = rows.filter(decided_at__lte=place.decided_at).exclude(decided_at=place.decided_at, id__gte=place.pk)
    page = list(rows.order_by("-decided_at", "-id")[: PAGE + 1])
    return [_own(row) for row in page[:PAGE]], page[PAGE - 1].pk if len(page) > PAGE else None


def _with_items(decisions: DecisionQuerySet) -> DecisionQuerySet:
    items = ReviewItem.objects.filter(task=OuterRef("task"), statement=OuterRef("statement"))
    return decisions.select_related("label").annotate(
        item_id=Subquery(items.values("id")[:1]), item_state=Subquery(items.values("state")[:1])
    )


def _own(row: Decision) -> OwnAnswer:
    return OwnAnswer(row, getattr(row, "item_id"), getattr(row, "item_state"))  # noqa: B009  annotated


def _count(decisions: DecisionQuerySet) -> Coalesce:
    counted = decisions.order_by().values("reviewer").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
