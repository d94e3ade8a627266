"""The next items of a queue, as one person will meet them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from ledger.models import Label, Task
from review.bands import Confidence
from review.filters import QueueFilter, may_name
from review.marking import Piece
from review.models import ReviewItem
from review.queries.item import Reason, reasons_of
from review.queries.sentence import line_of

PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the list: its sentence in pieces, why it is there, what the model says, and who has it open.

    Where answers are given blind, `said` and `confidence` are None and no reason tells of the model's answer.
    """

    item: ReviewItem
    pieces: list[Piece]
    reasons: list[Reason]
    said: Label | None
    confidence: Confidence | None
    holder: User | None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Up to twenty-five rows; `more` is the item the next page starts after.

    `hides_model`: answers are given blind, so no row tells of the model's.
    """

    rows: list[Row]
    more: int | None
    hides_model: bool

    def offers_work_to(self, reviewer: User) -> bool:
        """Whether one of the rows can be taken now."""
        return any(row.holder in (None, reviewer) for row in self.rows)


def upcoming(*, task: Task, reviewer: User, now: datetime, chosen: QueueFilter, after: int | None) -> Upcoming:
    """What `claim_next` would give this person, in its order, with the items others have open now in their places.

    Four queries, five with `after`, each a seek in the index that `claim_next` uses. An item that has left the
    queue marks no place any more: the list then starts from the beginning.
    """
    chosen_items = chosen.items(task, reviewer)
    skipped_too = chosen.part == "skipped"
    mine = chosen_items.unanswered_by(reviewer) if skipped_too else chosen_items.answerable_by(reviewer)
    waiting = mine.select_related("statement", "prediction__label", "lease_by")
    held = waiting.first_held_by(reviewer, now)
    place = ReviewItem.objects.filter(task=task, pk=after).first() if after else None
    rest = waiting.exclude(pk=held.pk) if held else waiting
    items = (rest.behind(place) if place else rest).first_waiting(PAGE + 1)
    if held and not place:
        items.insert(0, held)
    return Upcoming(
        rows=[
            Row(
                item=item,
                pieces=line_of(item.statement),
                reasons=[one for one in reasons_of(item) if may_name(task, one.rule)],
                said=None if task.blind else item.prediction.label,
                confidence=None if task.blind else Confidence(item.prediction.confidence),
                holder=item.lease_by if item.holder(now) else None,
            )
            for item in items[:PAGE]
        ],
        more=items[PAGE - 1].pk if len(items) > PAGE else None,
        hides_model=task.blind,
    )
