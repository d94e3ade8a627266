"""Rounds: how far each came, what it learnt from, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from ledger.candidates import Composition
from ledger.models import Label, ModelVersion, Round, Run, Task, TrainingExample, TrainingSet
from review.queries.models import Result, result_of

ROLES = [(role.value, str(role.label)) for role in TrainingExample.Role]
SOURCES = [(source.value, str(source.label)) for source in TrainingExample.Source]


@dataclass(frozen=True, slots=True)
class CompositionRow:
    """How many examples of each label have this role and come from this source."""

    role: str
    source: str
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CompositionTable:
    """A training set as a table; columns are labels."""

    labels: list[str]
    rows: list[CompositionRow]
    left_out: list[tuple[str, int]]
    bands: list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round: its training set once frozen, its run, and its model beside the other one tested."""

    round: Round
    run: Run | None
    training_set: TrainingSet | None
    composition: CompositionTable | None
    result: Result | None


def composition_table(task: Task, composition: Composition) -> CompositionTable:
    """One query."""
    titles = dict(Label.objects.filter(task=task, trainable=True).values_list("slug", "title"))
    rows = [
        CompositionRow(role_title, source_title, [composition.examples[role][source].get(slug, 0) for slug in titles])
        for role, role_title in ROLES
        for source, source_title in SOURCES
        if composition.examples.get(role, {}).get(source)
    ]
    per_label = composition.pseudo_by_confidence
    bands = sorted({band for counts in per_label.values() for band in counts})
    return CompositionTable(
        labels=list(titles.values()),
        rows=rows,
        left_out=sorted(((why, n) for why, n in composition.left_out.items() if n), key=lambda pair: -pair[1]),
        bands=[(band, [per_label.get(slug, {}).get(band, 0) for slug in titles]) for band in bands],
    )


def frozen_composition(training_set: TrainingSet) -> Composition:
    """The composition kept with a training set; what an earlier version did not count is empty."""
    kept = training_set.composition
    return Composition(kept.get("examples", {}), kept.get("pseudo_by_confidence", {}), kept.get("left_out", {}))


def all_rounds() -> list[Round]:
    """Every round, newest first, with its run, training set and model (three queries)."""
    models = Prefetch("training_set__model_versions", ModelVersion.objects.order_by("id"))
    return list(
        Round.objects.select_related("task", "opened_by", "training_set")
        .prefetch_related("runs", models)
        .order_by("-id")
    )


def round_page(shown: Round) -> RoundPage:
    """At most six queries."""
    training_set = TrainingSet.objects.filter(round=shown).select_related("round__task").first()
    return RoundPage(
        round=shown,
        run=shown.runs.select_related("task", "model_version", "requested_by", "round").order_by("-id").first(),
        training_set=training_set,
        composition=composition_table(shown.task, frozen_composition(training_set)) if training_set else None,
        result=result_of(training_set) if training_set else None,
    )
