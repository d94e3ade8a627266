"""The folds one after another, each with its own training, and the figures over all of them."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.cross_validation.baselines import FrozenVectors, tfidf
from modeling.cross_validation.folds import Fold, Scheme, validating
from modeling.evaluation.answers import Answers, Floats
from modeling.evaluation.asking import ask
from modeling.evaluation.coverage import coverage
from modeling.evaluation.figures import summary
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.reliability import reliability
from modeling.evaluation.resampling import Clusters, Resamples, intervals, macro_f1_of
from modeling.inference import LoadedModel
from modeling.lessons import curated_examples
from modeling.records import Example, Progress
from modeling.training import NotEnoughExamples, train

TUNED = "tuned"


@dataclass(frozen=True, slots=True)
class Said:
    """What one way of classifying said of tested examples: positions, and probabilities (examples, labels) after and
    before its temperature."""

    positions: tuple[int, ...]
    scores: Floats
    uncalibrated: Floats


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """One way of training, tried on folds of labelled statements.

    By pattern, curated sentences like the tested wordings are left out too. Raises NotEnoughExamples where a fold
    teaches no statement of a label.
    """

    examples: Sequence[HeldOut]
    folds: Sequence[Fold]
    scheme: Scheme
    labels: Sequence[str]
    backbone: Backbone
    config: TrainingConfig
    on_progress: Callable[[Progress], None] = lambda progress: None

    def __post_init__(self) -> None:
        for number, fold in enumerate(self.folds, start=1):
            taught = {self.examples[at].example.label_index for at in fold.teach}
            for index, label in enumerate(self.labels):
                if index not in taught:
                    raise NotEnoughExamples(
                        f"Fold {number} teaches no {label} statement: ask for other folds, or label more."
                    )

    def tuned(self) -> list[Said]:
        """The encoder, trained anew for every fold."""
        said = []
        for number, fold in enumerate(self.folds):
            self.on_progress(Progress("fold", number, len(self.folds)))
            teach, stop = validating(self.examples, fold.teach, seed=self.config.seed)
            with tempfile.TemporaryDirectory(prefix="fold-") as scratch:
                trained = train(
                    self._examples(teach),
                    self._examples(stop),
                    labels=self.labels,
                    backbone=self.backbone,
                    config=self.config,
                    out_dir=Path(scratch),
                    untaught=self._untaught(fold),
                    on_progress=self.on_progress,
                )
                model = LoadedModel.load(trained.folder, self.backbone, sha256=trained.sha256)
            answers = ask(model, self._examples(fold.test))
            said.append(Said(fold.test, answers.scores, _sharpened(answers.scores, answers.temperature)))
        return said

    def baselines(self) -> Iterator[tuple[str, list[Said]]]:
        """Plain classifiers by name, with and, where the configuration has any, also beside curated sentences."""
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

    def figures(self, said: Sequence[Said], *, together: Sequence[int] = ()) -> dict[str, Any]:
        """The figures over all tested examples; intervals are over drugs, documents or, by pattern, wordings.

        `macro_f1_of_wordings` lets every wording count the same, however many statements it has. With `together`, a
        number for every example, the tested examples of one number are one: the mean of their probabilities counts.
        """
        order = [at for one in said for at in one.positions]
        scores = np.concatenate([one.scores for one in said])
        uncalibrated = np.concatenate([one.uncalibrated for one in said])
        if together:
            order, scores, uncalibrated = _as_one([together[at] for at in order], order, scores, uncalibrated)
        tested = [self.examples[at] for at in order]
        answers, before = self._answers(tested, scores), self._answers(tested, uncalibrated)
        sizes = Counter(one.example.statement.pattern for one in tested)
        by_wording = np.array([[1 / sizes[one.example.statement.pattern] for one in tested]])
        return {
            **summary(answers, with_curves=False),
            "macro_f1_of_wordings": float(macro_f1_of(answers)(by_wording)[0]),
            "intervals": intervals(answers, Resamples([self._clusters(one) for one in tested])),
            "coverage": coverage(answers),
            "calibration": {
                "before": reliability(before.scores, before),
                "after": reliability(answers.scores, answers),
            },
        }

    def _clusters(self, one: HeldOut) -> Clusters:
        if self.scheme == "drug":
            return one.clusters
        if self.scheme == "document":
            return (("document", one.document),)
        return (("wording", one.example.statement.pattern),)

    def _answers(self, tested: Sequence[HeldOut], scores: Floats) -> Answers:
        return Answers.of(
            self.labels,
            [one.example.statement.id for one in tested],
            [one.example.label_index for one in tested],
            scores.argmax(axis=1).tolist(),
            scores.tolist(),
        )

    def _examples(self, positions: Sequence[int]) -> list[Example]:
        return [self.examples[at].example for at in positions]

    def _curated(self, fold: Fold) -> list[Example]:
        like = [example.statement for example in self._examples(fold.teach)]
        share = self.config.curated_share
        taught, held_out = curated_examples(self.labels, share=share, like=like, unlike=self._untaught(fold))
        return [*taught, *held_out]

    def _untaught(self, fold: Fold) -> Collection[str]:
        if self.scheme != "pattern":
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


def _as_one(
    numbers: Sequence[int], order: Sequence[int], scores: Floats, uncalibrated: Floats
) -> tuple[list[int], Floats, Floats]:
    """The first position of every number, and the means of its rows."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(numbers):
        members[number].append(row)
    rows = list(members.values())
    means = [np.stack([matrix[places].mean(axis=0) for places in rows]) for matrix in (scores, uncalibrated)]
    return [order[places[0]] for places in rows], means[0], means[1]


def _sharpened(scores: Floats, temperature: float) -> Floats:
    """The probabilities before they were divided by the temperature: logits follow from them up to a constant."""
    powered = np.power(scores, temperature)
    return np.asarray(powered / powered.sum(axis=1, keepdims=True))
