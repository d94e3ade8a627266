"""The network that a configuration asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from modeling.backbones import Backbone
from modeling.config import Architecture, Pooling
from modeling.networks import cls, on_encoder
from modeling.networks.cls import Classifier
from modeling.networks.pair_reader import PairReader
from modeling.networks.rbert_cnn import ModelOne, RBertCnn

ON_ENCODER: Mapping[Architecture, type[on_encoder.OnEncoder]] = MappingProxyType(
    {"cls_dense": ModelOne, "rbert_cnn": RBertCnn, "pair_reader": PairReader}
)


def build(
    backbone: Backbone,
    *,
    n_labels: int,
    architecture: Architecture = "cls",
    pooling: Pooling = "cls",
    dropout: float = 0.5,
) -> Classifier:
    """The backbone's encoder with a fresh head; `pooling` belongs to "cls", `dropout` to the others.

    Raises BackboneIncomplete or BackboneUnreadable.
    """
    if architecture == "cls":
        return cls.build(backbone, n_labels=n_labels, pooling=pooling)
    return on_encoder.build(backbone, ON_ENCODER[architecture], n_labels=n_labels, dropout=dropout)
