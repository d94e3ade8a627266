"""Model versions with their lineage and how well they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from ledger.models import (
    EnsembleMember,
    Evaluation,
    GoldLabel,
    ModelVersion,
    Promotion,
    Task,
    TrainingExample,
    TrainingSet,
)
from ledger.queries import current_promotion
from ledger.record.ensembles import members_of
from review.findings.reading import HELD_OUT, VIEWS, finding, title_of
from review.findings.rows import Comparison

FIGURES = ("accuracy", "ece")


@dataclass(frozen=True, slots=True)
class Score:
    """One model on one set of examples; figures 0 to 1, None where they were not measured.

    Where pairs may be unrelated, `micro` holds precision, recall and F1 over all relations in the place of macro-F1,
    and `per_label` the relation types.
    """

    view: str
    n: int
    micro: Mapping[str, float] | None
    macro_f1: float | None
    accuracy: float | None
    ece: float | None
    per_label: list[tuple[str, dict[str, Any]]]

    @property
    def micro_f1(self) -> float | None:
        return self.micro["f1"] if self.micro else None


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model version in the list, with its score on its own test set and whether it is live."""

    model: ModelVersion
    score: Score | None
    is_current: bool
    members: list[ModelVersion]


def score_of(evaluation: Evaluation) -> Score:
    """The figures a page shows of one evaluation."""
    metrics = evaluation.metrics
    relations = metrics.get("relations")
    by_type = {slug: {**one, "support": one["gold"]} for slug, one in relations["by_type"].items()} if relations else {}
    return Score(
        view=title_of(evaluation.view, metrics),
        n=evaluation.n_examples,
        micro=relations["micro"] if relations else None,
        macro_f1=None if relations else metrics.get("macro_f1"),
        accuracy=metrics.get("accuracy"),
        ece=metrics.get("ece"),
        per_label=list((by_type or metrics.get("per_label", {})).items()),
    )


def model_rows() -> list[ModelRow]:
    """Every model version, newest first within its task (four queries)."""
    live = set(Promotion.objects.filter(replaced_by__isnull=True).values_list("model_version_id", flat=True))
    scores = {
        evaluation.model_version_id: score_of(evaluation)
        for evaluation in Evaluation.objects.filter(view=TrainingExample.Role.TEST).order_by("id")
    }
    models = ModelVersion.objects.select_related("task", "training_set__round", "derived_from").order_by(
        "task", "-number"
    )
    members: dict[int, list[ModelVersion]] = {}
    for one in EnsembleMember.objects.select_related("member").order_by("position"):
        members.setdefault(one.ensemble_id, []).append(one.member)
    return [ModelRow(model, scores.get(model.pk), model.pk in live, members.get(model.pk, [])) for model in models]


def joinable(rows: Sequence[ModelRow]) -> list[tuple[Task, list[ModelRow]]]:
    """The versions of each task that could become members of an ensemble, where there are two or more (no query)."""
    by_task: dict[int, list[ModelRow]] = {}
    for row in rows:
        if not row.members:
            by_task.setdefault(row.model.task_id, []).append(row)
    return [(some[0].model.task, some) for some in by_task.values() if len(some) > 1]


def scores_on(training_set: TrainingSet, model: ModelVersion) -> list[Score]:
    """How one model did on the examples of one training set that did not teach it, the test first (one query)."""
    kept = {one.view: one for one in model.evaluations.filter(training_set=training_set)}
    return [score_of(kept[view]) for view in VIEWS if view in kept]


def has_seed_pairs(task: Task) -> bool:
    """Whether a seed label is about two known drugs, so that their pair can be left out (one query)."""
    about_drugs = GoldLabel.objects.filter(task=task, source=GoldLabel.Source.SEED, statement__head_drug__isnull=False)
    return about_drugs.exists()


def promotions_of(task: Task) -> QuerySet[Promotion]:
    """Which model was live when, newest first (one query)."""
    return task.promotions.select_related("model_version", "by").order_by("-id")


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a version came from and what came of it: `teacher` is the one whose pseudo-labels it learnt beside gold.

    members: the versions it averages, where it is an ensemble; ensembles: those it is a member of.
    """

    teacher: ModelVersion | None
    forms: list[ModelVersion]
    pupils: list[ModelVersion]
    members: list[ModelVersion]
    ensembles: list[ModelVersion]


def lineage_of(model: ModelVersion) -> Lineage:
    """Five queries, each a seek: of a round's pseudo-labels one tells whose all of them are."""
    pseudo = TrainingExample.objects.filter(source=TrainingExample.Source.PSEUDO)
    first = (
        pseudo.filter(training_set=model.training_set_id)
        .select_related("prediction__model_version")
        .order_by("statement_id")
        .first()
    )
    taught_by = pseudo.filter(training_set=OuterRef("training_set")).order_by("statement_id")
    pupils = ModelVersion.objects.filter(
        task=model.task, derived_from=None, members=None, training_set__gt=model.training_set_id
    )
    members = members_of(model)
    return Lineage(
        teacher=first.prediction.model_version if first and first.prediction and not members else None,
        members=members,
        ensembles=list(ModelVersion.objects.filter(members__member=model).order_by("number")),
        forms=list(model.derived.order_by("number")),
        pupils=list(
            pupils.annotate(teacher=Subquery(taught_by.values("prediction__model_version")[:1]))
            .filter(teacher=model.pk)
            .order_by("number")
        ),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of a candidate beside the model that was tested with it; the difference is candidate minus other."""

    view: str
    n: int
    figure: str
    candidate: float | None
    current: float | None

    @property
    def difference(self) -> float | None:
        if self.candidate is None or self.current is None:
            return None
        return self.candidate - self.current


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a round: its model, the other model tested on the same examples, and their figures.

    `tests` say, by held-out examples, whether the two differ by more than chance.
    """

    made: ModelVersion | None
    other: ModelVersion | None
    is_live: bool
    compared: list[Compared]
    tests: list[tuple[str, Comparison]]


def result_of(training_set: TrainingSet) -> Result:
    """Three queries. The other model is the live one if it was tested, otherwise the newest that was."""
    made = training_set.model_versions.first()
    promotion = current_promotion(training_set.round.task)
    live_id = promotion.model_version_id if promotion else None
    if made is None:
        return Result(None, None, False, [], [])
    evaluations = list(
        Evaluation.objects.filter(training_set=training_set).select_related("model_version").order_by("id")
    )
    others = {one.model_version_id: one.model_version for one in evaluations if one.model_version_id != made.pk}
    other = others.get(live_id or 0) or (others[max(others)] if others else None)
    scores = {(one.model_version_id, one.view): score_of(one) for one in evaluations}
    rows = [
        Compared(mine.view, mine.n, figure, getattr(mine, figure), getattr(theirs, figure, None))
        for view in HELD_OUT
        if (mine := scores.get((made.pk, view)))
        for theirs in [scores.get((other.pk, view)) if other else None]
        for figure in ("micro_f1" if mine.micro else "macro_f1", *FIGURES)
    ]
    tests = [
        (found.title, found.comparison)
        for one in sorted(evaluations, key=lambda one: list(VIEWS).index(one.view) if one.view in VIEWS else 0)
        if one.model_version_id == made.pk and one.view in HELD_OUT
        for found in [finding(one.view, one.metrics)]
        if found.comparison and other and found.comparison.model == other.number
    ]
    return Result(made, other, live_id == made.pk, rows, tests)
