from __future__ import annotations

import pytest

from review.charts.dashboard import (
    confidence_histogram,
    flags_by_reason,
    gold_by_source,
    progress_by_day,
    score_by_round,
)


def test_labels_keep_their_colours_and_others_get_their_own() -> None:
    labels = [("antagonistic", "A"), ("synergistic", "S"), ("else", "E")]
    figure = confidence_histogram([("0.5–0.6", [1, 2, 3])], labels, "x", "y")
    assert [trace["marker"]["color"] for trace in figure["data"]] == [
        "--antagonistic",
        "--synergistic",
        "--undetermined",
    ]
    assert [trace["y"] for trace in figure["data"]] == [[1], [2], [3]]


def test_the_bands_of_many_bars_do_not_all_stand_below_them() -> None:
    rows = [(f"0.{n:02}–0.{n + 5:02}", [1]) for n in range(0, 95, 5)]
    figure = confidence_histogram(rows, [("a", "A")], "x", "y")
    assert len(figure["data"][0]["x"]) == 19
    assert figure["layout"]["xaxis"]["nticks"] == 10


def test_labels_that_colours_cannot_tell_apart_are_one_bar() -> None:
    labels = [(f"type{n}", f"Type {n}") for n in range(5)]
    rows = [("0.5–0.6", [1, 2, 3, 4, 5]), ("0.6–0.7", [0, 0, 1, 0, 0])]
    for figure, across in (
        (confidence_histogram(rows, labels, "x", "y"), "y"),
        (gold_by_source(rows, labels, "x"), "x"),
    ):
        (trace,) = figure["data"]
        assert sorted(trace[across]) == [1, 15]
        assert figure["layout"]["showlegend"] is False


def test_the_longest_bar_is_on_top() -> None:
    (trace,) = flags_by_reason([("flip", 1200), ("audit", 3)], "flags")["data"]
    assert trace["y"] == ["audit", "flip"]
    assert trace["text"] == ["3", "1,200"]


def test_every_axis_has_a_title() -> None:
    for figure in (progress_by_day([("2026-01-01", 1, 1)], "day", "answers"), score_by_round([], "round", "accuracy")):
        assert figure["layout"]["xaxis"]["title"]["text"]
        assert figure["layout"]["yaxis"]["title"]["text"]


def test_unmeasured_rounds_are_left_out_and_lines_are_named_at_their_end() -> None:
    rows = [
        (1, "test", 0.8),
        (2, "test", None),
        (3, "test", 0.9),
        (3, "other", None),
    ]
    figure = score_by_round(rows, "round", "accuracy")
    (trace,) = figure["data"]
    assert (trace["x"], trace["y"]) == ([1, 3], [0.8, 0.9])
    (name,) = figure["layout"]["annotations"]
    assert (name["x"], name["y"], name["text"]) == (3, 0.9, "test")


def test_a_month_without_answers_starts_its_axis_at_none() -> None:
    for days, top in (([("2026-01-01", 0, 0)], 1.0), ([("2026-01-01", 20, 5)], 22.0), ([], 1.0)):
        assert progress_by_day(days, "day", "answers")["layout"]["yaxis"]["range"] == pytest.approx([0, top])
