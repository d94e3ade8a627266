"""Running a network over many inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from modeling.batching import padded, token_budget_batches


class Stopped(Exception):
    """The caller asked to stop before everything was computed."""


def logits_for(
    network: nn.Module,
    token_ids: Sequence[Sequence[int]],
    *,
    pad_id: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> npt.NDArray[np.float32]:
    """Logits (inputs, labels) in the order of the inputs, computed in batches of like length.

    The network must be in evaluation mode and is run where its parameters are. `should_stop` is asked before
    each batch; a yes raises Stopped.
    """
    device = next(network.parameters()).device
    rows: list[npt.NDArray[np.float32] | None] = [None] * len(token_ids)
    with torch.inference_mode():
        for batch in token_budget_batches([len(ids) for ids in token_ids]):
            if should_stop():
                raise Stopped
            inputs, mask = padded([token_ids[position] for position in batch], pad_id=pad_id)
            output = network(
                input_ids=torch.from_numpy(inputs).to(device),
                attention_mask=torch.from_numpy(mask).to(device),
            )
            for position, row in zip(batch, output.logits.float().cpu().numpy(), strict=True):
                rows[position] = row
    return np.stack([row for row in rows if row is not None])
