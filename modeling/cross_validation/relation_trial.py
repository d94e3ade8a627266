"""What a way of training relations is worth: taught on some documents, scored on others as the shared tasks score."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.cross_validation.folds import Fold, drawn
from modeling.cross_validation.kept import Trained, kept_or, name_of
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.relations import scored
from modeling.inference import LoadedModel
from modeling.records import Example, Progress, Scored
from modeling.relation_scores import RelationScores, micro_intervals
from modeling.training import train

Floats = npt.NDArray[np.floating[Any]]


class DocumentsShared(ValueError):
    """A document that teaches is tested too, so the figures would be of what was learnt by heart."""


@dataclass(frozen=True, slots=True)
class RelationTrial:
    """Labelled pairs of documents, and how a network is taught them.

    `unrelated` is the label of a pair without a relation; `keep` the folder of trainings that are done, if any.
    """

    pairs: Sequence[HeldOut]
    labels: Sequence[str]
    unrelated: int
    backbone: Backbone
    config: TrainingConfig
    keep: Path | None = None
    on_progress: Callable[[Progress], None] = lambda progress: None

    def train(self, fold: Fold, validate: Collection[int], *, seed: int) -> Trained:
        """Teach the fold's pairs but those that `validate`, which decide when to stop, and ask about the tested.

        Raises DocumentsShared, UnreadableTraining, and what `train` raises.
        """
        self._check(fold)
        config = replace(self.config, seed=seed)
        taught = [self.pairs[at].example for at in fold.teach if at not in validate]
        validation = [self.pairs[at].example for at in fold.teach if at in validate]
        tested = [self.pairs[at].example for at in fold.test]
        name = name_of(config, self.backbone, self.labels, taught, validation, tested)
        return kept_or(self.keep, name, lambda unfinished: self._train(config, taught, validation, tested, unfinished))

    def _train(
        self,
        config: TrainingConfig,
        taught: list[Example],
        validation: list[Example],
        tested: list[Example],
        unfinished: Path | None,
    ) -> Trained:
        with tempfile.TemporaryDirectory(prefix="relations-") as scratch:
            trained = train(
                taught,
                validation,
                labels=self.labels,
                backbone=self.backbone,
                config=config,
                out_dir=Path(scratch),
                unrelated=self.unrelated,
                unfinished=unfinished,
                on_progress=self.on_progress,
            )
            model = LoadedModel.load(trained.folder, self.backbone, sha256=trained.sha256)
        self.on_progress(Progress("test", 0, len(tested)))
        said = model.answer([one.statement for one in tested])
        return Trained(
            scores=np.asarray([one.scores for one in said], dtype=np.float64),
            seed=config.seed,
            seconds=trained.seconds,
            epochs=len(trained.history),
            best_epoch=trained.best_epoch,
            peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        )

    def score(self, tested: Sequence[int], scores: Floats) -> RelationScores:
        """Precision, recall and F1 of the types said of each tested pair; scores: (tested, labels)."""
        pairs = [self.pairs[at] for at in tested]
        said = [
            {self.labels[label] for label in Scored.of(pair.example.statement.id, tuple(row)).label_indexes}
            for pair, row in zip(pairs, scores.tolist(), strict=True)
        ]
        return scored(pairs, said, self.labels, self.labels[self.unrelated])

    def _check(self, fold: Fold) -> None:
        taught = [self.pairs[at] for at in fold.teach]
        documents = {pair.document for pair in taught}
        texts = {pair.example.statement.text for pair in taught}
        for at in fold.test:
            pair = self.pairs[at]
            if pair.document in documents or pair.example.statement.text in texts:
                raise DocumentsShared(
                    f"Document {pair.document} of {pair.corpus} tests and also teaches, itself or a sentence of it: "
                    "leave one of the two corpora out."
                )


def described(scores: RelationScores) -> dict[str, Any]:
    """The figures as JSON values, with the intervals over documents."""
    return scores.as_dict() | {"intervals": micro_intervals(scores)}


def held_out_where(pairs: Sequence[HeldOut], is_tested: Callable[[HeldOut], bool]) -> Fold:
    """The pairs that are tested, and the others to teach but for those whose document or sentence is tested too.

    Corpora hold the same documents, and abstracts repeat one another's sentences, which would be tested by heart.
    """
    test = tuple(at for at, pair in enumerate(pairs) if is_tested(pair))
    not_taught = {*test, *sharing(pairs, test)}
    return Fold(tuple(at for at in range(len(pairs)) if at not in not_taught), test)


def sharing(pairs: Sequence[HeldOut], test: Sequence[int]) -> Iterator[int]:
    """The pairs that are not tested, but whose document, in whichever corpus, or whose sentence is."""
    tested = set(test)
    documents = {pairs[at].document for at in test}
    texts = {pairs[at].example.statement.text for at in test}
    for at, pair in enumerate(pairs):
        if at not in tested and (pair.document in documents or pair.example.statement.text in texts):
            yield at


def folds_by_document(pairs: Sequence[HeldOut], *, n: int, seed: int) -> list[Fold]:
    """`n` folds, decided by a hash of `seed` and the document's id, in whichever corpus it stands."""
    return [
        held_out_where(pairs, lambda pair, number=number: drawn(seed, pair.document, n) == number)  # type: ignore[misc]
        for number in range(n)
    ]
