"""What stands confirmed of an item's statement, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from ledger.models import GoldLabel, Label
from review.models import ReviewItem

COLUMNS = {
    "gold_label": "label",
    "gold_further": "further",
    "gold_source": "source",
    "gold_at": "confirmed_at",
    "gold_decider": "pattern_evidence__decision__reviewer__username",
}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The gold label that holds; `decider` decided the whole pattern, where it came from that.

    `further` are the other labels that the corpus of a seed label gives the same pair.
    """

    label: Label
    further: list[Label]
    source: str
    at: datetime
    decider: str
    is_adjudicated: bool


def confirmed_columns() -> dict[str, Subquery]:
    """What `confirmed` reads, as annotations of the query that reads the item: no query of its own."""
    gold = GoldLabel.objects.current().filter(task=OuterRef("task"), statement=OuterRef("statement"))
    return {name: Subquery(gold.values(column)[:1]) for name, column in COLUMNS.items()}


def confirmed(item: ReviewItem, labels: Mapping[int, Label]) -> Confirmed | None:
    """What holds of an item read with `confirmed_columns`."""
    label_id, further, source, at, decider = (getattr(item, name) for name in COLUMNS)
    if label_id is None:
        return None
    return Confirmed(
        label=labels[label_id],
        further=[label for label in labels.values() if label.slug in (further or ())],
        source=str(GoldLabel.Source(source).label),
        at=at,
        decider=decider or "",
        is_adjudicated=source == GoldLabel.Source.ADJUDICATION,
    )
