"""Which items, and which gold labels, somebody wants: as it stands in the address of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ledger.models import Task
from ledger.models.decision import GoldLabelQuerySet
from review.models import ReviewItem, ReviewItemQuerySet


def key_in(values: Mapping[str, str], name: str) -> int | None:
    """The row a list goes on from; None for the beginning, and for what cannot be a row's id."""
    given = values.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """A reason, and the slug of what the model said; empty means any. Only known fields ever reach the database."""

    reason: str = ""
    said: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> QueueFilter:
        """From a query string or a form; what is not a reason is dropped."""
        reason = values.get("reason", "")
        return cls(reason if reason in ReviewItem.Reason.values else "", values.get("said", "")[:50])

    def apply(self, items: ReviewItemQuerySet) -> ReviewItemQuerySet:
        if self.reason:
            items = items.filter(main_reason=self.reason)
        if self.said:
            items = items.filter(prediction__label__slug=self.said)
        return items

    @property
    def query(self) -> str:
        """As a query string, empty when nothing is chosen."""
        return urlencode({name: value for name, value in (("reason", self.reason), ("said", self.said)) if value})

    def __bool__(self) -> bool:
        return bool(self.reason or self.said)


EVERYTHING = QueueFilter()


@dataclass(frozen=True, slots=True)
class GoldFilter:
    """Which current gold labels of a task; None or empty means all."""

    task: Task
    round: int | None = None
    label: str = ""
    source: str = ""

    def apply(self, labels: GoldLabelQuerySet) -> GoldLabelQuerySet:
        labels = labels.filter(task=self.task)
        if self.round is not None:
            labels = labels.filter(round_number=self.round)
        if self.label:
            labels = labels.filter(label__slug=self.label)
        if self.source:
            labels = labels.filter(source=self.source)
        return labels
