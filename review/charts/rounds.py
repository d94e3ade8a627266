"""The charts of rounds: how a training's loss falls, and what answers are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from review.charts.parts import ABOVE, Figure, layout

Points = Sequence[tuple[float, float]]


def losses(training: Points, validation: Points, names: tuple[str, str], x_title: str, y_title: str) -> Figure:
    """The loss by step: a line of the training examples, a mark an epoch of the validation examples."""
    data: list[dict[str, Any]] = [_line(training, names[0], {"color": "--accent", "width": 2}, "lines")]
    if validation:
        dotted = {"color": "--line-strong", "dash": "dot", "width": 1}
        data.append(_line(validation, names[1], dotted, "lines+markers"))
    highest = max((loss for _, loss in (*training, *validation)), default=1.0)
    figure_layout = layout(x_title, y_title, showlegend=bool(validation), **ABOVE)
    figure_layout["yaxis"]["range"] = [0, 1.05 * highest or 1.0]
    return {"data": data, "layout": figure_layout}


def learning_curve(
    accuracy: Points, f1: Points, names: tuple[str, str], x_title: str, y_title: str, rounds: Sequence[str]
) -> Figure:
    """Both figures by the answers people had given when the round's examples were frozen; a mark a round, named."""
    seen = [score for _, score in (*accuracy, *f1)]
    figure_layout = layout(x_title, y_title, showlegend=True, **ABOVE)
    figure_layout["yaxis"]["range"] = [max(0.0, min(seen, default=0.0) - 0.05), 1.02]
    figure_layout["xaxis"]["rangemode"] = "tozero"
    dashed = {"color": "--line-strong", "dash": "dash", "width": 2}
    data = [
        _line(f1, names[1], {"color": "--accent", "width": 2}, "lines+markers"),
        _line(accuracy, names[0], dashed, "lines+markers"),
    ]
    for trace in data:
        trace["text"] = list(rounds)
        trace["hovertemplate"] = "%{text}: %{y:.3f}<extra></extra>"
    return {"data": data, "layout": figure_layout}


def _line(points: Points, name: str, line: dict[str, Any], mode: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "name": name,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "line": line,
        "hovertemplate": "%{y:.4g}<extra></extra>",
    }
