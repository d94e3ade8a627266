"""The sampler that shows every label as often as any other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from modeling.fitting import BalancedSampler, Row, input_of, row_of
from modeling.records import Input, Places

ROWS = [
    Row(input_ids=[2, *[7] * (number % 9), 3], labels=int(number >= 90) + int(number >= 98), weights=1.0)
    for number in range(100)
]  # 90, 8 and 2 of the three labels


def drawn(sampler: BalancedSampler) -> list[int]:
    return list(sampler)


def test_an_epoch_draws_as_many_rows_as_there_are() -> None:
    assert len(BalancedSampler(ROWS, batch_size=8, seed=1)) == len(drawn(BalancedSampler(ROWS, batch_size=8, seed=1)))
    assert len(drawn(BalancedSampler(ROWS, batch_size=8, seed=1))) == 100


def test_every_label_comes_as_often_however_many_rows_it_has() -> None:
    sampler = BalancedSampler(ROWS, batch_size=8, seed=1)
    counts = Counter(ROWS[at]["labels"] for _ in range(60) for at in drawn(sampler))
    # 6,000 draws of which each label expects 2,000, with a standard deviation of 37
    assert all(abs(counts[label] - 2_000) < 5 * 37 for label in range(3))


def test_within_a_label_the_weights_decide() -> None:
    rows = [Row(input_ids=[1], labels=0, weights=weight) for weight in (1.0, 3.0)]
    rows += [Row(input_ids=[1], labels=1, weights=1.0)]
    sampler = BalancedSampler(rows, batch_size=2, seed=1)
    counts = Counter(at for _ in range(2_000) for at in drawn(sampler))
    assert abs(counts[0] / (counts[0] + counts[1]) - 0.25) < 0.05


def test_the_same_seed_draws_the_same_and_the_next_epoch_anew() -> None:
    first, second = (BalancedSampler(ROWS, batch_size=8, seed=5) for _ in range(2))
    one, two = drawn(first), drawn(first)
    assert (one, two) == (drawn(second), drawn(second))
    assert one != two
    assert one != drawn(BalancedSampler(ROWS, batch_size=8, seed=6))


def test_rows_of_like_length_stand_together() -> None:
    lengths = [len(ROWS[at]["input_ids"]) for at in drawn(BalancedSampler(ROWS, batch_size=8, seed=1))]
    steps = sum(abs(one - other) for one, other in pairwise(lengths))
    shuffled = sum(abs(one - other) for one, other in pairwise(len(row["input_ids"]) for row in ROWS))
    assert steps < shuffled / 2


def test_a_row_keeps_the_places_of_its_input() -> None:
    one = Input((1, 2, 3), Places(0, 1, 1, 2))
    assert input_of(row_of(one, label=1, weight=0.5)) == one
    assert "places" not in row_of(Input((1, 2)), label=0, weight=1.0)
