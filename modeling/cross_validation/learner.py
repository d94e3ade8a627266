"""A learner quick enough to be taught again after every few answers, to try queue orders on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from modeling.backbones import Backbone
from modeling.cross_validation.baselines import Floats, FrozenVectors, regression, spread
from modeling.cross_validation.folds import Fold, Scheme, folds_of
from modeling.evaluation.held_out import HeldOut
from modeling.metrics import macro_f1
from modeling.presets import PRESETS


class Learner:
    """Logistic regression on the encoder's frozen vectors of labelled examples; each is encoded once."""

    def __init__(self, examples: Sequence[HeldOut], labels: Sequence[str], backbone: Backbone) -> None:
        self.examples = examples
        self.labels = tuple(labels)
        self.truth = np.array([one.example.label_index for one in examples])
        self.patterns = [one.example.statement.pattern for one in examples]
        self.sentences = [one.example.statement.text for one in examples]
        self.vectors = FrozenVectors(backbone, PRESETS["default"]).of([one.example for one in examples])

    def split(self, scheme: Scheme, *, seed: int) -> Fold:
        """The examples people are asked about teach, a fifth tests: nothing is shared between, not even a sentence."""
        return folds_of(self.examples, scheme, n=5, seed=seed)[0]

    def probabilities(self, taught: Mapping[int, int]) -> Floats:
        """Class probabilities (examples, labels) of every example after these answers: position → label index.

        Equal for all classes as long as fewer than two were met.
        """
        met = sorted(set(taught.values()))
        if len(met) < 2:
            return np.full((len(self.examples), len(self.labels)), 1 / len(self.labels))
        model = regression()
        model.fit(self.vectors[list(taught)], list(taught.values()))
        return spread(model.predict_proba(self.vectors), model.classes_, len(self.labels))

    def score(self, probabilities: Floats, tested: Sequence[int]) -> tuple[float, float]:
        """Macro-F1 and accuracy on these examples, both 0 to 1."""
        said = probabilities[list(tested)].argmax(axis=1)
        true = self.truth[list(tested)]
        return macro_f1(true.tolist(), said.tolist(), n_labels=len(self.labels)), float((said == true).mean())
