"""The stopping estimates, against figures worked out by hand."""

from __future__ import annotations

from math import log

import pytest

from review.stopping import MORE, POINT, gain_by_rounds, narrowing_by_audit


def on_the_curve(*answers: int, a: float = 0.5, b: float = 0.05) -> list[tuple[int, float]]:
    return [(n, a + b * log(1 + n)) for n in answers]


def test_the_gain_is_what_the_curve_adds() -> None:
    gain = gain_by_rounds(on_the_curve(0, 60, 200))
    assert gain is not None
    assert gain.n_rounds == 3
    assert gain.of_more == pytest.approx(0.05 * log(241 / 201))
    # 40 / (e^0.2 - 1) = 180.67, and 200 answers are past it.
    assert (gain.of_more < POINT, gain.until_flat) == (True, 0)


def test_it_says_after_how_many_more_the_curve_is_flat() -> None:
    gain = gain_by_rounds(on_the_curve(0, 20, 60))
    assert gain is not None
    assert gain.of_more > POINT
    assert gain.until_flat == 120  # 179.67 - 60, rounded up
    later = 60 + gain.until_flat
    assert 0.05 * log((1 + later + MORE) / (1 + later)) < POINT < 0.05 * log((later + MORE) / later)


def test_a_falling_score_promises_nothing() -> None:
    gain = gain_by_rounds([(0, 0.9), (50, 0.88), (100, 0.86)])
    assert gain is not None
    assert gain.of_more < 0
    assert gain.until_flat == 0
    level = gain_by_rounds([(0, 0.9), (50, 0.9), (100, 0.9)])
    assert level is not None
    assert (level.of_more, level.until_flat) == (0.0, 0)


@pytest.mark.parametrize("points", [[], [(0, 0.5), (40, 0.6)], [(0, 0.5), (40, 0.6), (40, 0.61), (40, 0.7)]])
def test_two_different_numbers_of_answers_are_too_few(points: list[tuple[int, float]]) -> None:
    assert gain_by_rounds(points) is None


def test_more_audited_answers_narrow_the_interval() -> None:
    found = narrowing_by_audit(8, 10)
    assert found is not None
    assert (found.n, found.accuracy) == (10, 0.8)
    assert found.interval == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    # 40 of 50: 0.6696 to 0.8876.
    assert found.by_more == pytest.approx(((0.9433 - 0.4902) - (0.8876 - 0.6696)) / 2, abs=2e-4)
    many = narrowing_by_audit(4_500, 5_000)
    assert many is not None
    assert many.by_more < POINT
    assert narrowing_by_audit(0, 0) is None
