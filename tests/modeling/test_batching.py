from __future__ import annotations

import random

from modeling.batching import padded, token_budget_batches


def test_every_position_is_in_exactly_one_batch() -> None:
    lengths = [random.Random(0).randint(1, 60) for _ in range(500)]
    batches = token_budget_batches(lengths, budget=256)
    assert sorted(position for batch in batches for position in batch) == list(range(500))


def test_no_batch_holds_more_padded_tokens_than_the_budget() -> None:
    lengths = [random.Random(1).randint(1, 60) for _ in range(500)]
    for batch in token_budget_batches(lengths, budget=256):
        assert len(batch) * max(lengths[position] for position in batch) <= 256


def test_an_input_longer_than_the_budget_stands_alone() -> None:
    assert token_budget_batches([5, 300, 5], budget=256) == [[1], [0, 2]]


def test_equal_lengths_keep_their_order() -> None:
    assert token_budget_batches([4, 4, 4, 4], budget=8) == [[0, 1], [2, 3]]


def test_nothing_gives_no_batch() -> None:
    assert token_budget_batches([]) == []


def test_padding_stands_on_the_right_and_outside_the_mask() -> None:
    inputs, mask = padded([[7, 8, 9], [5]], pad_id=3)
    assert inputs.tolist() == [[7, 8, 9], [5, 3, 3]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
