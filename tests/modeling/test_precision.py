from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from modeling.backbones import Backbone
from modeling.networks.cls import build
from modeling.precision import fastest_safe_dtype


def taking(times: dict[torch.dtype, float]) -> Callable[[nn.Module], float]:
    return lambda network: times[next(network.parameters()).dtype]


def never(network: nn.Module) -> float:
    raise AssertionError("probed a machine that only emulates bfloat16")


@pytest.mark.parametrize(("half", "expected"), [(0.5, torch.bfloat16), (2.0, torch.float32)])
def test_bfloat16_only_where_the_probe_is_faster(backbone: Backbone, half: float, expected: torch.dtype) -> None:
    network = build(backbone, n_labels=2).network.eval()
    times = taking({torch.float32: 1.0, torch.bfloat16: half})
    assert fastest_safe_dtype(network, capabilities={"amx_bf16": True}, seconds=times) == expected
    assert next(network.parameters()).dtype == torch.float32, "the probe changed the network itself"


def test_machine_without_the_instructions_is_not_even_probed(backbone: Backbone) -> None:
    network = build(backbone, n_labels=2).network
    without = {"amx_bf16": False, "avx512_bf16": False}
    assert fastest_safe_dtype(network, capabilities=without, seconds=never) == torch.float32


def test_this_machine_gives_an_answer_of_the_two(backbone: Backbone) -> None:
    network = build(backbone, n_labels=2).network.eval()
    assert fastest_safe_dtype(network) in (torch.float32, torch.bfloat16)
    assert fastest_safe_dtype(network, capabilities={"amx_bf16": True}) in (torch.float32, torch.bfloat16)
