"""Keep how a person likes to work."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from review.models import Preference


def set_preferences(*, person: User, single_keys: bool, language: str) -> None:
    """Whether single keys act, and the language ("" as the browser asks)."""
    Preference.objects.update_or_create(person=person, defaults={"single_keys": single_keys, "language": language})


def finish_tour(*, person: User, now: datetime) -> None:
    """The first visit's tour was taken or declined: it is offered no more, but can be taken again."""
    Preference.objects.update_or_create(person=person, defaults={"shown_around_at": now})
