"""A training run: freeze the examples, train on them, register the model, test it beside the current one."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ledger.models import ModelVersion, TrainingExample, TrainingSet
from ledger.queries import current_model, trainable_labels
from ledger.record.models import add_evaluation, add_model_version
from ledger.running import RunCancelled, Work
from ledger.training_sets import freeze
from modeling.backbones import resolve
from modeling.config import PRESETS, TrainingConfig
from modeling.evaluation import EvaluationStopped, evaluate
from modeling.inference import LoadedModel
from modeling.records import Progress
from modeling.store.models import load, publish, registry_facts
from modeling.store.statements import examples
from modeling.training import TrainedModel, TrainingCancelled, train

VIEWS = (TrainingExample.Role.TEST, TrainingExample.Role.ONE_UNSEEN)
SECONDS_BETWEEN_REPORTS = 1.0
MOST_LOSSES = 400  # points of the loss curve kept on the run's row


class Reporter:
    """Writes a training's progress on the run's row, about once a second."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.losses: list[tuple[int, float]] = []
        self.epochs: list[dict[str, float]] = []
        self._told = 0.0
        self._asked = 0.0
        self._stopping = False

    def __call__(self, progress: Progress) -> None:
        loss, epoch = progress.detail.get("loss"), progress.detail.get("epoch")
        if isinstance(loss, float) and (not self.losses or self.losses[-1][1] != loss):
            self.losses.append((progress.done, round(loss, 4)))
            if len(self.losses) > MOST_LOSSES:
                del self.losses[1::2]
        now = time.monotonic()
        if now - self._told < SECONDS_BETWEEN_REPORTS and progress.done < progress.total:
            return
        self._told = now
        detail: dict[str, Any] = {"losses": self.losses, **progress.detail}
        if epoch is not None:
            detail["epoch"] = epoch
        self.work.report(stage=progress.stage, n_done=progress.done, n_total=progress.total or 1, detail=detail)

    def should_cancel(self) -> bool:
        """Whether to stop, asked of the row at most once a second."""
        now = time.monotonic()
        if not self._stopping and now - self._asked >= SECONDS_BETWEEN_REPORTS:
            self._asked = now
            self._stopping = self.work.should_stop()
        return self._stopping


def train_round(work: Work) -> ModelVersion:
    """Turn the round of a training run into a model version with its evaluations.

    Interrupted, it starts from the frozen set again: the set, the seed and the thread count give the same model.
    Raises RunCancelled, LeakyTrainingSet, NothingToLearnFrom, and what the training raises.
    """
    run = work.run
    assert run.round is not None
    reporter = Reporter(work)
    try:
        work.report(stage="freezing the training set")
        training_set = freeze(round=run.round, now=timezone.now())
        version = training_set.model_versions.first() or _train(work, training_set, reporter)
        metrics = _evaluate(version, training_set, reporter)
        current = current_model(run.task)
        if current and current.pk != version.pk:
            _evaluate(current, training_set, reporter)
    except (TrainingCancelled, EvaluationStopped):
        work.stop_if_asked()
        raise
    work.report(
        stage="done",
        detail={"losses": reporter.losses, "model_version": version.pk, "accuracy": metrics},
    )
    return version


def _train(work: Work, training_set: TrainingSet, reporter: Reporter) -> ModelVersion:
    labels = [label.slug for label in trainable_labels(work.run.task)]
    config = configuration(work.run.parameters)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="training-") as scratch:
        trained: TrainedModel = train(
            examples(training_set, TrainingExample.Role.TRAIN, labels),
            examples(training_set, TrainingExample.Role.VALIDATION, labels),
            labels=labels,
            backbone=resolve(settings.DDI_BACKBONE),
            config=config,
            out_dir=Path(scratch),
            on_progress=reporter,
            should_cancel=reporter.should_cancel,
        )
        if reporter.should_cancel():
            raise RunCancelled(RunCancelled.__doc__)
        files = publish(trained.folder, trained.sha256)
    return add_model_version(
        training_set=training_set,
        now=timezone.now(),
        **registry_facts(trained.manifest, trained.sha256, files),
    )


def configuration(parameters: dict[str, Any]) -> TrainingConfig:
    """The training configuration a run asks for: a preset by name, with single fields set otherwise."""
    preset = PRESETS[parameters.get("preset", "default")]
    return TrainingConfig.from_json({**preset.to_json(), **parameters.get("config", {})})


def _evaluate(version: ModelVersion, training_set: TrainingSet, reporter: Reporter) -> dict[str, float]:
    """Ask a model about the held-out examples it knows the classes of; returns the accuracy by view."""
    model: LoadedModel | None = None
    accuracy = {}
    for view in VIEWS:
        held_out = examples(training_set, view, list(version.labels))
        if not held_out:
            continue
        model = model or load(version)
        metrics = evaluate(model, held_out, on_progress=reporter, should_stop=reporter.should_cancel)
        add_evaluation(model_version=version, training_set=training_set, view=view, metrics=metrics, now=timezone.now())
        accuracy[str(view)] = metrics["accuracy"]
    return accuracy
