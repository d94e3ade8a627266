from __future__ import annotations

from collections import Counter

from ledger.balance import balanced

CLASSES = ("synergistic", "antagonistic")
ROWS = (
    [(f"s{n}", "train", "synergistic") for n in range(40)]
    + [(f"a{n}", "train", "antagonistic") for n in range(25)]
    + [(f"t{n}", "test", "synergistic") for n in range(7)]
    + [("u", "train", "undetermined")]
)


def test_every_group_keeps_as_many_of_each_class() -> None:
    kept = balanced(ROWS, classes=CLASSES, seed=0)
    assert Counter((group, label) for key, group, label in ROWS if key in kept) == {
        ("train", "synergistic"): 25,
        ("train", "antagonistic"): 25,
        ("train", "undetermined"): 1,
    }


def test_the_seed_alone_tells_which_stay() -> None:
    assert balanced(ROWS, classes=CLASSES, seed=1) == balanced(ROWS[::-1], classes=CLASSES, seed=1)
    assert balanced(ROWS, classes=CLASSES, seed=1) != balanced(ROWS, classes=CLASSES, seed=2)


def test_a_row_more_of_the_smaller_class_brings_one_back_and_moves_no_other() -> None:
    before = balanced(ROWS, classes=CLASSES, seed=3)
    after = balanced([*ROWS, ("a25", "train", "antagonistic")], classes=CLASSES, seed=3)
    assert before < after
    assert len(after) == len(before) + 2
