"""Which statement each order asks about next, on figures small enough to check by eye."""

from __future__ import annotations

import random

import numpy as np

from ddi_site.simulation.strategies import (
    ORDERS,
    Asked,
    doubt_and_novelty,
    least_confident,
    pattern_turns,
    smallest_margin,
)

PROBABILITIES = np.array([[0.50, 0.45, 0.05], [0.40, 0.30, 0.30], [0.98, 0.01, 0.01], [0.60, 0.20, 0.20]])
PATTERNS = ["a", "b", "c", "d"]


def asked(
    probabilities: np.ndarray = PROBABILITIES, patterns: list[str] = PATTERNS, answered: tuple[int, ...] = ()
) -> Asked:
    unanswered = [at for at in range(len(probabilities)) if at not in answered]
    sentences = [f"sentence {at}" for at in range(len(probabilities))]
    return Asked(unanswered, probabilities, patterns, sentences, answered, random.Random(5))


def test_the_least_confident_comes_first() -> None:
    assert list(least_confident(asked())) == [1, 0, 3, 2]


def test_the_smallest_margin_comes_first() -> None:
    assert list(smallest_margin(asked())) == [0, 1, 3, 2]


def test_the_queues_order_puts_a_pattern_that_was_answered_behind_a_new_one() -> None:
    alike = np.array([[0.55, 0.45], [0.55, 0.45], [0.56, 0.44], [0.55, 0.45]])
    assert list(doubt_and_novelty(asked(alike, ["a", "a", "b", "c"]))) == [0, 3, 2, 1]
    assert list(doubt_and_novelty(asked(alike, ["a", "a", "b", "c"], answered=(0,)))) == [3, 2, 1]


def test_every_order_asks_about_each_statement_once() -> None:
    for order in ORDERS.values():
        assert sorted(order(asked())) == [0, 1, 2, 3]


def test_before_anything_is_known_every_order_is_the_same_chance() -> None:
    nothing = np.full((8, 3), 1 / 3)
    orders = {tuple(order(asked(nothing, list("abcdefgh")))) for order in ORDERS.values()}
    assert len(orders) == 1
    assert sorted(orders.pop()) == list(range(8))


def turns(patterns: list[str], truth: list[int]) -> list[tuple[dict[int, int], int]]:
    pool = range(len(patterns))
    return list(pattern_turns(pool, patterns, dict(enumerate(truth)), random.Random(5)))


def test_the_largest_pattern_comes_first_and_costs_its_spot_checks() -> None:
    (large, large_cost), (small, small_cost) = turns(["s"] * 3 + ["l"] * 400, [1] * 3 + [0] * 400)
    assert (large, large_cost) == (dict.fromkeys(range(3, 403), 0), 1 + 8)  # 2 % of 400
    assert (small, small_cost) == ({0: 1, 1: 1, 2: 1}, 1 + 2)  # all but the one of five at least


def test_a_spot_check_that_contradicts_leaves_only_its_own_answers() -> None:
    truth = [0, 1] * 100
    ((answers, cost),) = turns(["mixed"] * 200, truth)
    assert cost == 1 + 5
    assert len(answers) == 5
    assert all(truth[at] == label for at, label in answers.items())
