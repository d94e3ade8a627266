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


def can_bfloat16() -> bool:
    """Whether the GPU, or the CPU where there is none, has instructions for bfloat16."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in BFLOAT16_INSTRUCTIONS)


def fastest_safe_dtype(
    network: nn.Module,
    tokenizer: Tokenizer,
    *,
    pad_id: int,
    capabilities: Mapping[str, Any] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> torch.dtype:
    """bfloat16 where this CPU has instructions for it, is faster with them and gives float32's labels, else float32.

    Both formats answer two hundred of the project's curated sentences. Without the instructions bfloat16 is emulated
    and several times slower, so nothing is asked. Costs a copy of the network and a second or two.
    """
    capabilities = torch.cpu.get_capabilities() if capabilities is None else capabilities
    if not any(capabilities.get(name) for name in BFLOAT16_INSTRUCTIONS):
        return torch.float32
    inputs = [_for_network(network, one) for one in _probes(tokenizer)]
    full_seconds, full = _answers(network, inputs, pad_id, clock)
    half_seconds, half = _answers(copy.deepcopy(network).to(torch.bfloat16), inputs, pad_id, clock)
    is_safe = np.isfinite(half).all() and (half.argmax(1) == full.argmax(1)).mean() >= SAFE_SHARE
    return torch.bfloat16 if half_seconds < full_seconds and is_safe else torch.float32


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
    logits_of(network, inputs[:16], pad_id=pad_id)
    start = clock()
    logits = logits_of(network, inputs, pad_id=pad_id)
    return clock() - start, logits
