"""The chart of two models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from review.charts.parts import ABOVE, Figure, layout

Point = tuple[float | None, tuple[float, float] | None]


def by_class(
    labels: Sequence[str], this: Sequence[Point], other: Sequence[Point], names: tuple[str, str], x_title: str
) -> Figure:
    """A row a class, from the top, with a mark of each model and its interval: full for this model, open for the other.

    In rows, since the names of many classes would not stand side by side.
    """
    bounds = [
        value for figure, interval in (*this, *other) for value in (figure, *(interval or ())) if value is not None
    ]
    figure_layout = layout(x_title, "", showlegend=True, **ABOVE)
    figure_layout["xaxis"]["range"] = [max(0.0, min(bounds, default=0.0) - 0.05), 1.02]
    figure_layout["yaxis"] |= {
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "range": [len(labels) - 0.5, -0.5],
        "zeroline": False,
    }
    return {
        "data": [
            _marks(this, names[0], -0.15, {"color": "--accent", "symbol": "circle", "size": 10}),
            _marks(other, names[1], 0.15, {"color": "--line-strong", "symbol": "circle-open", "size": 10}),
        ],
        "layout": figure_layout,
    }


def _marks(points: Sequence[Point], name: str, shift: float, marker: dict[str, Any]) -> dict[str, Any]:
    known = [(place + shift, value, interval) for place, (value, interval) in enumerate(points) if value is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [value for _, value, _ in known],
        "y": [y for y, _, _ in known],
        "marker": marker,
        "hovertemplate": "%{x:.3f}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [interval[1] - value if interval else 0 for _, value, interval in known],
            "arrayminus": [value - interval[0] if interval else 0 for _, value, interval in known],
            "color": marker["color"],
            "thickness": 1,
            "width": 4,
        },
    }
