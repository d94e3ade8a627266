"""What there is to know of a trained adapter: measured, never assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from peft import PeftModel
from torch import nn

from modeling.adapters import trainable_parameters
from modeling.forward import logits_of
from modeling.records import Input
from modeling.sharing import merged_copy, twin

MOST_PROBED = 256
WEIGHTS = ("adapter/adapter_model.safetensors", "network/model.safetensors")
"""What was trained: an adapter with the network's head, or the network in full."""
GOAL_BYTES = 10_000_000


def measure(model: nn.Module, inputs: Sequence[Input], *, pad_id: int) -> dict[str, Any]:
    """The manifest's entry "adapter": how many parameters were trained, and what merging changes.

    `inputs` are real ones, of which the first 256 are asked of the network with the adapter beside its weights and
    with the adapter folded in; `merge.max_difference` is the largest difference of any logit. A network trained in
    full has nothing to merge and is asked nothing. The model stays as it is and must be in evaluation mode.
    """
    if not isinstance(model, PeftModel):
        return {"parameters": trainable_parameters(model), "merge": {"max_difference": 0.0, "inputs": 0}}
    probed = list(inputs[:MOST_PROBED])
    beside = twin(model)
    apart = logits_of(beside.get_base_model(), probed, pad_id=pad_id)
    folded = logits_of(merged_copy(beside), probed, pad_id=pad_id)
    return {
        "parameters": trainable_parameters(model),
        "merge": {"max_difference": float(np.abs(apart - folded).max()), "inputs": len(probed)},
    }


def described(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A sealed model's adapter as plain facts by name, for the registry, the page and the command that trained it."""
    adapter, backbone = manifest["adapter"], manifest["backbone"]
    n_bytes = sum(manifest["files"][name]["bytes"] for name in WEIGHTS if name in manifest["files"])
    is_adapter = manifest["config"].get("tuning") != "full"
    goal = {"adapter_bytes_goal": GOAL_BYTES, "adapter_bytes_goal_met": n_bytes < GOAL_BYTES} if is_adapter else {}
    return {
        "backbone": backbone["name"],
        "backbone_revision": backbone["revision"],
        "backbone_sha256": backbone["sha256"],
        "tokenizer_sha256": backbone["tokenizer_sha256"],
        **{f"{part}_parameters": n for part, n in adapter["parameters"].items()},
        "adapter_bytes": n_bytes,
        **goal,
        "merge_max_difference": adapter["merge"]["max_difference"],
        "merge_inputs": adapter["merge"]["inputs"],
    }
