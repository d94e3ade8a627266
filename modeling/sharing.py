"""One encoder in memory for any number of trained models."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn

from modeling import adapters, whole
from modeling.backbones import Backbone
from modeling.config import Architecture, Pooling
from modeling.networks.building import build

Network = TypeVar("Network", bound=nn.Module)


class SharedBackbone:
    """An encoder read once, from which each adapter's merged model takes every tensor that the adapter leaves alone.

    A model costs the memory of its own matrices: the adapted projections and the parts trained in full. All else is
    one storage for all of them, on each device and in each number format in use. Merging never writes into it.
    """

    def __init__(self, backbone: Backbone) -> None:
        self.backbone = backbone
        self._networks: dict[tuple[int, Architecture, Pooling], nn.Module] = {}
        self._moved: dict[tuple[int, torch.device, torch.dtype], Tensor] = {}

    def merged(
        self, adapter: Path, *, n_labels: int, architecture: Architecture = "cls", pooling: Pooling = "cls"
    ) -> nn.Module:
        """The network with the stored adapter folded in, on the CPU in float32 and in evaluation mode.

        Reads the backbone for the first model of each number of labels, architecture and pooling. Raises what `build`
        raises.
        """
        return merged_copy(adapters.load(twin(self._network(n_labels, architecture, pooling)), adapter))

    def trained_in_full(
        self, weights: Path, *, n_labels: int, architecture: Architecture = "cls", pooling: Pooling = "cls"
    ) -> nn.Module:
        """The network with the stored weights, which are all its own, as `merged` gives it. Reads the backbone."""
        made = build(self.backbone, n_labels=n_labels, architecture=architecture, pooling=pooling)
        return whole.load(made.network, weights)

    def placed(self, network: nn.Module, *, device: torch.device | str, dtype: torch.dtype) -> nn.Module:
        """A network of `merged`, moved and cast; what it shares is moved and cast once for all networks."""
        shared = {tensor.data_ptr() for _, tensor in _named_tensors(*self._networks.values())}
        for module in network.modules():
            for name, parameter in module.named_parameters(recurse=False):
                moved = self._place(parameter.detach(), shared, torch.device(device), dtype)
                setattr(module, name, nn.Parameter(moved, requires_grad=False))
            for name, buffer in module.named_buffers(recurse=False):
                setattr(module, name, self._place(buffer, shared, torch.device(device), dtype))
        return network

    def _place(self, tensor: Tensor, shared: set[int], device: torch.device, dtype: torch.dtype) -> Tensor:
        dtype = dtype if tensor.is_floating_point() else tensor.dtype
        if tensor.data_ptr() not in shared:
            return tensor.to(device=device, dtype=dtype)
        key = (tensor.data_ptr(), device, dtype)
        if key not in self._moved:
            self._moved[key] = tensor.to(device=device, dtype=dtype)
        return self._moved[key]

    def adopt(self, network: nn.Module) -> nn.Module:
        """A float32 network on the CPU, made to stand on this encoder wherever its tensors are equal to it."""
        held = dict(_named_tensors(*self._networks.values()))
        for name, tensor in _named_tensors(network):
            if name in held and torch.equal(tensor, held[name]):
                tensor.data = held[name].data
        return network

    def _network(self, n_labels: int, architecture: Architecture, pooling: Pooling) -> nn.Module:
        """The encoder below an untrained head of this many labels; every such network stands on one encoder."""
        key = (n_labels, architecture, pooling)
        if key not in self._networks:
            made = build(self.backbone, n_labels=n_labels, architecture=architecture, pooling=pooling)
            self._networks[key] = self.adopt(made.network.eval())
        return self._networks[key]


def twin(network: Network) -> Network:
    """A copy of the network's structure over the very same storage: no tensor is copied, none learns."""
    known: dict[int, object] = {
        id(parameter): nn.Parameter(parameter.detach(), requires_grad=False) for parameter in network.parameters()
    }
    known |= {id(buffer): buffer.detach() for buffer in network.buffers()}
    return copy.deepcopy(network, known)


def merged_copy(model: PeftModel) -> nn.Module:
    """The plain network with the adapter folded into copies of the adapted weights; `model` is used up.

    PEFT adds to the weights where they lie, which would change every other network that stands on them.
    """
    for module in model.modules():
        if isinstance(module, LoraLayer):
            base: nn.Linear = cast(Any, module).get_base_layer()
            base.weight = nn.Parameter(base.weight.detach().clone(), requires_grad=False)
    return adapters.merge(model)


def _named_tensors(*networks: nn.Module) -> Iterator[tuple[str, Tensor]]:
    for network in networks:
        yield from network.named_parameters()
        yield from network.named_buffers()
