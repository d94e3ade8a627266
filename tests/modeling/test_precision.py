from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from torch import nn

from modeling import curated, precision
from modeling.backbones import Backbone
from modeling.encode import load_tokenizer
from modeling.forward import logits_of
from modeling.inputs import encode_with_places
from modeling.networks.cls import build
from modeling.precision import can_bfloat16, fastest_safe_dtype, remembered_dtype, slow_with_fused_attention
from modeling.records import Span, Statement

AMX = {"amx_bf16": True}


@pytest.fixture
def network(backbone: Backbone) -> nn.Module:
    return build(backbone, n_labels=2).network.eval()


@pytest.fixture
def tokenizer(backbone: Backbone) -> Tokenizer:
    return load_tokenizer(backbone.path)


def clock(full: float, half: float) -> Callable[[], float]:
    """A clock by which float32, asked first of the two, takes `full` seconds each time and bfloat16 `half`."""
    return timed(itertools.cycle([full, half]))


def timed(passes: Iterable[float]) -> Callable[[], float]:
    """A clock by which the passes take so many seconds, one after another."""
    times = itertools.accumulate(itertools.chain.from_iterable((0.0, seconds) for seconds in passes))
    return lambda: next(times)


def never() -> float:
    raise AssertionError("probed a machine that only emulates bfloat16")


@pytest.mark.parametrize(("half", "expected"), [(0.5, torch.bfloat16), (0.95, torch.float32), (2.0, torch.float32)])
def test_bfloat16_only_where_the_probe_is_clearly_faster(
    network: nn.Module, tokenizer: Tokenizer, half: float, expected: torch.dtype
) -> None:
    with torch.no_grad():
        network.get_parameter("classifier.bias").copy_(torch.tensor([1.0, -1.0]))  # so that no label is a near thing
    found = fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=AMX, clock=clock(1.0, half))
    assert found == expected
    assert next(network.parameters()).dtype == torch.float32, "the probe changed the network itself"


@pytest.mark.parametrize(
    ("passes", "expected"),
    [((1.0, 0.5, 1.0, 9.0, 9.0, 9.0), torch.bfloat16), ((9.0, 0.95, 1.0, 9.0, 1.0, 9.0), torch.float32)],
)
def test_a_pass_that_something_else_held_up_does_not_count(
    network: nn.Module, tokenizer: Tokenizer, passes: tuple[float, ...], expected: torch.dtype
) -> None:
    with torch.no_grad():
        network.get_parameter("classifier.bias").copy_(torch.tensor([1.0, -1.0]))
    assert fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=AMX, clock=timed(passes)) == expected


def test_bfloat16_is_refused_where_it_changes_labels(network: nn.Module, tokenizer: Tokenizer) -> None:
    """An offset far above what bfloat16 can add to without losing it all: every second label of float32 is lost."""
    unsaid = Span(0, 0)
    wordings = [Statement(0, "", one.pattern, unsaid, unsaid) for one in curated.sentences()[::20]]
    inputs = encode_with_places(wordings, tokenizer, mentions="masked", max_tokens=512)
    first, second = logits_of(network, inputs, pad_id=0).T
    with torch.no_grad():
        offset = torch.tensor([1_000.0, 1_000.0 + float(np.median(first - second))])
        network.get_parameter("classifier.bias").copy_(offset)
    assert fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=AMX, clock=clock(1.0, 0.5)) == torch.float32


def test_bfloat16_is_refused_where_it_gives_no_number(network: nn.Module, tokenizer: Tokenizer) -> None:
    with torch.no_grad():
        network.get_parameter("classifier.bias").copy_(torch.tensor([3.4e38, 0.0]))  # infinite once it is rounded
    assert fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=AMX, clock=clock(1.0, 0.5)) == torch.float32


def test_machine_without_the_instructions_is_not_even_probed(network: nn.Module, tokenizer: Tokenizer) -> None:
    without = {"amx_bf16": False, "avx512_bf16": False}
    assert fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=without, clock=never) == torch.float32


def test_this_machine_gives_an_answer_of_the_two(network: nn.Module, tokenizer: Tokenizer) -> None:
    for capabilities in (None, AMX):
        found = fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=capabilities)
        assert found in (torch.float32, torch.bfloat16)


def test_a_gpu_is_probed_by_its_own_abilities_and_not_by_the_processors(
    network: nn.Module, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: including_emulation)
    assert can_bfloat16("cpu", AMX)
    assert not can_bfloat16("cuda", AMX), "only by emulation, which is slower"
    found = fastest_safe_dtype(network, tokenizer, pad_id=0, device="cuda:0", capabilities=AMX, clock=never)
    assert found == torch.float32


def test_the_probe_leaves_the_network_where_it_was(network: nn.Module, tokenizer: Tokenizer) -> None:
    before = {name: part.clone() for name, part in network.named_parameters()}
    fastest_safe_dtype(network, tokenizer, pad_id=0, capabilities=AMX, clock=clock(1.0, 0.5))
    for name, part in network.named_parameters():
        assert (part.device.type, part.dtype) == ("cpu", torch.float32)
        assert torch.equal(part, before[name])


def test_what_was_found_of_a_model_is_kept_however_the_machine_is_busy_later(
    network: nn.Module, tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(artifact: str) -> torch.dtype:
        return remembered_dtype(
            network, tokenizer, artifact=artifact, folder=tmp_path / "probes", pad_id=0, device="cpu"
        )  # fmt: skip

    found = iter([torch.bfloat16, torch.float32])
    monkeypatch.setattr(precision, "fastest_safe_dtype", lambda *_, **__: next(found))
    assert [asked(one) for one in ("a", "b", "a", "b")] == [
        torch.bfloat16, torch.float32, torch.bfloat16, torch.float32,
    ]  # fmt: skip
    assert len(list((tmp_path / "probes").iterdir())) == 2, "a draft was left"


def test_of_two_processes_that_probe_at_once_the_first_to_end_is_believed(
    network: nn.Module, tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how: dict[str, Any] = {"artifact": "a", "folder": tmp_path, "pad_id": 0, "device": "cpu"}

    def slowly(*_: object, **__: object) -> torch.dtype:
        monkeypatch.setattr(precision, "fastest_safe_dtype", lambda *_, **__: torch.float32)
        assert remembered_dtype(network, tokenizer, **how) == torch.float32  # the other process, meanwhile
        return torch.bfloat16

    monkeypatch.setattr(precision, "fastest_safe_dtype", slowly)
    assert remembered_dtype(network, tokenizer, **how) == torch.float32


@pytest.mark.parametrize(("bfloat16", "gpu", "slow"), [(True, False, True), (False, False, False), (True, True, False)])
def test_only_bfloat16_on_a_processor_is_trained_without_the_fused_kernel(
    monkeypatch: pytest.MonkeyPatch, bfloat16: bool, gpu: bool, slow: bool
) -> None:
    monkeypatch.setattr(precision, "can_bfloat16", lambda: bfloat16)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    assert slow_with_fused_attention() is slow
