from __future__ import annotations

from typing import get_args

import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
)

from modeling import adapters
from modeling.backbones import Backbone, resolve
from modeling.batching import padded
from modeling.config import Pooling, TrainingConfig
from modeling.networks.cls import build
from modeling.networks.packed import Packed

INPUTS = [[2, *range(5, 5 + n), 3] for n in (1, 1, 7, 7, 7, 50, 2, 7)]  # some equal lengths are neighbours


def plainly(network: torch.nn.Module, token_ids: list[list[int]]) -> torch.Tensor:
    inputs, mask = map(torch.from_numpy, padded(token_ids, pad_id=0))
    with torch.inference_mode():
        return network(input_ids=inputs, attention_mask=mask).logits  # type: ignore[no-any-return]


def packed(network: torch.nn.Module, token_ids: list[list[int]]) -> torch.Tensor:
    assert Packed.fits(network)
    with torch.inference_mode():
        return Packed(network)(token_ids)


@pytest.fixture(params=get_args(Pooling))
def network(backbone: Backbone, request: pytest.FixtureRequest) -> torch.nn.Module:
    return build(backbone, n_labels=3, pooling=request.param).network.eval()


def test_the_logits_are_the_networks_own(network: torch.nn.Module) -> None:
    torch.testing.assert_close(packed(network, INPUTS), plainly(network, INPUTS), atol=1e-5, rtol=1e-5)


def test_company_and_order_change_nothing(network: torch.nn.Module) -> None:
    together = packed(network, INPUTS)
    torch.testing.assert_close(together.flip(0), packed(network, INPUTS[::-1]), atol=1e-5, rtol=1e-5)
    for row, ids in zip(together, INPUTS, strict=True):
        torch.testing.assert_close(row, packed(network, [ids])[0], atol=1e-5, rtol=1e-5)


def test_every_token_counts_in_its_place(network: torch.nn.Module) -> None:
    swapped = [[2, 6, 5, *range(7, 12), 3]]
    assert not torch.allclose(packed(network, INPUTS[2:3]), packed(network, swapped), atol=1e-3)


def test_it_follows_the_networks_weights(network: torch.nn.Module) -> None:
    answer = Packed(network)
    with torch.inference_mode():
        before = answer(INPUTS)
        for parameter in network.parameters():
            parameter.mul_(1.1)
        torch.testing.assert_close(answer(INPUTS), plainly(network, INPUTS), atol=1e-5, rtol=1e-5)
        assert not torch.allclose(answer(INPUTS), before, atol=1e-3)


def test_an_adapter_has_to_be_merged_first(backbone: Backbone) -> None:
    wrapped = adapters.attach(build(backbone, n_labels=2), TrainingConfig(lora_dropout=0.0)).eval()
    with torch.no_grad():
        for name, parameter in wrapped.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.5)
    assert not Packed.fits(wrapped)
    assert not Packed.fits(wrapped.get_base_model())
    expected = plainly(wrapped, INPUTS)
    torch.testing.assert_close(packed(adapters.merge(wrapped), INPUTS), expected, atol=1e-4, rtol=1e-4)


def test_every_bias_counts(network: torch.nn.Module) -> None:
    """Those of keys and values too, which are left out or moved."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(std=0.5)
    torch.testing.assert_close(packed(network, INPUTS), plainly(network, INPUTS), atol=1e-5, rtol=1e-5)


def test_in_bfloat16_it_says_the_same_as_the_network_does(network: torch.nn.Module) -> None:
    full = plainly(network, INPUTS)
    half = packed(network.to(torch.bfloat16), INPUTS)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), full, atol=0.05, rtol=0.05)


def test_the_embedded_encoder_answers_within_a_ten_thousandth() -> None:
    for pooling in get_args(Pooling):
        network = build(resolve(""), n_labels=2, pooling=pooling).network.eval()
        inputs = [[101, *range(2000, 2000 + n), 102] for n in (3, 20, 20, 120)]
        torch.testing.assert_close(packed(network, inputs), plainly(network, inputs), atol=1e-4, rtol=0)


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
def test_each_activation_is_the_networks_own(activation: str) -> None:
    torch.manual_seed(0)
    shape = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = BertConfig(**shape, intermediate_size=64, hidden_act=activation, initializer_range=0.5)
    network = BertForSequenceClassification(config).eval()
    torch.testing.assert_close(packed(network, INPUTS), plainly(network, INPUTS), atol=1e-5, rtol=1e-5)


def test_another_kind_of_encoder_does_not_fit() -> None:
    config = DistilBertConfig(vocab_size=60, dim=32, n_layers=1, n_heads=2, hidden_dim=64)
    assert not Packed.fits(DistilBertForSequenceClassification(config))
