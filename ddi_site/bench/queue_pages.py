"""The pages that `bench queue` asks for, and where in a ledger it asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from review.models import ReviewItem

TASK = "ddi-polarity"


@dataclass(slots=True)
class Ledger:
    """One of the two databases, with what its pages are asked for."""

    name: str
    size: int
    items: list[int]
    behind: int
    behind_sure: str
    drug: str
    turn: Iterator[int]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make this database the one that the pages read."""
        if connection.settings_dict["NAME"] != self.name:
            connection.close()
            connection.settings_dict["NAME"] = self.name
        yield


def _next(reader: Client, ledger: Ledger) -> Any:
    """Each time another reviewer's; what the round before had given out is free again."""
    if next(ledger.turn) % 40 == 0:
        ReviewItem.objects.filter(lease_by__isnull=False).update(lease_by=None, lease_until=None)
    return reader.post(reverse("review:next", args=[TASK]))


def _item(reader: Client, ledger: Ledger) -> Any:
    return reader.get(reverse("review:item", args=[ledger.items[next(ledger.turn) % len(ledger.items)]]))


def _look(query: Callable[[Ledger], dict[str, str]]) -> Callable[[Client, Ledger], Any]:
    return lambda reader, ledger: reader.get(reverse("review:ledger", args=[TASK]), query(ledger))


def _dashboard(reader: Client, ledger: Ledger) -> Any:
    return reader.get(reverse("review:dashboard", args=[TASK]))


PAGES: dict[str, Callable[[Client, Ledger], Any]] = {
    "next item": _next,
    "item page": _item,
    "queue page": lambda reader, ledger: reader.get(reverse("review:queue", args=[TASK])),
    "queue page, one reason": lambda reader, ledger: reader.get(
        reverse("review:queue", args=[TASK]), {"reason": "atc_contradiction"}
    ),
    "queue page, a reason that is often not the main one": lambda reader, ledger: reader.get(
        reverse("review:queue", args=[TASK]), {"reason": "low_confidence"}
    ),
    "first page of the ledger": _look(lambda ledger: {}),
    "page 10,000 of the ledger": _look(lambda ledger: {"after": str(ledger.behind)}),
    "first page, least sure first": _look(lambda ledger: {"order": "unsure"}),
    "page 10,000, least sure first": _look(lambda ledger: {"order": "unsure", "after": ledger.behind_sure}),
    "first page of two words": _look(lambda ledger: {"text": "anticoagulant activities"}),
    "first page of a label and a reason": _look(lambda ledger: {"label": "synergistic", "reason": "audit"}),
    "first page of a confirmed label": _look(lambda ledger: {"gold": "antagonistic"}),
    "first page of a drug": _look(lambda ledger: {"drug": ledger.drug}),
    "first page of an ATC class": _look(lambda ledger: {"atc": "B"}),
    "first page where models differ": _look(lambda ledger: {"differs": "1"}),
    "dashboard": _dashboard,
}
