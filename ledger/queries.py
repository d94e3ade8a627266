"""Reads that both wings share. Each function says how many queries it makes."""

from __future__ import annotations

from ledger.models import (
    Corpus,
    Decision,
    GoldLabel,
    Label,
    ModelVersion,
    Prediction,
    Promotion,
    Round,
    Statement,
    Task,
)
from ledger.models.append_only import AppendOnlyQuerySet


def current_promotion(task: Task) -> Promotion | None:
    """The promotion that holds now (one query)."""
    return Promotion.objects.filter(task=task).select_related("model_version").order_by("-id").first()


def current_model(task: Task) -> ModelVersion | None:
    """The live model version of a task, or None before the first promotion (one query)."""
    promotion = current_promotion(task)
    return promotion.model_version if promotion else None


def predecessor_of(task: Task, model_version: ModelVersion) -> ModelVersion | None:
    """The model that was live before this one, or the live one when this one never was (two queries)."""
    newest_first = Promotion.objects.filter(task=task).select_related("model_version").order_by("-id")
    others = newest_first.exclude(model_version=model_version)
    if latest := newest_first.filter(model_version=model_version).first():
        others = others.filter(id__lt=latest.pk)
    promotion = others.first()
    return promotion.model_version if promotion else None


def predictions_of(statement: Statement) -> AppendOnlyQuerySet[Prediction]:
    """Every model version's answer on a statement, newest model first (one query)."""
    return statement.predictions.select_related("model_version", "label", "chunk").order_by("-model_version_id")


def latest_prediction(statement: Statement, model_version: ModelVersion | None) -> Prediction | None:
    """What this model version said of the statement; without one, what the newest model said (one query)."""
    predictions = predictions_of(statement)
    return (predictions.filter(model_version=model_version) if model_version else predictions).first()


def standing_decisions(task: Task, statement: Statement) -> AppendOnlyQuerySet[Decision]:
    """People's answers on a statement that hold now, oldest first (one query)."""
    return (
        Decision.objects.standing()
        .filter(task=task, statement=statement)
        .select_related("reviewer", "label", "prediction_seen__label", "prediction_seen__model_version")
        .order_by("id")
    )


def current_gold(task: Task, statement: Statement) -> GoldLabel | None:
    """The gold label of a statement that holds now (one query)."""
    return GoldLabel.objects.current().filter(task=task, statement=statement).select_related("label").first()


def rounds_opened(task: Task) -> int:
    """How many rounds the task has seen (one query)."""
    return Round.objects.filter(task=task).count()


def trainable_labels(task: Task) -> list[Label]:
    """The classes models learn, in the order of the task's labels (one query)."""
    return list(task.labels.filter(trainable=True).order_by("position"))


def own_thresholds(task: Task) -> dict[int, float]:
    """Below which confidence a person looks, by the ids of the labels with a threshold of their own (one query)."""
    own = task.labels.filter(doubt_threshold__isnull=False).order_by("position")
    return {label.pk: label.doubt_threshold for label in own if label.doubt_threshold is not None}


def statements_of(task: Task, corpora: tuple[str, ...] = ()) -> AppendOnlyQuerySet[Statement]:
    """The statements of a task, of all its corpora or of the named ones."""
    chosen = Corpus.objects.filter(task=task)
    if corpora:
        chosen = chosen.filter(name__in=corpora)
    return Statement.objects.filter(corpus__in=list(chosen.values_list("id", flat=True)))
