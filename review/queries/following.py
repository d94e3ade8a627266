"""The item that a person will likely meet after the one they have open, so that its page can be read ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import User

from ledger.models import Task
from review.filters import QueueFilter
from review.models import ReviewItem
from review.queries.mine import Recent, recent_answers

FIRST = 20  # of the queue, as many as a claim tries


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is new on a page read ahead once its item is this person's: their hold on it, and their latest answers."""

    item: ReviewItem
    recent: Recent

    @property
    def hold(self) -> str:
        return "mine"

    @property
    def older(self) -> int | None:
        """The item this person answered before."""
        return self.recent.beside(self.item.pk)[0]

    @property
    def newer(self) -> int | None:
        """The item this person answered after it: none, as it waits for their answer."""
        return self.recent.beside(self.item.pk)[1]


def arrived(item: ReviewItem, reviewer: User, task: Task, now: datetime) -> Arrived:
    """One query."""
    return Arrived(item, recent_answers(reviewer, task, now))


def likely_following(
    *, shown: ReviewItem, reviewer: User, now: datetime, chosen: QueueFilter, task: Task
) -> ReviewItem | None:
    """The item to read ahead beside the one that is shown; nobody is given it. Two queries, three with an open one.

    Who works alone is told what a claim would give them. Of several who work on the same queue each is told another
    of its first items, or all would wait for the same one and one alone would get it.
    """
    others = chosen.items(task, reviewer).answerable_by(reviewer).exclude(pk=shown.pk)
    held = others.first_held_by(reviewer, now)
    if held is not None:
        return held
    first = others.first_waiting(FIRST)
    holders = {one.holder(now) for one in first} - {None, reviewer.pk}
    free = [one for one in first if one.holder(now) in (None, reviewer.pk)]
    at_work = sorted({reviewer.pk, *(holder for holder in holders if holder is not None)})
    own = [one for one in free if one.pk % len(at_work) == at_work.index(reviewer.pk)]
    return next(iter([*own, *free]), None)


def stamp_of(item: ReviewItem, *, task: Task, reader: User, language: str) -> str:
    """What an item's page is made of but for what comes when it is claimed: its number, a hyphen and a hash.

    A page with another stamp is not the page of now. What people said of other statements in between is not in it.
    """
    made_of = (
        item.prediction_id, item.state, item.main_reason, item.reasons, item.reviews_needed, task.blind, reader.pk,
        language,
    )  # fmt: skip
    return f"{item.pk}-{sha256(repr(made_of).encode()).hexdigest()[:16]}"


def item_of(stamp: str) -> int | None:
    """The number of the item that a stamp is of; None for what is no stamp."""
    number = stamp.partition("-")[0]
    return int(number) if number.isdecimal() and len(number) < 19 else None
