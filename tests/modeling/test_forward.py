from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from modeling.backbones import Backbone
from modeling.batching import CORE_TOKEN_BUDGET
from modeling.forward import Answering, Stopped, logits_for
from modeling.networks.cls import build
from modeling.records import Input

INPUTS = [[2, *range(5, 5 + n), 3] for n in (1, 30, 7, 50, 2, 19)]


@pytest.fixture
def network(backbone: Backbone) -> nn.Module:
    return build(backbone, n_labels=2).network.eval()


def distilbert() -> nn.Module:
    torch.manual_seed(0)
    config = DistilBertConfig(vocab_size=60, dim=32, n_layers=1, n_heads=2, hidden_dim=64, num_labels=2)
    return DistilBertForSequenceClassification(config).eval()


def test_logits_come_back_in_the_order_of_the_inputs(network: nn.Module) -> None:
    together = logits_for(network, INPUTS * 20, pad_id=0)
    assert together.shape == (120, 2)
    assert together.dtype == np.float32
    for row, ids in zip(together[:6], INPUTS, strict=True):
        np.testing.assert_allclose(row, logits_for(network, [ids], pad_id=0)[0], atol=1e-5)


def test_an_encoder_that_cannot_be_packed_is_padded() -> None:
    network = distilbert()
    together = logits_for(network, INPUTS, pad_id=0)
    for row, ids in zip(together, INPUTS, strict=True):
        np.testing.assert_allclose(row, logits_for(network, [ids], pad_id=0)[0], atol=1e-5)


def test_nothing_asked_is_nothing_answered(network: nn.Module) -> None:
    assert logits_for(network, [], pad_id=0).size == 0


def test_a_wish_to_stop_is_heard_between_batches(network: nn.Module) -> None:
    asked = iter([False, True])
    with pytest.raises(Stopped):
        logits_for(network, [[2, *[7] * 60, 3]] * 200, pad_id=0, should_stop=lambda: next(asked))


def test_batches_not_begun_are_dropped_when_the_block_ends(network: nn.Module) -> None:
    with Answering(network, pad_id=0) as answering:
        asked = answering.ask([Input((2, *[7] * 60, 3))] * 4_000)
    assert not any(answer.running() for answer in asked.answers)
    assert asked.answers[-1].cancelled()


def test_what_a_batch_raised_is_raised_to_the_asker(network: nn.Module) -> None:
    with pytest.raises(IndexError):
        logits_for(network, [[2, 10_000, 3]], pad_id=0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_each_core_has_its_own_batch_and_others_keep_their_threads(n: int) -> None:
    seen: list[tuple[int, int]] = []
    meeting = threading.Barrier(n)
    network = distilbert()
    forward = network.forward

    def noting(*args: Any, **kwargs: Any) -> Any:
        meeting.wait(timeout=30)  # passes only where as many batches are computed at once
        seen.append((threading.get_ident(), torch.get_num_threads()))
        return forward(*args, **kwargs)

    network.forward = noting
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        logits_for(network, [[2, *[7] * 62, 3]] * (CORE_TOKEN_BUDGET // 64) * n, pad_id=0)
        assert len({thread for thread, _ in seen}) == n
        assert {threads for _, threads in seen} == {1}
        later: list[int] = []
        another = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
        another.start()
        another.join()
        assert [torch.get_num_threads(), *later] == [n, n]
    finally:
        torch.set_num_threads(before)
