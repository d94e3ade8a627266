"""How fast the default preset teaches beside the paper's way, on the same examples, and how well."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from ledger.models import TrainingExample, TrainingSet
from ledger.queries import trainable_labels
from modeling.backbones import Backbone, resolve
from modeling.config import TrainingConfig
from modeling.cross_validation.folds import folds_of
from modeling.cross_validation.running import CrossValidation
from modeling.cross_validation.scoring import Scoring
from modeling.evaluation.asking import ask
from modeling.inference import LoadedModel
from modeling.metrics import macro_f1
from modeling.presets import PRESETS
from modeling.records import Example, Progress
from modeling.sampling import examples_a_step
from modeling.store.labelled import Labelled, gold_of
from modeling.store.statements import examples
from modeling.training import TrainingCancelled, train

ROUNDS = 3
WARM_UP = 2  # steps before the clock starts
SEEDS = (42, 43, 44)
STEPS = {"default": 24, "paper": 8}  # steps timed in each round
FOLDS = 2  # of drugs, and as many of wordings: each meets each


@dataclass(frozen=True, slots=True)
class Taught:
    """One preset: examples a second while training, and each seed's macro-F1 on the test examples, whose drugs are
    new, after a whole training; `seconds` is what such a training took, the median. `macro_f1_new_wordings` is that of
    the first seed on folds whose drugs and wordings are both new."""

    samples_per_second: float
    macro_f1: tuple[float, ...]
    macro_f1_new_wordings: float
    seconds: float


def beside_paper(training_set: TrainingSet) -> dict[str, Taught]:
    """Both presets on a frozen set, by name: in turn `ROUNDS` times a few steps, and whole trainings with each seed.

    For the pace, both see the very same examples: no curated sentences, no repeats merged; the paper's inputs are
    padded to its 256 tokens. The whole training is each preset's own, the paper's without the padding, which changes
    its time alone. Wordings are new in a cross-validation of all gold, both presets on the same folds.
    """
    labels = [label.slug for label in trainable_labels(training_set.round.task)]
    roles = TrainingExample.Role
    taught, stop, test = (examples(training_set, role, labels) for role in (roles.TRAIN, roles.VALIDATION, roles.TEST))
    backbone = resolve(settings.DDI_BACKBONE)
    gold = gold_of(training_set.round.task, corpora=(), labels=labels)
    same = {
        "default": replace(PRESETS["default"], curated_share=0.0, merge_repeats=False),
        "paper": replace(PRESETS["paper"], padding="max_tokens"),
    }
    rates: dict[str, list[float]] = {name: [] for name in same}
    for number in range(ROUNDS):
        for name in list(same)[:: 1 if number % 2 else -1]:
            rates[name].append(examples_per_second(taught, labels, backbone, same[name], steps=STEPS[name]))
    found = {}
    for name in same:
        scores, seconds = [], []
        for seed in SEEDS:
            started = time.perf_counter()
            scores.append(_learnt(taught, stop, test, labels, backbone, replace(PRESETS[name], seed=seed)))
            seconds.append(time.perf_counter() - started)
        anew = _on_new_wordings(gold, backbone, PRESETS[name])
        found[name] = Taught(statistics.median(rates[name]), tuple(scores), anew, statistics.median(seconds))
    return found


def examples_per_second(
    taught: Sequence[Example], labels: Sequence[str], backbone: Backbone, config: TrainingConfig, *, steps: int
) -> float:
    """Over some steps of a training that is then given up."""
    ends: list[float] = []

    def note(progress: Progress) -> None:
        if progress.stage == "train":
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(TrainingCancelled):
        train(
            taught, [], labels=labels, backbone=backbone, config=config, out_dir=Path(scratch), on_progress=note,
            should_cancel=lambda: len(ends) > WARM_UP + steps,
        )  # fmt: skip
    timed = ends[WARM_UP:]
    read = examples_a_step(len(taught), at_most=config.batch_size, least_steps=config.least_steps)
    return (len(timed) - 1) * read / (timed[-1] - timed[0])


def _learnt(
    taught: Sequence[Example], stop: Sequence[Example], test: Sequence[Example], labels: Sequence[str],
    backbone: Backbone, config: TrainingConfig,
) -> float:  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        made = train(taught, stop, labels=labels, backbone=backbone, config=config, out_dir=Path(scratch))
        model = LoadedModel.load(made.folder, backbone, sha256=made.sha256)
    answers = ask(model, test)
    return macro_f1(answers.true.tolist(), answers.said.tolist(), n_labels=len(labels))


def _on_new_wordings(gold: Labelled, backbone: Backbone, config: TrainingConfig) -> float:
    folds = folds_of(gold.examples, "drug-and-pattern", n=FOLDS, seed=1)
    trial = CrossValidation(gold.examples, folds, "drug-and-pattern", gold.labels, backbone, config)
    said, _ = trial.tuned(seed=SEEDS[0])
    return float(Scoring(gold.examples, gold.labels, "drug-and-pattern").figures(said)["macro_f1"])
