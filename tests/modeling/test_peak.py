"""Operations counted by hand for a network small enough to, and products that are really timed."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import BertConfig, BertForSequenceClassification

from modeling import peak
from modeling.peak import SHAPES, peak_operations_per_second, useful_operations

SMALL = BertConfig(
    vocab_size=32, hidden_size=4, num_hidden_layers=2, num_attention_heads=2, intermediate_size=6,
    max_position_embeddings=16,
)  # fmt: skip


def test_operations_of_a_small_encoder_by_hand() -> None:
    """Width 4, 6 in the middle, two layers, an input of 3 tokens.

    A layer's matrices, one token: four of 4 x 4 and two of 4 x 6 are 112 numbers, 224 operations; 672 for the three.
    Attention: each token is multiplied with each of 3 (2 x 4 operations) and the sum of 3 taken (2 x 4): 48, 144 in
    all. A layer is 816.
    """
    assert useful_operations(SMALL, [3], first_token_only=False) == 2 * 816 == 1_632


def test_the_last_layer_owes_the_first_token_alone_where_the_head_reads_no_other() -> None:
    """One token's matrices, 224; two heads that ask each of 3 tokens' 4 numbers and sum them up: 2 x 3 x 16, 96."""
    assert useful_operations(SMALL, [3], first_token_only=True) == 816 + 224 + 96 == 1_136


def test_inputs_are_counted_one_by_one_so_padding_counts_nothing() -> None:
    lengths = [3, 5, 5, 1]
    alone = [useful_operations(SMALL, [n], first_token_only=False) for n in lengths]
    assert useful_operations(SMALL, lengths, first_token_only=False) == sum(alone)
    assert useful_operations(SMALL, [], first_token_only=False) == 0
    assert alone[1] == 2 * (5 * 224 + 5 * 5 * 16) == 3_040


def test_the_count_is_what_torch_itself_counts_of_the_network() -> None:
    """Torch counts the products that it is asked for: those of the encoder, and of the pooler and the classifier."""
    network = BertForSequenceClassification(SMALL).eval()
    network.set_attn_implementation("eager")  # in products, which are counted: the fused kernel's are not
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(input_ids=torch.ones(1, 5, dtype=torch.long))
    head = 2 * 4 * 4 + 2 * 4 * 2
    assert counter.get_total_flops() - head == useful_operations(SMALL, [5], first_token_only=False)


def test_every_shape_is_timed_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "OPERATIONS_TIMED", 1e7)
    threads = torch.get_num_threads()
    found = peak_operations_per_second()
    assert len(found) == 2 * len(SHAPES)
    assert {name.split(", ")[1] for name in found} == {"cores together", "each core its own"}
    assert "2048 x 2048 x 2048, cores together" in found
    assert all(rate > 0 for rate in found.values())
    assert torch.get_num_threads() == threads


def test_what_is_timed_is_as_many_products_as_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which every product takes a second, a rate is the operations of a product."""
    seconds = 0.0

    def counted(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        nonlocal seconds
        seconds += 1
        return left

    monkeypatch.setattr(peak, "linear", counted)
    monkeypatch.setattr(peak, "OPERATIONS_TIMED", 1e10)
    monkeypatch.setattr("modeling.peak.time.perf_counter", lambda: seconds)
    found = peak_operations_per_second()
    for rows, inner, outer in SHAPES:
        for way in ("cores together", "each core its own"):
            assert found[f"{rows} x {inner} x {outer}, {way}"] == pytest.approx(2 * rows * inner * outer)
