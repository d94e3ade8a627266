"""An exported graph in the place of a network, so that whatever asks a network can ask it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.serving import Graph


class OnnxNetwork(nn.Module):
    """What the network takes that the graph was made from, to logits (inputs, labels), by onnxruntime on the CPU."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.place = nn.Parameter(torch.empty(0), requires_grad=False)  # says where its inputs have to be

    def forward(self, **arguments: Tensor) -> SequenceClassifierOutput:
        """The logits as a tensor; nothing can be learnt through them."""
        logits = self.graph(**{name: argument.numpy() for name, argument in arguments.items()})
        return SequenceClassifierOutput(logits=torch.from_numpy(logits))
