"""Which number format answers fastest on this machine without changing what is answered."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
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
PASSES = 3
"""Times that each format answers the probe, in turns; its fastest pass counts."""
GAIN = 1.1
"""How many times as fast as float32 bfloat16 has to be: less is as likely the noise of a busy machine."""
SAFE_SHARE = 0.995
"""Least share of the probe's labels that have to be float32's own."""
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


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

    So it is on a CPU: the kernel's backward pass in bfloat16 is slow there. Seen with the embedded encoder on inputs of
    up to 256 tokens and AVX-512's instructions; in float32 the kernel is the faster one.
    """
    return not torch.cuda.is_available() and can_bfloat16()


def remembered_dtype(
    network: nn.Module, tokenizer: Tokenizer, *, artifact: str, folder: Path, pad_id: int, device: torch.device | str
) -> torch.dtype:
    """What `fastest_safe_dtype` found when the model of this hash was first asked for on a device like this one.

    `folder` remembers it, for every process of the machine: two formats that are about as fast must not take turns, or
    the same statement would get other scores from one run to the next.
    """
    path = folder / f"{_occasion(artifact, torch.device(device))}.json"
    if not path.exists():
        found = fastest_safe_dtype(network, tokenizer, pad_id=pad_id, device=device)
        _write_first(path, json.dumps({"model": artifact, "number_format": name_of(found)}))
    return DTYPES[json.loads(path.read_text(encoding="utf-8"))["number_format"]]


def name_of(dtype: torch.dtype) -> str:
    """The format's name, such as "float32"."""
    return f"{dtype}".removeprefix("torch.")


def _occasion(artifact: str, device: torch.device) -> str:
    """A name for the model on this kind of device under this torch."""
    is_gpu = device.type == "cuda"
    kind = torch.cuda.get_device_name(device) if is_gpu else sorted(torch.cpu.get_capabilities().items())
    return hashlib.sha256(repr((artifact, device.type, kind, torch.__version__)).encode()).hexdigest()


def _write_first(path: Path, text: str) -> None:
    """The whole file in one step, unless another process was the first to write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", suffix=".draft") as draft:
        draft.write(text)
        draft.flush()
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)


def fastest_safe_dtype(
    network: nn.Module,
    tokenizer: Tokenizer,
    *,
    pad_id: int,
    device: torch.device | str = "cpu",
    capabilities: Mapping[str, Any] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> torch.dtype:
    """bfloat16 where the device has instructions for it, is clearly faster and gives float32's labels, else float32.

    Both formats answer two hundred of the project's curated sentences on the device that the network will run on.
    Without the instructions bfloat16 is emulated and several times slower, so nothing is asked. The network itself
    stays as and where it is. Costs a copy of it in each format, and a few seconds.
    """
    if not can_bfloat16(device, capabilities):
        return torch.float32
    inputs = [_for_network(network, one) for one in _probes(tokenizer)]
    copies = [copy.deepcopy(network).to(device=device, dtype=dtype) for dtype in DTYPES.values()]
    passes = [[_answers(one, inputs, pad_id, clock) for one in copies] for _ in range(PASSES)]
    full_seconds, half_seconds = (min(seconds for seconds, _ in one) for one in zip(*passes, strict=True))
    (_, full), (_, half) = passes[0]
    is_safe = np.isfinite(half).all() and (half.argmax(1) == full.argmax(1)).mean() >= SAFE_SHARE
    return torch.bfloat16 if half_seconds * GAIN < full_seconds and is_safe else torch.float32


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
