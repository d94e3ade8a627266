"""A training run: freeze the examples, train on them, register the model, test it beside the current one."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ledger.models import ModelVersion, TrainingExample, TrainingSet
from ledger.queries import current_model, trainable_labels
from ledger.record.models import add_model_version
from ledger.running import RunCancelled, Work
from ledger.training_sets import freeze
from modeling.backbones import resolve
from modeling.config import TrainingConfig
from modeling.evaluation.asking import EvaluationStopped
from modeling.presets import preset_named
from modeling.records import Progress
from modeling.store.evaluations import ask_version, keep, measure
from modeling.store.models import publish, registry_facts
from modeling.store.statements import examples
from modeling.training import TrainedModel, TrainingCancelled, train

SECONDS_BETWEEN_REPORTS = 1.0
MOST_LOSSES = 400  # points of a loss curve kept on the run's row

Point = tuple[int, float]


class Reporter:
    """Writes a training's progress on the run's row, about once a second."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.losses: list[Point] = []
        self.validation_losses: list[Point] = []
        self._latest: dict[str, float] = {}
        self._stage = ("", 0.0, 0)  # since when, and what was done by then
        self._told = 0.0
        self._asked = 0.0
        self._stopping = False

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage[0]:
            self._stage = (progress.stage, now, progress.done)
            if progress.stage == "train":
                self._take_up(progress.done)
        self.losses = self._longer(self.losses, "loss", progress)
        self.validation_losses = self._longer(self.validation_losses, "validation_loss", progress)
        if now - self._told < SECONDS_BETWEEN_REPORTS and progress.done < progress.total:
            return
        self._told = now
        detail: dict[str, Any] = {**self.curves, **progress.detail}
        done = progress.done - self._stage[2]
        if done and now > self._stage[1]:
            detail["steps_per_second"] = round(done / (now - self._stage[1]), 3)
        self.work.report(stage=progress.stage, n_done=progress.done, n_total=progress.total or 1, detail=detail)

    @property
    def curves(self) -> dict[str, list[Point]]:
        """The losses so far, as the row keeps them: (step, loss) of training, and of the validation examples."""
        return {"losses": self.losses, "validation_losses": self.validation_losses}

    def _take_up(self, step: int) -> None:
        """Keep the curves of an earlier attempt up to here: where this one begins anew, that is nothing."""
        told = self.work.run.detail
        self.losses, self.validation_losses = (
            [(at, loss) for at, loss in told.get(name, ()) if at < step] for name in self.curves
        )

    def _longer(self, points: list[Point], name: str, progress: Progress) -> list[Point]:
        """With what is new: the trainer tells a loss every few steps, and we are told of it at each."""
        value = progress.detail.get(name)
        if not isinstance(value, float) or self._latest.get(name) == value:
            return points
        self._latest[name] = value
        return thinned([*points, (progress.done, round(value, 4))])

    def should_cancel(self) -> bool:
        """Whether to stop, asked of the row at most once a second."""
        now = time.monotonic()
        if not self._stopping and now - self._asked >= SECONDS_BETWEEN_REPORTS:
            self._asked = now
            self._stopping = self.work.should_stop()
        return self._stopping


def thinned(points: list[Point]) -> list[Point]:
    """At most `MOST_LOSSES` points: every second one goes when there are more, never the first or the latest."""
    return points if len(points) <= MOST_LOSSES else [*points[:-1:2], points[-1]]


def train_round(work: Work) -> ModelVersion:
    """Turn the round of a training run into a model version with its evaluations.

    Interrupted, it goes on after the last finished epoch on a machine that has it, and else starts from the frozen set
    again: the set, the seed and the thread count give the same model.
    Raises RunCancelled, LeakyTrainingSet, NothingToLearnFrom, and what the training raises.
    """
    run = work.run
    assert run.round is not None
    reporter = Reporter(work)
    try:
        configuration(run.parameters)  # before anything is frozen that could not be trained
        work.report(stage="freezing the training set")
        training_set = freeze(round=run.round, now=timezone.now(), corpora=run.parameters.get("corpora", ()))
        version = training_set.model_versions.first() or _train(work, training_set, reporter)
        accuracy = evaluate_beside_live(work, version, training_set, reporter)
    except (TrainingCancelled, EvaluationStopped):
        work.stop_if_asked()
        raise
    work.report(
        stage="done",
        detail={
            **reporter.curves,
            "training": version.measured.get("training", {}),
            "model_version": version.pk,
            "accuracy": accuracy,
        },
    )
    return version


def _train(work: Work, training_set: TrainingSet, reporter: Reporter) -> ModelVersion:
    taught = trainable_labels(work.run.task)
    labels = [label.slug for label in taught]
    config = configuration(work.run.parameters)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="training-") as scratch:
        trained: TrainedModel = train(
            examples(training_set, TrainingExample.Role.TRAIN, labels),
            examples(training_set, TrainingExample.Role.VALIDATION, labels),
            labels=labels,
            backbone=resolve(settings.DDI_BACKBONE),
            config=config,
            out_dir=Path(scratch),
            unrelated=next((index for index, label in enumerate(taught) if label.negative), None),
            unfinished=settings.VAR_DIR / "unfinished" / work.run.task.slug,  # one training of a task at a time
            on_progress=reporter,
            should_cancel=reporter.should_cancel,
        )
        if reporter.should_cancel():
            raise RunCancelled(RunCancelled.__doc__)
        files = publish(trained.folder, trained.sha256)
    facts = registry_facts(trained.manifest, trained.sha256, files)
    facts["measured"] |= {"training": course_of(trained)}
    return add_model_version(training_set=training_set, now=timezone.now(), **facts)


def course_of(trained: TrainedModel) -> dict[str, Any]:
    """How a training went: epochs run and the best one, whether it stopped early, each epoch's figures, and notes."""
    return {
        "epochs": len(trained.history) or trained.best_epoch,
        "best_epoch": trained.best_epoch,
        "stopped_early": trained.stopped_early,
        "history": [{name: round(value, 4) for name, value in row.items()} for row in trained.history],
        "notes": list(trained.notes),
    }


def configuration(parameters: dict[str, Any]) -> TrainingConfig:
    """The training configuration a run asks for: a preset by name, with single fields set otherwise.

    Raises UnknownPreset, and what `TrainingConfig.from_json` raises.
    """
    preset = preset_named(parameters.get("preset", "default"))
    return TrainingConfig.from_json({**preset.to_json(), **parameters.get("config", {})})


def evaluate_beside_live(
    work: Work, version: ModelVersion, training_set: TrainingSet, reporter: Reporter
) -> dict[str, float]:
    """Ask this model and the live one about the same held-out examples, and keep the figures of both.

    Returns the accuracy of this model by view. Raises EvaluationStopped.
    """
    ask = partial(
        ask_version,
        training_set=training_set,
        with_pretrained=True,
        on_progress=reporter,
        should_stop=reporter.should_cancel,
    )
    current = current_model(work.run.task)
    mine = ask(version)
    if current is None or current.pk == version.pk:
        figures = measure(version, training_set, mine)
    else:
        theirs = ask(current)
        figures = measure(version, training_set, mine, against=current, theirs=theirs)
        keep(current, training_set, measure(current, training_set, theirs, against=version, theirs=mine))
    keep(version, training_set, figures)
    return {view: metrics["accuracy"] for view, metrics in figures.items()}
