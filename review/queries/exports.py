"""What can be exported, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.models import GoldLabel, Label, Round, Task
from review.filters import GoldFilter


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """Values of the export form's fields with their words."""

    tasks: list[tuple[str, str]]
    labels: list[tuple[str, str]]
    rounds: list[int]
    sources: list[tuple[str, str]]


def export_choices() -> ExportChoices:
    """Three queries."""
    newest = max(Round.objects.values_list("number", flat=True), default=0)
    return ExportChoices(
        tasks=list(Task.objects.values_list("slug", "title")),
        labels=sorted(set(Label.objects.values_list("slug", "title"))),
        rounds=list(range(newest + 1)),
        sources=list(GoldLabel.Source.choices),
    )


def n_gold(chosen: GoldFilter) -> int:
    """How many rows the export would have (one query)."""
    return chosen.apply(GoldLabel.objects.current()).count()
