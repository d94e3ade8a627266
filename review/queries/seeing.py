"""What of an item one person may see before they have given an answer of their own."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User

from ledger.models import Decision
from review.models import ReviewItem


def own_decisions(item: ReviewItem, reader: User) -> list[Decision]:
    """Everything this person ever said of the item, also what they took back, oldest first (one query)."""
    return list(Decision.objects.filter(task=item.task, statement=item.statement_id, reviewer=reader).order_by("id"))


def hides_model(item: ReviewItem, own: Iterable[Decision]) -> bool:
    """Whether the model's answer stays hidden: the task is blind and this person has never answered.

    `own` are their decisions. An answer taken back since counts, for by then they have seen the model's.
    """
    return item.task.blind and not any(own)


def model_is_hidden(item: ReviewItem, reader: User) -> bool:
    """`hides_model` for whoever has not read the decisions (one query on a blind task, none on others)."""
    return item.task.blind and hides_model(item, own_decisions(item, reader))


def sees_others(item: ReviewItem, own_answer: Decision | None) -> bool:
    """Whether this person may read what others said: once they answered, or once the item needs no answer."""
    return own_answer is not None or item.state not in ReviewItem.WAITING
