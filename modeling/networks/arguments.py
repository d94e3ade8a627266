"""Inputs as the tensors that a network is called with."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from modeling.batching import arrays_of
from modeling.records import Input


def arguments_of(inputs: Sequence[Input], *, pad_id: int, at_least: int = 0) -> dict[str, Tensor]:
    """What a network's `forward` takes for these inputs: `arrays_of` as tensors."""
    arrays = arrays_of(inputs, pad_id=pad_id, at_least=at_least)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}
