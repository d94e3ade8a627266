"""A merged model as an ONNX graph, and the same graph with its weights rounded to 8 bits.

The graph is fused for onnxruntime (attention, layer norms and activations become one operator each), which alone
makes it faster than the network it came from; so it runs in onnxruntime and not in every ONNX reader.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.quant_utils import add_pre_process_metadata
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn
from transformers import PreTrainedModel

from modeling.batching import arrays_of
from modeling.networks.arguments import arguments_of
from modeling.records import Input, Places
from modeling.serving import Graph
from modeling.sharing import twin

OPSET = 17
BATCH = 16  # inputs compared at a time
LIMIT = 1e-4
"""Largest difference of any logit that still counts as the same model."""


class GraphDiffers(ArithmeticError):
    """The exported graph does not answer as the network it was made from."""


SIZES = {
    "input_ids": {0: "rows", 1: "tokens"},
    "attention_mask": {0: "rows", 1: "tokens"},
    "kinds": {0: "rows", 1: "tokens"},
    "sentences": {0: "inputs"},
    "places": {0: "inputs"},
    "logits": {0: "inputs"},
}
"""Which sizes of each input and of the output are open. Rows are inputs, or sentences where `sentences` says whose."""


class _Logits(nn.Module):
    """The network with tensors alone at both ends, the first ones in the order of `names`: the form that is traced."""

    def __init__(self, network: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, *arguments: Tensor) -> Tensor:
        logits: Tensor = self.network(**dict(zip(self.names, arguments, strict=True))).logits
        return logits


def write_graph(network: nn.Module, path: Path) -> dict[str, int]:
    """Write a merged float32 network on the CPU as a fused graph; returns how many operators of each kind it fused.

    Inputs as `arguments_of` makes them, of any size; output `logits`, (inputs, labels). The graph does not check that
    each mention has a token: whoever reads statements does.
    """
    arguments = arguments_of(_examples_for(network), pad_id=0)
    names = list(arguments)
    traced = _Logits(twin(network), names).eval()  # evaluation mode of the outermost module decides about dropout
    for module in traced.modules():
        if isinstance(module, PreTrainedModel):
            module.set_attn_implementation("eager")  # the one form that the fusion recognises
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about tracing, and about the tracing exporter's age: `difference` decides
        torch.onnx.export(
            traced,
            tuple(arguments.values()),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: SIZES[name] for name in (*names, "logits")},
        )
    config = next(
        module.config
        for module in traced.modules()
        if isinstance(module, PreTrainedModel) and hasattr(module.config, "num_attention_heads")
    )
    fused = optimize_model(
        str(path),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
    )
    fused.save_model_to_file(str(path))
    return {name: n for name, n in fused.get_fused_operator_statistics().items() if n}


def _examples_for(network: nn.Module) -> list[Input]:
    """Two sentences of unlike length, the first with two pairs of mentions, as far as this network reads those."""
    kinds = (0, 1, 0, 0, 2, 0, 0, 0) if getattr(network, "reads_kinds", False) else None
    long = Input((1,) * 8, Places(1, 2, 4, 5), kinds)
    inputs = [long, long._replace(places=Places(4, 5, 1, 2)), Input((1,) * 5, Places(1, 2, 3, 4), kinds and kinds[:5])]
    return inputs if getattr(network, "reads_places", False) else [one._replace(places=None) for one in inputs[::2]]


def quantise(source: Path, target: Path) -> None:
    """The graph with its matrices as 8-bit integers, one scale a column; activations are rounded as they come.

    Convolutions stay as they are: onnxruntime has no 8-bit ones of this kind on a CPU.
    """
    graph = onnx.load(source)
    add_pre_process_metadata(graph)  # it is fused: there is nothing left to prepare, and no need to be told so
    quantize_dynamic(
        graph,
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in graph.graph.node if node.op_type == "Conv"],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # fused operators hide their outputs' type
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Largest difference of any logit between graph and network, over `inputs` inputs.

    `padded`: in batches of mixed lengths; `unpadded`: in batches of one length each, without any padding.
    """

    padded: float
    unpadded: float
    inputs: int

    def to_json(self) -> dict[str, Any]:
        """As stored in the manifest, with the limit it was held against."""
        return {"padded": self.padded, "unpadded": self.unpadded, "inputs": self.inputs, "limit": LIMIT}


def difference(network: nn.Module, graph: Graph, inputs: Sequence[Input], *, pad_id: int) -> Difference:
    """How far the graph's logits lie from the network's on real inputs. Raises GraphDiffers above LIMIT, and on NaN.

    Each padded batch holds one of its inputs cut short too: so there is padding even if all are equally long.
    """
    by_length = sorted(inputs, key=_length)
    alike = [batch for _, group in groupby(by_length, key=_length) for batch in _batches(list(group))]
    mixed = [[*batch, _cut_short(batch[0])] for batch in _batches(inputs)]
    unpadded, with_padding = (
        float(np.max([_gap(network, graph, batch, pad_id) for batch in batches])) for batches in (alike, mixed)
    )
    if not (unpadded <= LIMIT and with_padding <= LIMIT):
        raise GraphDiffers(
            f"The exported graph's logits differ from the model's by up to {unpadded:.2g} without and "
            f"{with_padding:.2g} with padding where {LIMIT} is allowed, so nothing was written: report it with the "
            "backbone's name."
        )
    return Difference(with_padding, unpadded, len(inputs))


def _length(one: Input) -> int:
    return len(one.ids)


def _cut_short(one: Input) -> Input:
    """The first half of an input, and what more its mentions need."""
    n = max(len(one.ids) // 2, *(one.places or (1,)))
    return Input(one.ids[:n], one.places, one.kinds and one.kinds[:n])


def _batches(inputs: Sequence[Input]) -> list[Sequence[Input]]:
    return [inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH)]


def _gap(network: nn.Module, graph: Graph, batch: Sequence[Input], pad_id: int) -> float:
    with torch.inference_mode():
        theirs = network(**arguments_of(batch, pad_id=pad_id)).logits.numpy()
    return float(np.abs(graph(**arrays_of(batch, pad_id=pad_id)) - theirs).max())
