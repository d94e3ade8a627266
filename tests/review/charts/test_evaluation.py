from __future__ import annotations

import pytest

from review.charts.evaluation import coverage, lengths, ranked, reliability, splits
from review.charts.parts import Figure

CURVE = [[0.0, 0.0], [0.2, 0.9], [1.0, 1.0]]


def point(confidence: float, accuracy: float) -> dict[str, object]:
    return {"n": 9, "confidence": confidence, "accuracy": accuracy, "interval": [accuracy - 0.1, accuracy + 0.2]}


FIGURES = [
    ranked({"synergistic": CURVE}, {"synergistic": "synergistic 0.9"}, "x", "y", chance=True),
    reliability([point(0.6, 0.5)], [point(0.7, 0.5)], ("before", "after"), "x", "y"),
    coverage([[0.8, 0.9], [1.0, 0.7]], 0.8, "x", "y"),
    splits(["train"], {"synergistic": [3]}, "x", "y"),
    lengths([[40, 3]], 20, 50.5, "mean", "x", "y"),
]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_axis_has_a_title(figure: Figure) -> None:
    assert figure["layout"]["xaxis"]["title"]["text"] == "x"
    assert figure["layout"]["yaxis"]["title"]["text"] == "y"


def test_a_curve_a_label_over_the_diagonal_of_a_guess() -> None:
    curves = {"synergistic": CURVE, "antagonistic": CURVE}
    names = {"synergistic": "synergistic 0.9", "antagonistic": "antagonistic 0.8"}
    guess, first, second = ranked(curves, names, "x", "y", chance=True)["data"]
    assert (guess["x"], guess["y"]) == ([0, 1], [0, 1])
    assert (first["x"], first["y"], first["name"]) == ([0.0, 0.2, 1.0], [0.0, 0.9, 1.0], "synergistic 0.9")
    assert (first["line"]["color"], second["line"]["color"]) == ("--synergistic", "--antagonistic")
    assert first["line"]["dash"] != second["line"]["dash"]  # never colour alone
    assert len(ranked(curves, names, "x", "y", chance=False)["data"]) == 2


def test_thirteen_labels_are_too_many_for_a_legend() -> None:
    curves = {str(number): CURVE for number in range(13)}
    assert not ranked(curves, dict.fromkeys(curves, ""), "x", "y", chance=True)["layout"]["showlegend"]


def test_the_points_after_have_their_intervals() -> None:
    figure = reliability([point(0.61, 0.5)], [point(0.75, 0.5)], ("before", "after"), "x", "y")
    diagonal, before, after = figure["data"]
    assert "error_y" not in before
    assert after["error_y"]["array"] == pytest.approx([0.2])
    assert after["error_y"]["arrayminus"] == pytest.approx([0.1])
    assert diagonal["x"] == [0.6, 1]


def test_the_accuracy_at_the_chosen_coverage_is_written_beside_the_line() -> None:
    figure = coverage([[0.79, 1.0], [0.8, 0.9125], [1.0, 0.7]], 0.8, "x", "y")
    (words,) = figure["layout"]["annotations"]
    assert (words["x"], words["text"]) == (0.8, "80 %: 0.912")
    assert figure["layout"]["yaxis"]["range"][0] == pytest.approx(0.6)


def test_bars_of_each_label_stand_side_by_side() -> None:
    figure = splits(["train", "test, unseen"], {"synergistic": [3000, 4], "antagonistic": [2, 5]}, "x", "y")
    assert [trace["x"] for trace in figure["data"]] == [[3000, 4], [2, 5]]
    assert figure["data"][0]["y"] == ["train", "test,<br>unseen"]
    assert figure["data"][0]["text"] == ["3,000", "4"]
    assert figure["layout"]["barmode"] == "group"


def test_a_label_of_many_is_one_bar_with_a_piece_for_each_role() -> None:
    counts = {f"type{n}": [10 * n, n] for n in range(7)}
    figure = splits(["train", "test, unseen"], counts, "x", "y")
    train, test = figure["data"]
    assert (train["name"], test["name"]) == ("train", "test, unseen")
    assert (train["x"], test["x"]) == ([0, 10, 20, 30, 40, 50, 60], list(range(7)))
    assert train["y"] == test["y"] == list(counts)
    assert train["marker"] != test["marker"]
    assert (figure["layout"]["barmode"], figure["layout"]["showlegend"]) == ("stack", True)


def test_a_bar_stands_over_its_lengths() -> None:
    figure = lengths([[40, 3], [60, 1]], 20, 50.5, "mean 50", "x", "y")
    assert figure["data"][0]["x"] == [50, 70]
    assert figure["layout"]["annotations"][0]["text"] == "mean 50"
