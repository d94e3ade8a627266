"""Keep a search of the ledger under a name."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Task
from review.filters import LedgerFilter
from review.models import SavedFilter

MOST = 50  # of one person in one task


class TooManySaved(Exception):
    """Fifty searches are saved already. Remove one that is not used any more."""


@transaction.atomic
def save_filter(*, owner: User, task: Task, name: str, chosen: LedgerFilter, now: datetime) -> SavedFilter:
    """Save a search; one of the same name is replaced. Raises TooManySaved."""
    mine = SavedFilter.objects.filter(owner=owner, task=task)
    if mine.exclude(name=name).count() >= MOST:
        raise TooManySaved(TooManySaved.__doc__)
    saved, _ = mine.update_or_create(
        name=name, defaults={"owner": owner, "task": task, "query": chosen.query, "saved_at": now}
    )
    return saved


@transaction.atomic
def remove_filter(*, owner: User, saved: SavedFilter) -> None:
    """Forget one's own saved search; another person's stays."""
    SavedFilter.objects.filter(pk=saved.pk, owner=owner).delete()
