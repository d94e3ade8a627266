"""One person's own answers: the latest beside an item, and all of them, each with what can still be done about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from ledger.models import Decision, GoldEvidence, GoldLabel, Task
from ledger.models.decision import DecisionQuerySet
from review.models import ReviewItem
from review.queries.progress import midnight_before

LATEST = 10
FEW = 5
PAGE = 50
BATCH = 25  # answers after which a person may want to look up: about a quarter of an hour
UNDO_BY_KEY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer of the reader with the item it belongs to, where the queue still has it.

    `adjudication_id`: what an adjudicator said on weighing it, where that holds; `adjudication` the same, where read.
    """

    decision: Decision
    item_id: int | None
    item_state: str | None
    adjudication_id: int | None = None
    adjudication: Decision | None = None

    @property
    def undo_key(self) -> uuid.UUID:
        """The same wherever and however often the undoing is offered: it happens once."""
        return uuid.uuid5(self.decision.idempotency_key, "undo")

    @property
    def awaits_second(self) -> bool:
        return self.item_state == ReviewItem.State.AWAITING_SECOND

    @property
    def fate(self) -> str:
        """Whether it is “standing”, “adjudicated”, “undone” or “changed”."""
        after = getattr(self.decision, "replaced_by", None)
        if after is None:
            return "standing" if self.adjudication_id in (None, self.decision.pk) else "adjudicated"
        return "undone" if after.kind == Decision.Kind.WITHDRAWAL else "changed"

    @property
    def may_be_undone(self) -> bool:
        """What an adjudicator weighed may not, and of adjudications only the one whose gold holds."""
        if self.decision.kind == Decision.Kind.ADJUDICATION:
            return self.fate == "standing" and self.adjudication_id is not None
        return self.fate == "standing"


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
        if newest is None or not newest.may_be_undone:
            return None
        return newest if newest.decision.decided_at > now - UNDO_BY_KEY else None

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

    With them comes the answer that the next page starts after. One query, one more with `after`, one more where
    adjudicators have weighed some.
    """
    given = Decision.objects.filter(reviewer=reviewer).exclude(kind=Decision.Kind.WITHDRAWAL)
    place = given.filter(pk=after).first() if after else None
    rows = _with_items(given).select_related("statement", "task")
    if place:
        rows = rows.filter(decided_at__lte=place.decided_at).exclude(decided_at=place.decided_at, id__gte=place.pk)
    page = list(rows.order_by("-decided_at", "-id")[: PAGE + 1])
    return _with_adjudications(page[:PAGE]), page[PAGE - 1].pk if len(page) > PAGE else None


def own_adjudications(reader: User) -> list[OwnAnswer]:
    """The latest five adjudications of this person that were not undone, newest first (one query)."""
    given = Decision.objects.standing().filter(reviewer=reader, kind=Decision.Kind.ADJUDICATION)
    return [_own(row) for row in _with_items(given).select_related("statement").order_by("-decided_at", "-id")[:FEW]]


def own_adjudication(settled: Decision | None, reader: User) -> OwnAnswer | None:
    """The adjudication whose gold holds, where it is this person's and so theirs to undo (no query)."""
    if settled is None or settled.reviewer_id != reader.pk:
        return None
    return OwnAnswer(settled, None, None, adjudication_id=settled.pk)


def _with_items(decisions: DecisionQuerySet) -> DecisionQuerySet:
    items = ReviewItem.objects.filter(task=OuterRef("task"), statement=OuterRef("statement"))
    adjudications = GoldEvidence.objects.filter(
        gold__evidence__decision=OuterRef("pk"),
        gold__source=GoldLabel.Source.ADJUDICATION,
        gold__label__isnull=False,
        gold__replaced_by__isnull=True,
        decision__kind=Decision.Kind.ADJUDICATION,
    ).order_by("-decision")
    return decisions.select_related("label", "replaced_by").annotate(
        item_id=Subquery(items.values("id")[:1]),
        item_state=Subquery(items.values("state")[:1]),
        adjudication_id=Subquery(adjudications.values("decision")[:1]),
    )


def _with_adjudications(rows: list[Decision]) -> list[OwnAnswer]:
    """Each with the adjudication that weighed it, read where there is one (one query then)."""
    own = [_own(row) for row in rows]
    weighed = {one.adjudication_id for one in own if one.fate == "adjudicated"}
    if not weighed:
        return own
    said = Decision.objects.select_related("reviewer", "label").in_bulk([one for one in weighed if one is not None])
    return [replace(one, adjudication=said.get(one.adjudication_id or 0)) for one in own]


def _own(row: Decision) -> OwnAnswer:
    item_id, state, adjudication = (getattr(row, name) for name in ("item_id", "item_state", "adjudication_id"))
    return OwnAnswer(row, item_id, state, adjudication)


def _count(decisions: DecisionQuerySet) -> Coalesce:
    counted = decisions.order_by().values("reviewer").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
