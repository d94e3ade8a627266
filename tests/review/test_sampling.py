"""A sample shows how different the many are, and is the same each time."""

from __future__ import annotations

from review.sampling import spread_sample

ROWS = [(number, "synergistic" if number % 10 else "antagonistic", "BM"[number % 2]) for number in range(1_000)]


def test_classes_take_turns_and_within_them_the_groups_do() -> None:
    sample = spread_sample(ROWS, 8, seed="one")
    drawn = [ROWS[key][1:] for key in sample]
    assert [label for label, _ in drawn] == ["synergistic", "antagonistic"] * 4
    assert {group for label, group in drawn if label == "synergistic"} == {"B", "M"}


def test_the_order_of_rows_makes_no_difference_and_the_seed_does() -> None:
    assert spread_sample(ROWS, 12, seed="one") == spread_sample(ROWS[::-1], 12, seed="one")
    assert spread_sample(ROWS, 12, seed="one") != spread_sample(ROWS, 12, seed="two")


def test_a_rare_class_gives_what_it_has() -> None:
    rows = [(1, "antagonistic", "B"), *((number, "synergistic", "M") for number in range(2, 40))]
    sample = spread_sample(rows, 12, seed="one")
    assert len(sample) == len(set(sample)) == 12
    assert 1 in sample


def test_few_are_all_drawn_and_none_is_nothing() -> None:
    assert sorted(spread_sample(ROWS[:3], 12, seed="one")) == [0, 1, 2]
    assert spread_sample([], 12, seed="one") == []
