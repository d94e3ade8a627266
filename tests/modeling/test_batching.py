from __future__ import annotations

import random

from modeling.batching import arrays_of, batches_of, padded, token_budget_batches
from modeling.records import Input, Places


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


def test_pairs_of_a_sentence_are_never_parted_and_count_once() -> None:
    long = [Input((1,) * 6, Places(at, at + 1, 3, 4), (0,) * 6) for at in (1, 2, 4)]
    short = [Input((1,) * 3, Places(1, 2, 1, 2), (0,) * 3)]
    assert batches_of([long[0], *short, *long[1:]], budget=6) == [[0, 2, 3], [1]]
    assert batches_of([long[0], *short, *long[1:]], budget=12) == [[0, 2, 3, 1]]
    alone = [one._replace(kinds=None) for one in long]
    assert batches_of(alone, budget=6) == [[0], [1], [2]], "without kinds each is read by itself"


def test_arrays_are_whole_numbers_of_64_bits_whatever_is_read() -> None:
    one = Input((2, 5, 3), Places(0, 1, 1, 2), (0, 1, 0))
    arrays = arrays_of([one, one._replace(places=Places(1, 2, 0, 1))], pad_id=0, at_least=5)
    assert {name: array.shape for name, array in arrays.items()} == {
        "input_ids": (1, 5), "attention_mask": (1, 5), "kinds": (1, 5), "sentences": (2,), "places": (2, 4),
    }  # fmt: skip
    assert {str(array.dtype) for array in arrays.values()} == {"int64"}
