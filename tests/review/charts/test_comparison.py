from __future__ import annotations

from review.charts.comparison import by_class


def test_each_class_has_a_mark_of_both_models_with_its_interval() -> None:
    figure = by_class(
        ["a", "b"], [(0.9, (0.8, 0.95)), (None, None)], [(0.7, None), (0.6, (0.5, 0.7))], ("model 2", "model 1"), "F1"
    )
    this, other = figure["data"]
    assert (this["name"], this["y"], this["x"]) == ("model 2", [-0.15], [0.9])
    assert this["error_x"]["array"] == [0.95 - 0.9]
    assert (other["y"], other["x"]) == ([0.15, 1.15], [0.7, 0.6])
    assert other["error_x"]["arrayminus"] == [0, 0.6 - 0.5]
    assert figure["layout"]["yaxis"]["ticktext"] == ["a", "b"]
    assert figure["layout"]["yaxis"]["range"] == [1.5, -0.5]  # the first on top
    assert figure["layout"]["xaxis"]["range"][0] == 0.45
