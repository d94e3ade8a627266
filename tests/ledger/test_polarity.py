"""The ±10 rule by hand."""

from __future__ import annotations

import pytest

from ledger.polarity import (
    FEW_LINES,
    LINES_DISAGREE,
    MEDIAN_CONTRADICTS,
    NO_LINE,
    NO_MAJORITY,
    ORDERS_CONTRADICT,
    SCORES_CONTRADICT,
    TOO_WEAK,
    Measurement,
    line_says,
    verdict,
)


def measured(line: str = "A375", forward: bool = True, **scores: float) -> Measurement:
    return Measurement(line, forward, tuple(scores.items()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({"loewe": 10.0}, "synergistic"),
        ({"loewe": 9.99}, TOO_WEAK),
        ({"loewe": -10.0}, "antagonistic"),
        ({"zip": 10, "bliss": 12, "loewe": 30, "hsa": 3}, "synergistic"),
        ({"zip": 2, "bliss": 3, "loewe": 30, "hsa": 12}, NO_MAJORITY),
        ({"zip": 11, "bliss": 12, "loewe": -10, "hsa": 12}, SCORES_CONTRADICT),
        ({"zip": -11, "bliss": -12, "loewe": 9, "hsa": -10}, "antagonistic"),
        ({}, TOO_WEAK),
    ],
)
def test_more_than_half_of_the_scores_must_reach_ten_and_none_the_opposite(scores: dict[str, float], said: str) -> None:
    assert line_says([measured(**scores)]) == said


def test_repeats_count_as_their_median() -> None:
    assert line_says([measured(zip=50), measured(zip=2), measured(zip=4)]) == TOO_WEAK
    assert line_says([measured(zip=50), measured(zip=11), measured(zip=4)]) == "synergistic"


def test_both_orders_are_repeats_unless_they_contradict_each_other() -> None:
    assert line_says([measured(zip=14), measured(zip=8, forward=False)]) == "synergistic"  # median 11
    assert line_says([measured(zip=40), measured(zip=-10, forward=False)]) == ORDERS_CONTRADICT


def test_two_thirds_of_the_lines_that_speak_decide() -> None:
    up = [measured(f"up{n}", loewe=20) for n in range(4)]
    down = [measured(f"down{n}", loewe=-20) for n in range(2)]
    silent = [measured(f"silent{n}", loewe=1) for n in range(9)]
    decided = verdict([*up, *down, *silent])
    assert (decided.polarity, decided.reason, decided.lines_dropped) == ("synergistic", "", {TOO_WEAK: 9})
    assert decided.evidence == "4 synergistic and 2 antagonistic of 15 cell lines, medians loewe +1.0"
    assert verdict([*up[:3], *down]).reason == LINES_DISAGREE  # 3 of 5


def test_at_least_three_lines_must_speak_where_three_were_measured() -> None:
    loud = [measured("one", zip=-20), measured("two", zip=-20)]
    silent = [measured("three", zip=0)]
    assert verdict([*loud, *silent]).reason == FEW_LINES
    assert verdict(loud).polarity == "antagonistic"
    assert verdict(loud[:1]).polarity == "antagonistic"
    assert verdict(silent).reason == NO_LINE


def test_lines_that_speak_do_not_stand_against_the_median_of_a_score() -> None:
    loud = [measured(f"loud{n}", zip=20, bliss=20, loewe=2) for n in range(3)]
    others = [measured(f"other{n}", zip=0, bliss=0, loewe=-11) for n in range(4)]
    assert verdict([*loud, *others]).reason == MEDIAN_CONTRADICTS
    assert verdict([*loud, *others[:3]]).polarity == "synergistic"  # the median of loewe is -4.5
