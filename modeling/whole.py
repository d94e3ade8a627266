"""A network trained in full, as all its weights beside its configuration; an adapter would not hold what was learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import nn

FILE = "model.safetensors"


def save(network: nn.Module, folder: Path) -> None:
    """Every weight, byte for byte the same for the same weights, so that `from_pretrained` can read the folder too."""
    folder.mkdir(parents=True)
    config: Any = network.config
    config.save_pretrained(folder)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, folder / FILE, metadata={"format": "pt"})


def load(network: nn.Module, folder: Path) -> nn.Module:
    """The network with the stored weights in its own place, in evaluation mode."""
    network.load_state_dict(load_file(folder / FILE))
    return network.eval()
