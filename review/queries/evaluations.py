"""The evaluations of one model version, by the round whose held-out examples it was asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ledger.models import Evaluation, ModelVersion, Round
from review.findings.reading import VIEWS, comparison_of, finding
from review.findings.rows import Comparison, Finding


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """A model's findings on one round's held-out examples; `rounds` are all it was asked about, newest first.

    `evaluated_at` is None for figures that are not the ledger's.
    """

    model: ModelVersion
    round: Round
    training_set: str
    evaluated_at: datetime | None
    findings: list[Finding]
    rounds: list[Round]

    @property
    def data(self) -> Mapping[str, Any]:
        """The training set's figures; empty in an evaluation of an earlier version."""
        found: Mapping[str, Any] = self.findings[0].metrics.get("data", {})
        return found

    def of_view(self, view: str) -> Finding:
        """The finding of this view; the first one without it."""
        return next((one for one in self.findings if one.view == view), self.findings[0])


def evaluation_page(model: ModelVersion, round_number: int | None) -> EvaluationPage | None:
    """On the round of this number, or on the newest one; None when there is no such evaluation (three queries)."""
    evaluations = Evaluation.objects.filter(model_version=model)
    rounds = list(Round.objects.filter(training_set__in=evaluations.values("training_set")).order_by("-number"))
    chosen = next((one for one in rounds if round_number in (None, one.number)), None)
    if chosen is None:
        return None
    on_it = _in_order(
        evaluations.filter(training_set__round=chosen).select_related("training_set").prefetch_related("comparisons")
    )
    return EvaluationPage(
        model=model,
        round=chosen,
        training_set=on_it[0].training_set.content_hash,
        evaluated_at=on_it[0].evaluated_at,
        findings=[finding(one.view, one.metrics, _later(one)) for one in on_it],
        rounds=rounds,
    )


def page_of_figures(model: ModelVersion, figures: Mapping[str, Any]) -> EvaluationPage | None:
    """The same from what `evaluate --json` printed; None when it is of another model, or of none (one query)."""
    findings = [finding(view, figures[view]) for view in VIEWS if isinstance(figures.get(view), dict)]
    number = figures.get("round")
    rounds = list(Round.objects.filter(task=model.task, number=number)) if isinstance(number, int) else []
    if figures.get("model_version") != model.number or not findings or not rounds:
        return None
    return EvaluationPage(model, rounds[0], str(figures.get("training_set", "")), None, findings, rounds)


def _later(evaluation: Evaluation) -> list[Comparison]:
    """The comparisons made after it, in their order."""
    found = [comparison_of(one.metrics, one.compared_at) for one in evaluation.comparisons.all()]
    return [one for one in found if one is not None]


def _in_order(evaluations: QuerySet[Evaluation]) -> list[Evaluation]:
    order = {view: place for place, view in enumerate(VIEWS)}
    return sorted(evaluations, key=lambda one: order.get(one.view, len(order)))
