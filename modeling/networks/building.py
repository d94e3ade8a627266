"""The network that a configuration asks for."""

from __future__ import annotations

from modeling.backbones import Backbone
from modeling.config import Architecture, Pooling
from modeling.networks import cls, rbert_cnn
from modeling.networks.cls import Classifier


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
    network = rbert_cnn.ModelOne if architecture == "cls_dense" else rbert_cnn.RBertCnn
    return rbert_cnn.build(backbone, network, n_labels=n_labels, dropout=dropout)
