"""Plain classifiers on the same examples, to tell what the tuning of an encoder is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import nn

from modeling.backbones import Backbone
from modeling.batching import padded, token_budget_batches
from modeling.config import TrainingConfig
from modeling.encode import encode, load_tokenizer
from modeling.mentions import input_text
from modeling.networks.cls import build, mean_over
from modeling.records import Example, Statement

Floats = npt.NDArray[np.floating[Any]]


def tfidf(taught: Sequence[Example], asked: Sequence[Example], config: TrainingConfig, *, n_labels: int) -> Floats:
    """Class probabilities (asked, labels) by logistic regression on TF-IDF of words and pairs of words."""
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), regression())
    texts, labels, weights = _texts(taught, config), _labels(taught), _weights(taught)
    model.fit(texts, labels, logisticregression__sample_weight=weights)
    return spread(model.predict_proba(_texts(asked, config)), model.classes_, n_labels)


class FrozenVectors:
    """Logistic regression on the encoder's mean vectors, of length 1; each distinct input is encoded once."""

    def __init__(self, backbone: Backbone, config: TrainingConfig) -> None:
        network = build(backbone, n_labels=2, pooling="mean").network  # whose head is not asked
        self._encoder: Any = network.get_submodule(str(network.base_model_prefix)).eval()
        self._tokenizer = load_tokenizer(backbone.path)
        self._config = config
        self._known: dict[tuple[int, ...], Floats] = {}

    def __call__(self, taught: Sequence[Example], asked: Sequence[Example], *, n_labels: int) -> Floats:
        """Class probabilities (asked, labels)."""
        model = regression()
        model.fit(self.of(taught), _labels(taught), sample_weight=_weights(taught))
        return spread(model.predict_proba(self.of(asked)), model.classes_, n_labels)

    def of(self, examples: Sequence[Example]) -> Floats:
        """The vectors (examples, hidden)."""
        statements: list[Statement] = [example.statement for example in examples]
        config = self._config
        token_ids = encode(statements, self._tokenizer, mentions=config.mentions, max_tokens=config.max_tokens)
        fresh = [ids for ids in dict.fromkeys(map(tuple, token_ids)) if ids not in self._known]
        pad_id = int(getattr(self._encoder.config, "pad_token_id", None) or 0)
        with torch.inference_mode():
            for batch in token_budget_batches([len(ids) for ids in fresh]):
                inputs, mask = map(torch.from_numpy, padded([fresh[place] for place in batch], pad_id=pad_id))
                states = self._encoder(input_ids=inputs, attention_mask=mask).last_hidden_state
                vectors = nn.functional.normalize(mean_over(states, mask), dim=1)
                self._known.update(zip((fresh[place] for place in batch), vectors.numpy(), strict=True))
        return np.stack([self._known[tuple(ids)] for ids in token_ids])


def regression() -> LogisticRegression:
    """Logistic regression in which every label counts the same."""
    return LogisticRegression(C=10, class_weight="balanced", max_iter=5_000)


def _texts(examples: Sequence[Example], config: TrainingConfig) -> list[str]:
    return [input_text(example.statement, config.mentions)[0] for example in examples]


def _labels(examples: Sequence[Example]) -> list[int]:
    return [example.label_index for example in examples]


def _weights(examples: Sequence[Example]) -> list[float]:
    return [example.weight for example in examples]


def spread(probabilities: Floats, classes: npt.NDArray[np.int64], n_labels: int) -> Floats:
    """Columns for every label; one that was never taught has probability 0."""
    columns = np.zeros((len(probabilities), n_labels))
    columns[:, classes] = probabilities
    return columns
