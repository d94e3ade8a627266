"""What a network is corrected by: for each example, how surprising the true labels were."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from modeling.config import ContradictoryConfig, TrainingConfig


def none_of(config: TrainingConfig, unrelated: int | None) -> int | None:
    """The label of a pair without a type, where each type is learnt by itself; None where one label of all is.

    `unrelated` is the label that says so, in a task that has one. Raises ContradictoryConfig where it is wanted.
    """
    if config.loss == "softmax":
        return None
    if unrelated is None:
        raise ContradictoryConfig(
            'loss is "multi_label" but no label says that a pair is unrelated: set loss to "softmax", or learn such a '
            "label too."
        )
    return unrelated


def surprise(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the one true label: logits (batch, labels), label indexes (batch,); returns (batch,)."""
    return cross_entropy(logits.float(), labels, reduction="none")


def surprise_by_type(logits: Tensor, types: Tensor, *, unrelated: int) -> Tensor:
    """Binary cross-entropy of each relation type by itself, summed over the types: returns (batch,).

    logits: (batch, labels); types: (batch, labels), 1 where the pair has the type. The column of `unrelated` counts for
    nothing: a pair is unrelated where it has none of the others.
    """
    each = binary_cross_entropy_with_logits(logits.float(), types, reduction="none")  # (batch, labels)
    each[:, unrelated] = 0.0
    return each.sum(dim=1)


def types_of(labels: list[tuple[int, ...]], *, n_labels: int) -> Tensor:
    """(batch, labels), 1 for each label that an example has."""
    types = torch.zeros(len(labels), n_labels)
    for row, of_example in enumerate(labels):
        types[row, list(of_example)] = 1.0
    return types
