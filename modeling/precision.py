"""Which number format answers fastest on this machine without changing what is answered."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn

from modeling import curated
from modeling.forward import logits_of
from modeling.inputs import encode_with_places
from modeling.records import Input, Span, Statement

BFLOAT16_INSTRUCTIONS = ("amx_bf16", "avx512_bf16")
PROBES = 200
"""Sentences of the probe: enough that a format which changes more labels than `SAFE_SHARE` allows is found out."""
LONGEST = 512  # tokens, more than any of them has
SAFE_SHARE = 0.995
"""Least share of the probe's labels that have to be float32's own."""


def can_bfloat16(device: torch.device | str | None = None, capabilities: Mapping[str, Any] | None = None) -> bool:
    """Whether this GPU, or this CPU, has instructions for bfloat16; without a `device` the GPU if there is one.

    `capabilities` are the CPU's own unless given.
    """
    kind = torch.device(device).type if device else "cuda" if torch.cuda.is_available() else "cpu"
    if kind != "cpu":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities = torch.cpu.get_capabilities() if capabilities is None else capabilities
    return any(capabilities.get(name) for name in BFLOAT16_INSTRUCTIONS)


def slow_with_fused_attention() -> bool:
    """Whether bfloat16 is trained faster with attention product by product than with torch's fused kernel.

    So it is on a CPU, where the kernel's way back takes longer than all the matrices of its layer.
    """
    return not torch.cuda.is_available() and can_bfloat16()


def fastest_safe_dtype(
    network: nn.Module,
    tokenizer: Tokenizer,
    *,
    pad_id: int,
    device: torch.device | str = "cpu",
    capabilities: Mapping[str, Any] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> torch.dtype:
    """bfloat16 where the device has instructions for it, is faster with them and gives float32's labels, else float32.

    Both formats answer two hundred of the project's curated sentences on the device that the network will run on.
    Without the instructions bfloat16 is emulated and several times slower, so nothing is asked. The network itself
    stays as and where it is. Costs two copies of it at most, one at a time, and a second or two.
    """
    if not can_bfloat16(device, capabilities):
        return torch.float32
    inputs = [_for_network(network, one) for one in _probes(tokenizer)]
    (full_seconds, full), (half_seconds, half) = (
        _answers(_copy_on(device, network, dtype), inputs, pad_id, clock) for dtype in (torch.float32, torch.bfloat16)
    )
    is_safe = np.isfinite(half).all() and (half.argmax(1) == full.argmax(1)).mean() >= SAFE_SHARE
    return torch.bfloat16 if half_seconds < full_seconds and is_safe else torch.float32


def _copy_on(device: torch.device | str, network: nn.Module, dtype: torch.dtype) -> nn.Module:
    return copy.deepcopy(network).to(device=device, dtype=dtype)


def _for_network(network: nn.Module, one: Input) -> Input:
    """The input without what the network does not read, and with no further mentions where it asks for kinds."""
    kinds = (0,) * len(one.ids) if getattr(network, "reads_kinds", False) else None
    return Input(one.ids, one.places if getattr(network, "reads_places", False) else None, kinds)


def _probes(tokenizer: Tokenizer) -> list[Input]:
    """Curated sentences of all kinds as the network reads masked ones."""
    sentences = curated.sentences()
    patterns = [one.pattern for one in sentences[:: len(sentences) // PROBES][:PROBES]]
    unsaid = Span(0, 0)  # masked, a statement is read from its pattern alone
    statements = [Statement(id=0, text="", pattern=pattern, head=unsaid, tail=unsaid) for pattern in patterns]
    return encode_with_places(statements, tokenizer, mentions="masked", max_tokens=LONGEST)


def _answers(
    network: nn.Module, inputs: list[Input], pad_id: int, clock: Callable[[], float]
) -> tuple[float, npt.NDArray[np.float32]]:
    """Seconds and logits of one pass, after a short one to warm up."""
    device = next(network.parameters()).device
    logits_of(network, inputs[:16], pad_id=pad_id)
    _finish(device)
    start = clock()
    logits = logits_of(network, inputs, pad_id=pad_id)
    _finish(device)
    return clock() - start, logits


def _finish(device: torch.device) -> None:
    """Wait until the device has done what it was told: a GPU works on after the call that told it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
