"""The figures behind the charts, each a handful of rows whatever the size of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, IntegerField, Q, Sum
from django.db.models.functions import Cast, Floor, Least, TruncDate
from django.utils import timezone

from ledger.models import Decision, Evaluation, Flag, FlagRule, GoldLabel, Label, ModelVersion, Prediction, Run, Task
from ledger.models.decision import DecisionQuerySet
from ledger.queries import current_model
from review.findings.reading import HELD_OUT, title_of
from review.numerals import localised
from review.wording import worded

BINS = 20  # of 5 points each
DAYS = 30
A_MINUTE, A_DAY = 60, 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Rows of each chart, ready to be shown as a table too; `answers` are all labels, `labels` those models learn.

    `hides_model`: what the model says and was flagged for is left out. A round has accuracy and macro-F1, or where
    pairs may be unrelated (`scores_relations`) the micro-F1 over all relations in the place of macro-F1.
    """

    model: ModelVersion | None
    labels: list[tuple[str, str]]
    answers: list[tuple[str, str]]
    confidence: list[tuple[str, list[int]]]
    flags: list[tuple[str, int]]
    gold: list[tuple[str, list[int]]]
    days: list[tuple[str, int, int]]
    rounds: list[tuple[int, str, int, float | None, float | None]]
    hides_model: bool
    scores_relations: bool = False

    @property
    def n_predictions(self) -> int:
        return sum(sum(counts) for _, counts in self.confidence)


def dashboard(task: Task, now: datetime, *, for_lead: bool) -> Dashboard:
    """Nine queries; those that read all predictions, all gold, or days that are over, only when that is not known.

    Where answers are given blind, only the lead sees what the model mostly says: others are still to be asked.
    """
    hides_model = task.blind and not for_lead
    model = current_model(task)
    answers = list(Label.objects.filter(task=task))
    labels = [label for label in answers if label.trainable]
    rounds, scores_relations = _rounds(task)
    confidence, flags = ([], []) if model is None or hides_model else _of_model(model, [label.pk for label in labels])
    return Dashboard(
        model=model,
        labels=[(label.slug, worded(label.title)) for label in labels],
        answers=[(label.slug, worded(label.title)) for label in answers],
        confidence=[(localised(band), counts) for band, counts in confidence],
        flags=[(str(FlagRule.Rule(rule).label), n) for rule, n in flags],
        gold=[(str(GoldLabel.Source(source).label), counts) for source, counts in _gold(task, answers)],
        days=_days(task, now),
        rounds=rounds,
        hides_model=hides_model,
        scores_relations=scores_relations,
    )


def _of_model(model: ModelVersion, labels: list[int]) -> tuple[list[tuple[str, list[int]]], list[tuple[str, int]]]:
    """Histogram and flags. Both read every prediction: of 1.5 million that takes seconds, so the web process keeps
    what it made. A finished run's rows never change, so its count of them names it; of one under way a minute's old
    figures serve."""
    read = Run.objects.filter(model_version=model, kind=Run.Kind.INFERENCE).aggregate(
        n=Sum("n_done"), n_active=Count("id", filter=Q(status__in=Run.ACTIVE))
    )
    key = f"dashboard:{model.pk}:{labels}:{'running' if read['n_active'] else read['n']}".replace(" ", "")
    kept = cache.get(key)
    if kept is None:
        kept = _histogram(model, labels), _flags(model)
        cache.set(key, kept, A_MINUTE if read["n_active"] else A_DAY)
    confidence, flags = kept
    return confidence, flags


