"""Who changed people, tasks and labels, in Django's own log of administrators' acts."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models

ADDED, CHANGED, REMOVED = ADDITION, CHANGE, DELETION


def note_change(*, by: User, row: models.Model, act: int = CHANGED, words: str = "") -> None:
    """Note that somebody did something to a row, in the caller's transaction."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=act,
        change_message=words,
    )


def differences(before: models.Model, after: models.Model, names: Iterable[str]) -> str:
    """What differs, as "blind: False → True"; of long texts only that they differ."""
    told = []
    for name in names:
        was, is_ = str(getattr(before, name)), str(getattr(after, name))
        if was != is_:
            told.append(f"{name}: {was} → {is_}" if len(was) + len(is_) < 120 else f"{name}: rewritten")
    return "; ".join(told)
