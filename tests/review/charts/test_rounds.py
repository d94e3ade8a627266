from __future__ import annotations

from review.charts.rounds import learning_curve, losses


def test_training_and_validation_losses_start_at_none() -> None:
    figure = losses([(5, 0.8), (10, 0.4)], [(10, 0.6)], ("training", "validation"), "step", "loss")
    assert [(trace["name"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("training", [5, 10], [0.8, 0.4]),
        ("validation", [10], [0.6]),
    ]
    assert figure["layout"]["yaxis"]["range"] == [0, 1.05 * 0.8]
    assert figure["layout"]["showlegend"]


def test_a_training_that_told_nothing_yet_has_axes() -> None:
    figure = losses([], [], ("training", "validation"), "step", "loss")
    assert (len(figure["data"]), figure["layout"]["showlegend"]) == (1, False)
    assert figure["layout"]["xaxis"]["title"]["text"] == "step"


def test_every_round_is_a_mark_with_its_name() -> None:
    figure = learning_curve([(0, 0.8), (40, 0.9)], [(0, 0.7), (40, 0.85)], ("acc", "f1"), "x", "y", ["r1", "r2"])
    assert {tuple(trace["text"]) for trace in figure["data"]} == {("r1", "r2")}
    assert [trace["name"] for trace in figure["data"]] == ["f1", "acc"]
    assert figure["layout"]["yaxis"]["range"][0] == 0.7 - 0.05
