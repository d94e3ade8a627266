"""The folds one after another, each with its own training."""

from __future__ import annotations

import resource
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from modeling import curated
from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.cross_validation.baselines import FrozenVectors, tfidf
from modeling.cross_validation.folds import Fold, Scheme
from modeling.cross_validation.kept import Trained, kept_or, name_of
from modeling.cross_validation.validating import Taught, validating
from modeling.evaluation.answers import Floats
from modeling.evaluation.asking import ask
from modeling.evaluation.held_out import HeldOut
from modeling.inference import LoadedModel
from modeling.lessons import curated_examples
from modeling.records import Example, Progress
from modeling.training import NotEnoughExamples, train


@dataclass(frozen=True, slots=True)
class Said:
    """What one way of classifying said of tested examples: positions, and probabilities (examples, labels) after and
    before its temperature."""

    positions: tuple[int, ...]
    scores: Floats
    uncalibrated: Floats


def averaged(by_seed: Sequence[Sequence[Said]]) -> list[Said]:
    """What trainings of the same folds say together: in each fold the mean of their probabilities."""
    return [
        Said(
            of_fold[0].positions,
            np.mean([one.scores for one in of_fold], axis=0),
            np.mean([one.uncalibrated for one in of_fold], axis=0),
        )
        for of_fold in zip(*by_seed, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """One way of training, tried on folds of labelled statements.

    By pattern, curated sentences like the tested wordings are left out too. `fold_seed` draws what validates, whatever
    the training's seed; `keep` is the folder of trainings that are done, if any. Raises NotEnoughExamples where a fold
    teaches no statement of a label.
    """

    examples: Sequence[HeldOut]
    folds: Sequence[Fold]
    scheme: Scheme
    labels: Sequence[str]
    backbone: Backbone
    config: TrainingConfig
    fold_seed: int = 1
    keep: Path | None = None
    on_progress: Callable[[Progress], None] = lambda progress: None

    def __post_init__(self) -> None:
        for number, fold in enumerate(self.folds, start=1):
            taught = {self.examples[at].example.label_index for at in fold.teach}
            for index, label in enumerate(self.labels):
                if index not in taught:
                    raise NotEnoughExamples(
                        f"Fold {number} teaches no {label} statement: ask for other folds, or label more."
                    )

    def taught(self) -> list[Taught]:
        """For each fold what teaches and what validates: the same whichever seed trains."""
        return [
            validating(self.examples, fold.teach, self.scheme, seed=f"validating {self.fold_seed}:{number}")
            for number, fold in enumerate(self.folds)
        ]

    def tuned(self, *, seed: int) -> tuple[list[Said], float]:
        """The encoder, trained anew for every fold, and the seconds that the trainings took.

        The seed decides the training alone: fresh weights, dropout and the order of the examples. Raises
        UnreadableTraining, and what `train` raises.
        """
        said, seconds = [], 0.0
        for number, (fold, taught) in enumerate(zip(self.folds, self.taught(), strict=True)):
            self.on_progress(Progress(f"seed {seed}, fold", number, len(self.folds)))
            trained = self._trained(fold, taught, seed)
            said.append(Said(fold.test, trained.scores, _sharpened(trained.scores, trained.temperature)))
            seconds += trained.seconds
        return said, seconds

    def _trained(self, fold: Fold, taught: Taught, seed: int) -> Trained:
        config, untaught = replace(self.config, seed=seed), self._untaught(fold)
        teach, stop, test = (self._examples(positions) for positions in (taught.teach, taught.stop, fold.test))
        beside = ["cross-validation", *sorted(untaught)] + ([curated.version()] if config.curated_share else [])
        name = name_of(config, self.backbone, self.labels, teach, stop, test, beside=beside)
        return kept_or(self.keep, name, lambda unfinished: self._train(config, teach, stop, test, untaught, unfinished))

    def _train(
        self,
        config: TrainingConfig,
        teach: list[Example],
        stop: list[Example],
        test: list[Example],
        untaught: Collection[str],
        unfinished: Path | None,
    ) -> Trained:
        with tempfile.TemporaryDirectory(prefix="fold-") as scratch:
            trained = train(
                teach,
                stop,
                labels=self.labels,
                backbone=self.backbone,
                config=config,
                out_dir=Path(scratch),
                untaught=untaught,
                unfinished=unfinished,
                on_progress=self.on_progress,
            )
            model = LoadedModel.load(trained.folder, self.backbone, sha256=trained.sha256)
        answers = ask(model, test)
        return Trained(
            scores=np.asarray(answers.scores, dtype=np.float64),
            seed=config.seed,
            seconds=trained.seconds,
            epochs=len(trained.history),
            best_epoch=trained.best_epoch,
            peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            temperature=answers.temperature,
        )

    def baselines(self) -> Iterator[tuple[str, list[Said]]]:
        """Plain classifiers by name, with and, where the configuration has any, also beside curated sentences.

        They are taught what validates for the encoder too, and no seed changes them.
        """
        frozen = FrozenVectors(self.backbone, self.config)
        n_labels = len(self.labels)
        for beside in ("", " and curated sentences")[: 2 if self.config.curated_share else 1]:
            for name in ("TF-IDF", "frozen vectors"):
                said = []
                for fold in self.folds:
                    taught, asked = self._examples(fold.teach), self._examples(fold.test)
                    if beside:
                        taught = [*taught, *self._curated(fold)]
                    scores = (
                        tfidf(taught, asked, self.config, n_labels=n_labels)
                        if name == "TF-IDF"
                        else frozen(taught, asked, n_labels=n_labels)
                    )
                    said.append(Said(fold.test, scores, scores))
                yield name + beside, said

    def _examples(self, positions: Sequence[int]) -> list[Example]:
        return [self.examples[at].example for at in positions]

    def _curated(self, fold: Fold) -> list[Example]:
        like = [example.statement for example in self._examples(fold.teach)]
        share = self.config.curated_share
        taught, held_out = curated_examples(self.labels, share=share, like=like, unlike=self._untaught(fold))
        return [*taught, *held_out]

    def _untaught(self, fold: Fold) -> Collection[str]:
        if self.scheme not in ("pattern", "drug-and-pattern"):
            return ()
        return {self.examples[at].example.statement.pattern for at in fold.test}


def thinned(examples: Sequence[HeldOut], positions: Sequence[int], *, most: int) -> list[int]:
    """At most `most` of the positions with the same wording and label, the first ones in order."""
    kept: defaultdict[tuple[str, int], int] = defaultdict(int)
    chosen = []
    for at in positions:
        key = (examples[at].example.statement.pattern, examples[at].example.label_index)
        kept[key] += 1
        if kept[key] <= most:
            chosen.append(at)
    return chosen


def thin_out(folds: Sequence[Fold], examples: Sequence[HeldOut], *, most: int) -> list[Fold]:
    """The folds with thinned teaching; every example is tested all the same."""
    return [replace(fold, teach=tuple(thinned(examples, fold.teach, most=most))) for fold in folds]


def _sharpened(scores: Floats, temperature: float) -> Floats:
    """The probabilities before they were divided by the temperature: logits follow from them up to a constant."""
    powered = np.power(scores, temperature)
    return np.asarray(powered / powered.sum(axis=1, keepdims=True))
