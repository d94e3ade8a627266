"""Insert model versions, their evaluations, and later comparisons of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, Comparison, Evaluation, ModelVersion, TrainingSet


class AlreadyDerived(Exception):
    """The model version has this form already, as a version of its own."""


class NotATrainedVersion(Exception):
    """The model version is itself a form of another one, which is the one to start from."""


@transaction.atomic
def add_model_version(*, training_set: TrainingSet, now: datetime, **facts: Any) -> ModelVersion:
    """Register a trained checkpoint under the task's next number; `facts` are the remaining columns."""
    lock_chain()
    task = training_set.round.task
    newest = ModelVersion.objects.filter(task=task).aggregate(newest=Max("number"))["newest"] or 0
    version = ModelVersion.objects.create(
        task=task, number=newest + 1, training_set=training_set, trained_at=now, **facts
    )
    append_link(ChainLink.Kind.MODEL_VERSION, [version], now=now)
    return version


@transaction.atomic
def add_derived_version(*, derived_from: ModelVersion, now: datetime, **facts: Any) -> ModelVersion:
    """Register another form of a trained version (see `add_model_version`); it learnt from the same training set.

    Raises what `check_derivable` raises.
    """
    lock_chain()
    check_derivable(derived_from, facts["architecture"])
    return add_model_version(training_set=derived_from.training_set, now=now, derived_from=derived_from, **facts)


def check_derivable(version: ModelVersion, architecture: str) -> None:
    """Nothing, when a form of this architecture may be added; otherwise NotATrainedVersion or AlreadyDerived."""
    if parent := version.derived_from:
        raise NotATrainedVersion(
            f"Model {version.number} is itself a form ({version.architecture}) of model {parent.number}: start from "
            f"model {parent.number}."
        )
    if existing := version.derived.filter(architecture=architecture).first():
        raise AlreadyDerived(
            f"Model {version.number} has its form {architecture} already: it is model {existing.number}."
        )


@transaction.atomic
def add_evaluation(
    *, model_version: ModelVersion, training_set: TrainingSet, view: str, metrics: dict[str, Any], now: datetime
) -> Evaluation:
    """Record how a model version did on a training set's held-out examples; once for each view."""
    lock_chain()
    if existing := Evaluation.objects.filter(model_version=model_version, training_set=training_set, view=view).first():
        return existing
    evaluation = Evaluation.objects.create(
        model_version=model_version,
        training_set=training_set,
        view=view,
        n_examples=metrics["n"],
        metrics=metrics,
        evaluated_at=now,
    )
    append_link(ChainLink.Kind.EVALUATION, [evaluation], now=now)
    return evaluation


@transaction.atomic
def add_comparison(
    *, evaluation: Evaluation, other: ModelVersion, metrics: dict[str, Any], now: datetime
) -> Comparison:
    """Record how the evaluated model did beside another on the same examples; once for each other model."""
    lock_chain()
    if existing := Comparison.objects.filter(evaluation=evaluation, other=other).first():
        return existing
    comparison = Comparison.objects.create(evaluation=evaluation, other=other, metrics=metrics, compared_at=now)
    append_link(ChainLink.Kind.COMPARISON, [comparison], now=now)
    return comparison
