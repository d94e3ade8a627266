"""The starting point a trained model is compared with: the first paper's "pretrained" column (its Tables 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import set_seed

from modeling.config import TrainingConfig
from modeling.encode import load_tokenizer
from modeling.inference import LoadedModel
from modeling.networks.building import build
from modeling.sharing import SharedBackbone


def untrained(shared: SharedBackbone, *, labels: Sequence[str], config: TrainingConfig) -> LoadedModel:
    """The network that a training with this configuration begins with: a classifier drawn from its seed.

    It reads its input as the trained model does, in 32 bits, and is not calibrated. Reads the backbone, and then
    stands on what is shared of it.
    """
    backbone = shared.backbone
    set_seed(config.seed)
    made = build(backbone, n_labels=len(labels), architecture=config.architecture, pooling=config.pooling)
    network = shared.adopt(made.network.eval())
    encoder: Any = network.base_model
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return LoadedModel(
        network=shared.placed(network, device=device, dtype=torch.float32),
        tokenizer=load_tokenizer(backbone.path),
        labels=tuple(labels),
        config=config,
        temperature=1.0,
        pad_id=int(getattr(encoder.config, "pad_token_id", None) or 0),
    )
