"""What can be exported, and how much of it there was at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.models import ChainLink, GoldLabel, Label, Round, Task
from review.filters import Selection


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """Values of the export form's fields with their words."""

    tasks: list[tuple[str, str]]
    labels: list[tuple[str, str]]
    rounds: list[int]
    sources: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AsOf:
    """When the newest label of a selection was confirmed, and the chain's link over it; None where there is none."""

    confirmed_at: datetime | None
    link: ChainLink | None


def export_choices() -> ExportChoices:
    """Three queries."""
    newest = max(Round.objects.values_list("number", flat=True), default=0)
    return ExportChoices(
        tasks=list(Task.objects.values_list("slug", "title")),
        labels=sorted(set(Label.objects.values_list("slug", "title"))),
        rounds=list(range(newest + 1)),
        sources=[(source.value, str(source.label)) for source in GoldLabel.Source],
    )


def n_gold(selection: Selection) -> int:
    """How many rows the export has (one query)."""
    return selection.labels().count()


def gold_id_at(task: Task, moment: datetime | None) -> int:
    """The newest gold label of a task before the first one confirmed after `moment`; 0 before all (two queries).

    Without a moment the newest there is. What comes later never changes it once a label after the moment exists: an
    id, not a clock, says what an export holds.
    """
    labels = GoldLabel.objects.filter(task=task)
    if moment is not None and (after := labels.filter(confirmed_at__gt=moment).order_by("id").first()):
        labels = labels.filter(id__lt=after.pk)
    return labels.order_by("-id").values_list("id", flat=True).first() or 0


def as_of_facts(gold_id: int) -> AsOf:
    """Two queries."""
    link = ChainLink.objects.filter(kind=ChainLink.Kind.GOLD, first_id__lte=gold_id, last_id__gte=gold_id).first()
    confirmed_at = GoldLabel.objects.filter(id=gold_id).values_list("confirmed_at", flat=True).first()
    return AsOf(confirmed_at, link)
