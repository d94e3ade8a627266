"""What people's answers were worth, round by round, and what more of them would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from ledger.models import Decision, Evaluation, PatternDecision, Round, Task, TrainingExample
from ledger.queries import current_model
from review.queries.comparison import Pair, audited, counted
from review.stopping import Gain, Narrowing, gain_by_rounds, narrowing_by_audit


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A round: the answers people had given when its examples were frozen, and its model on its test examples.

    `f1` is the macro-F1 over the labels, or where pairs may be unrelated the micro-F1 over all relations.
    """

    round: Round
    n_answers: int
    n_examples: int
    accuracy: float
    f1: float
    is_micro: bool


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """The points in the order of rounds, and both estimates; None where there is not enough to say."""

    points: list[CurvePoint]
    gain: Gain | None
    narrowing: Narrowing | None

    @property
    def is_micro(self) -> bool:
        return any(one.is_micro for one in self.points)


def learning_curve(task: Task) -> LearningCurve:
    """Five queries; two of them read every answer of the task."""
    points = _points(task)
    return LearningCurve(
        points=points,
        gain=gain_by_rounds([(one.n_answers, one.f1) for one in points]),
        narrowing=_audit(task),
    )


def _points(task: Task) -> list[CurvePoint]:
    evaluated = (
        Evaluation.objects.filter(
            model_version__task=task,
            model_version__derived_from=None,
            model_version__members=None,
            training_set=F("model_version__training_set"),
            view=TrainingExample.Role.TEST,
        )
        .select_related("training_set__round")
        .order_by("training_set__round__number")
    )
    kept = [one for one in evaluated if {"accuracy", "macro_f1"} <= one.metrics.keys()]
    is_micro = any("relations" in one.metrics for one in kept)
    if is_micro:  # an earlier version kept no such figures, and the two are no one curve
        kept = [one for one in kept if "relations" in one.metrics]
    answers = _answers_before(task, [one.training_set.frozen_at for one in kept])
    return [
        CurvePoint(
            one.training_set.round, n_answers, one.n_examples, one.metrics["accuracy"], _f1(one.metrics), is_micro
        )
        for one, n_answers in zip(kept, answers, strict=True)
    ]


def _f1(metrics: dict[str, Any]) -> float:
    found: float = metrics["relations"]["micro"]["f1"] if "relations" in metrics else metrics["macro_f1"]
    return found


def _answers_before(task: Task, moments: list[datetime]) -> list[int]:
    """How often people had answered before each moment; a decision about a whole pattern is one answer."""
    if not moments:
        return []
    by_column = [
        objects.aggregate(
            **{f"n_{place}": Count("id", filter=Q(decided_at__lte=moment)) for place, moment in enumerate(moments)}
        )
        for objects in (
            Decision.objects.filter(task=task).exclude(kind=Decision.Kind.WITHDRAWAL),
            PatternDecision.objects.filter(task=task, act=PatternDecision.Act.DECISION),
        )
    ]
    return [sum(counts[f"n_{place}"] for counts in by_column) for place in range(len(moments))]


def _audit(task: Task) -> Narrowing | None:
    model = current_model(task)
    if model is None:
        return None
    pair = Pair(model, model)
    cells, _ = counted(pair, audited(pair))
    return narrowing_by_audit(sum(n for (gold, said, _), n in cells.items() if gold == said), sum(cells.values()))
