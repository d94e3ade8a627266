"""Taking back what balanced teaching makes of the labels' shares.

A network taught each label equally often answers as if each were equally likely: the second paper's sampler costs it
its precision (0.43 at recall 0.80, Table III). By Bayes' rule its log-odds are right again once each label's are moved
by the logarithm of its true share over its taught one (Saerens et al. 2002, section 2.2).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


def correct_prior(network: nn.Module, labels: Sequence[int], weights: Sequence[float]) -> None:
    """Move the classifier's bias, (labels,), from equal shares to those of the examples (label indexes and weights).

    In place. `network` ends in a linear layer named "classifier", wrapped by an adapter or not; every label has an
    example.
    """
    last = classifier_of(network)
    totals = torch.zeros(last.out_features, dtype=torch.float64)
    totals.index_add_(0, torch.tensor(labels), torch.tensor(weights, dtype=torch.float64))
    moved = torch.log(totals / totals.sum() * len(totals))
    with torch.no_grad():
        last.bias.add_(moved.to(last.bias))


def classifier_of(network: nn.Module) -> nn.Linear:
    """The trained last layer: PEFT keeps the one it started from beside it, which does not learn."""
    found = [
        module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and "classifier" in name.split(".") and module.bias.requires_grad
    ]
    return found[-1]