def _histogram(model: ModelVersion, labels: list[int]) -> list[tuple[str, list[int]]]:
    # Floor before the cast: SQLite's cuts off and PostgreSQL's rounds. A confidence of 1 belongs to the last bin.
    bin_ = Least(Cast(Floor(F("confidence") * BINS), IntegerField()), BINS - 1)
    counted = (
        Prediction.objects.filter(model_version=model)
        .annotate(bin=bin_)
        .order_by()
        .values_list("bin", "label")
        .annotate(n=Count("id"))
    )
    import pandas as pd  # here, so that only this page pays for it

    counts = pd.DataFrame(counted, columns=["bin", "label", "n"]).pivot_table(
        index="bin", columns="label", values="n", aggfunc="sum"
    )
    first = int(counts.index.min()) if len(counts) else BINS
    counts = counts.reindex(index=range(first, BINS), columns=labels).fillna(0).astype(int)
    return [
        (f"{number / BINS:.2f}–{(number + 1) / BINS:.2f}", row)
        for number, row in zip(range(first, BINS), counts.to_numpy().tolist(), strict=True)
    ]


def _flags(model: ModelVersion) -> list[tuple[str, int]]:
    counted = dict(
        Flag.objects.filter(prediction__model_version=model)
        .order_by()
        .values_list("rule__rule")
        .annotate(n=Count("id"))
    )
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _gold(task: Task, answers: list[Label]) -> list[tuple[str, list[int]]]:
    """Gold labels that hold, by source and label; up to a minute old, since every confirmed answer adds one."""
    key = f"dashboard:gold:{task.pk}:{len(answers)}"
    found: list[tuple[str, list[int]]] | None = cache.get(key)
    if found is None:
        counted = GoldLabel.objects.current().filter(task=task).order_by().values_list("source", "label")
        counts = {(source, label): n for source, label, n in counted.annotate(n=Count("id"))}
        sources = [source for source in GoldLabel.Source.values if any(source == one for one, _ in counts)]
        found = [(source, [counts.get((source, label.pk), 0) for label in answers]) for source in sources]
        cache.set(key, found, A_MINUTE)
    return found


def _days(task: Task, now: datetime) -> list[tuple[str, int, int]]:
    """Day, answers of that day, and answers up to then within the window. What a day that is over held stays so."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=DAYS - 1)
    answers = Decision.objects.filter(task=task, kind=Decision.Kind.ANSWER)
    key = f"dashboard:days:{task.pk}:{midnight.isoformat()}".replace(" ", "")
    over: dict[date, int] | None = cache.get(key)
    if over is None:
        over = _by_day(answers.filter(decided_at__gte=first, decided_at__lt=midnight))
        cache.set(key, over, A_DAY)
    counted = {**over, midnight.date(): answers.filter(decided_at__gte=midnight).count()}
    import pandas as pd  # here, so that only this page pays for it

    series = pd.Series(counted, dtype="int64")
    series.index = pd.to_datetime(series.index)
    series = series.reindex(pd.date_range(first.date(), periods=DAYS), fill_value=0)
    return [
        (day.date().isoformat(), int(n), int(so_far))
        for day, n, so_far in zip(series.index, series, series.cumsum(), strict=True)
    ]


def _by_day(answers: DecisionQuerySet) -> dict[date, int]:
    by_day = answers.annotate(day=TruncDate("decided_at")).order_by().values_list("day")
    return dict(by_day.annotate(n=Count("id")))


def _rounds(task: Task) -> tuple[list[tuple[int, str, int, float | None, float | None]], bool]:
    """Round, held-out examples, how many, accuracy and F1 of the model the round made; and whether that F1 is micro."""
    evaluations = (
        Evaluation.objects.filter(
            model_version__task=task,
            model_version__members=None,
            training_set=F("model_version__training_set"),
            view__in=HELD_OUT,
        )
        .order_by("training_set__round__number", "-view")
        .values_list("training_set__round__number", "view", "n_examples", "metrics")
    )
    found = list(evaluations)
    scores_relations = any("relations" in metrics for *_, metrics in found)

    def f1(metrics: dict[str, Any]) -> float | None:
        micro = metrics.get("relations", {}).get("micro", {})
        value: float | None = micro.get("f1") if scores_relations else metrics.get("macro_f1")
        return value

    rows = [
        (number, title_of(view, metrics), n, metrics.get("accuracy"), f1(metrics)) for number, view, n, metrics in found
    ]
    return rows, scores_relations
