"""The order in which training examples are drawn."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from modeling.sampling import LEAST_BATCH, BalancedSampler, TogetherSampler, examples_a_step

LENGTHS = [2 + number % 9 for number in range(100)]
LABELS = [int(number >= 90) + int(number >= 98) for number in range(100)]  # 90, 8 and 2 of the three


def sampler(seed: int = 1) -> BalancedSampler:
    return BalancedSampler(LENGTHS, LABELS, [1.0] * 100, batch_size=8, seed=seed)


def test_an_epoch_draws_as_many_rows_as_there_are() -> None:
    assert len(sampler()) == len(list(sampler())) == 100


def test_every_label_comes_as_often_however_many_rows_it_has() -> None:
    drawing = sampler()
    counts = Counter(LABELS[at] for _ in range(60) for at in drawing)
    # 6,000 draws of which each label expects 2,000, with a standard deviation of 37
    assert all(abs(counts[label] - 2_000) < 5 * 37 for label in range(3))


def test_within_a_label_the_weights_decide() -> None:
    drawing = BalancedSampler([1, 1, 1], [0, 0, 1], [1.0, 3.0, 1.0], batch_size=2, seed=1)
    counts = Counter(at for _ in range(2_000) for at in drawing)
    assert abs(counts[0] / (counts[0] + counts[1]) - 0.25) < 0.05


def test_the_same_seed_draws_the_same_and_the_next_epoch_anew() -> None:
    first, second = sampler(5), sampler(5)
    one, two = list(first), list(first)
    assert (one, two) == (list(second), list(second))
    assert one != two
    assert one != list(sampler(6))


def test_rows_of_like_length_stand_together() -> None:
    steps = sum(abs(one - other) for one, other in pairwise(LENGTHS[at] for at in sampler()))
    assert steps < sum(abs(one - other) for one, other in pairwise(LENGTHS)) / 2


GROUPS = [[3 * number, 3 * number + 1, 3 * number + 2] for number in range(400)]


def in_order(seed: int) -> TogetherSampler:
    return TogetherSampler(GROUPS, [2 + number % 9 for number in range(400)], batch_size=30, seed=seed)


def test_the_rows_of_a_sentence_stand_next_to_each_other_and_each_comes_once() -> None:
    rows = list(in_order(1))
    assert len(in_order(1)) == len(rows) == 1_200
    assert sorted([rows[at : at + 3] for at in range(0, 1_200, 3)]) == GROUPS


def test_no_batch_mixes_the_longest_with_the_shortest() -> None:
    """Long sentences have more pairs, so a batch holds few of them; many short ones beside one would be padding."""
    lengths = [5 + number % 200 for number in range(5_000)]
    groups: list[list[int]] = []
    for length in lengths:
        start = groups[-1][-1] + 1 if groups else 0
        groups.append(list(range(start, start + 1 + length // 20)))
    sentence = [number for number, group in enumerate(groups) for _ in group]
    rows = list(TogetherSampler(groups, lengths, batch_size=31, seed=1))
    assert sorted(rows) == list(range(len(sentence)))
    batches = [{sentence[row] for row in rows[start : start + 31]} for start in range(0, len(rows), 31)]
    assert max(len(batch) * max(lengths[one] for one in batch) for batch in batches) < 1_500  # mixed ones: over 4,000


def test_sentences_of_like_length_stand_together_in_an_order_of_the_seed() -> None:
    drawing = in_order(1)
    first, second = list(drawing), list(drawing)
    assert first != second
    assert first == list(in_order(1)) != list(in_order(2))
    lengths = [2 + row // 3 % 9 for row in first[::3]]
    assert sum(abs(one - other) for one, other in pairwise(lengths)) < 400  # in any order about 1,200


def test_an_epoch_draws_the_same_where_another_process_drew_those_before() -> None:
    for make in (sampler, in_order):
        whole, late = make(5), make(5)
        epochs = [list(whole) for _ in range(3)]
        late.set_epoch(2)
        assert list(late) == epochs[2]
        late.set_epoch(2)
        assert list(late) != epochs[2], "nothing is drawn twice"


@pytest.mark.parametrize(
    ("n_examples", "read"),
    [(40_000, 96), (7_200, 96), (7_125, 95), (3_000, 40), (1_000, LEAST_BATCH), (3, LEAST_BATCH)],
)
def test_few_examples_are_read_in_smaller_batches(n_examples: int, read: int) -> None:
    assert examples_a_step(n_examples, at_most=96, least_steps=75) == read


def test_no_step_reads_more_than_asked() -> None:
    assert examples_a_step(1_000, at_most=8, least_steps=75) == 8
    assert examples_a_step(7_200, at_most=32, least_steps=1) == 32
