"""Two models side by side, against answers worked out by hand and by scipy."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support

from review.versus import Chance, beside, mcnemar_exact, wilson

# gold, this, other: 20 statements. This has 8 + 6 right, the other 7 + 7.
CELLS = {
    ("a", "a", "a"): 6, ("a", "a", "b"): 2, ("a", "b", "a"): 1, ("a", "b", "b"): 1,
    ("b", "b", "b"): 5, ("b", "b", "a"): 1, ("b", "a", "b"): 2, ("b", "a", "a"): 2,
}  # fmt: skip
LABELS = ["a", "b"]


def test_figures_are_those_of_the_hand_count() -> None:
    found = beside(CELLS, LABELS)
    assert found.n == 20
    assert (found.accuracy.this, found.accuracy.other) == (14 / 20, 14 / 20)
    first = found.classes[0]
    assert first.n == 10
    # This says a 12 times, 8 of them right; the other 10 times, 7 right.
    assert (first.precision.this, first.precision.other) == (pytest.approx(8 / 12), 0.7)
    assert (first.recall.this, first.recall.other) == (0.8, 0.7)
    assert (first.f1.this, first.f1.other) == (pytest.approx(16 / 22), 0.7)
    assert first.f1.difference == pytest.approx(16 / 22 - 0.7)
    assert found.chance == Chance(3, 3, 1.0)


def test_figures_agree_with_scikit_learn() -> None:
    gold, this, other = zip(*(cell for cell, n in CELLS.items() for _ in range(n)), strict=True)
    found = beside(CELLS, LABELS)
    for said, side in ((this, "this"), (other, "other")):
        precision, recall, f1, _ = precision_recall_fscore_support(gold, said, labels=LABELS)
        for place, one in enumerate(found.classes):
            measured = [getattr(getattr(one, name), side) for name in ("precision", "recall", "f1")]
            assert measured == pytest.approx([precision[place], recall[place], f1[place]])
        assert getattr(found.macro_f1, side) == pytest.approx(f1.mean())


def test_intervals_hold_the_figure_and_are_the_same_each_time() -> None:
    found = beside(CELLS, LABELS)
    assert found == beside(CELLS, LABELS)
    for figure in (found.accuracy, found.macro_f1, *(one.f1 for one in found.classes)):
        for value, interval in (
            (figure.this, figure.this_interval),
            (figure.other, figure.other_interval),
            (figure.difference, figure.difference_interval),
        ):
            assert value is not None
            assert interval is not None
            assert interval[0] < value < interval[1]
    hundredfold = beside({cell: 100 * n for cell, n in CELLS.items()}, LABELS)
    wide, narrow = found.accuracy.this_interval, hundredfold.accuracy.this_interval
    assert wide is not None
    assert narrow is not None
    assert (narrow[1] - narrow[0]) * 5 < wide[1] - wide[0]


def test_the_bootstrap_is_near_the_normal_interval_of_a_share() -> None:
    found = beside({("a", "a", "a"): 800, ("a", "b", "a"): 200}, LABELS)
    interval = found.accuracy.this_interval
    assert interval is not None
    half = 1.96 * (0.8 * 0.2 / 1000) ** 0.5
    assert interval == (pytest.approx(0.8 - half, abs=0.004), pytest.approx(0.8 + half, abs=0.004))
    assert found.accuracy.other_interval == (1.0, 1.0)


def test_a_class_nobody_met_has_no_recall() -> None:
    found = beside({("a", "a", "a"): 3}, LABELS)
    missing = found.classes[1]
    assert (missing.n, missing.recall.this, missing.precision.other, missing.f1.this) == (0, None, None, 0.0)
    assert missing.recall.difference is None
    assert missing.recall.this_interval is None


def test_nothing_to_count_gives_no_figures() -> None:
    found = beside({}, LABELS)
    assert (found.n, found.accuracy.this, found.macro_f1.other, found.classes[0].f1.this) == (0, None, None, None)
    assert found.chance == Chance(0, 0, 1.0)


def test_the_confusion_is_a_difference_of_counts() -> None:
    rows = dict(beside(CELLS, LABELS).confusion)
    assert [(one.this, one.other, one.difference) for one in rows["a"]] == [(8, 7, 1), (2, 3, -1)]
    assert [(one.this, one.other, one.difference) for one in rows["b"]] == [(4, 3, 1), (6, 7, -1)]


@pytest.mark.parametrize(("only_this", "only_other"), [(0, 0), (1, 0), (5, 1), (3, 3), (12, 4), (0, 9), (400, 340)])
def test_mcnemar_is_the_binomial_test(only_this: int, only_other: int) -> None:
    n = only_this + only_other
    expected = binomtest(only_this, n).pvalue if n else 1.0
    assert mcnemar_exact(only_this, only_other) == pytest.approx(expected)


def test_mcnemar_by_hand() -> None:
    assert mcnemar_exact(5, 1) == pytest.approx(2 * (1 + 6) / 64)
    assert Chance(9, 0, 2 / 512).p == "= 0.004"
    assert Chance(20, 0, 2 / 2**20).p == "< 0.001"


def test_wilson_by_hand() -> None:
    # 8 of 10 (Wilson 1927): 0.490 to 0.943.
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert wilson(0, 0) is None
