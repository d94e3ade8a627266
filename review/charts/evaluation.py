"""The charts of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.charts.parts import ABOVE, OTHER_COLOURS, Figure, colour_of, layout
from review.numerals import decimals, whole
from review.wording import worded

Points = Sequence[Sequence[float]]
DASHES = ("solid", "dash", "dot", "dashdot")
MOST_NAMED = 6  # lines a legend can name


def _inside(x: float, xanchor: str) -> dict[str, Any]:
    """A legend in a lower corner, where the curves of a good model are not."""
    return {"legend": {"orientation": "v", "x": x, "xanchor": xanchor, "y": 0.02, "yanchor": "bottom"}}


def ranked(
    curves: Mapping[str, Points], names: Mapping[str, str], x_title: str, y_title: str, *, chance: bool
) -> Figure:
    """One line a label, named in the legend; `chance` adds the diagonal of a model that guesses."""
    corner = (0.98, "right") if chance else (0.02, "left")
    data: list[dict[str, Any]] = []
    if chance:
        data.append(_reference([0, 1], [0, 1]))
    for position, (slug, points) in enumerate(curves.items()):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": names[slug],
                "x": [x for x, _ in points],
                "y": [y for _, y in points],
                "line": {"color": colour_of(slug, position), "dash": DASHES[position % len(DASHES)], "width": 2},
            }
        )
    figure_layout = layout(x_title, y_title, showlegend=len(curves) <= MOST_NAMED, **_inside(*corner))
    figure_layout["xaxis"]["range"] = [-0.01, 1.01]
    figure_layout["yaxis"]["range"] = [0, 1.02]
    return {"data": data, "layout": figure_layout}


def reliability(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], names: tuple[str, str], x_title: str,
    y_title: str,
) -> Figure:  # fmt: skip
    """Accuracy over confidence before and after temperature scaling; a calibrated model follows the diagonal.

    Points are mappings of `confidence`, `accuracy` and `interval`, which is drawn for those after.
    """
    lowest = min((point["confidence"] for point in (*before, *after)), default=0.5)
    start = int(lowest * 10) / 10
    data = [_reference([start, 1], [start, 1])]
    for points, name, colour, symbol in (
        (before, names[0], "--line-strong", "circle-open"),
        (after, names[1], "--accent", "circle"),
    ):
        trace: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [point["confidence"] for point in points],
            "y": [point["accuracy"] for point in points],
            "marker": {"color": colour, "symbol": symbol, "size": 8},
        }
        if points is after:
            trace["error_y"] = {
                "type": "data",
                "symmetric": False,
                "array": [point["interval"][1] - point["accuracy"] for point in points],
                "arrayminus": [point["accuracy"] - point["interval"][0] for point in points],
                "color": colour,
                "thickness": 1,
                "width": 3,
            }
        data.append(trace)
    figure_layout = layout(x_title, y_title, showlegend=True, **_inside(0.02, "left"))
    figure_layout["xaxis"]["range"] = [start - 0.01, 1.01]
    figure_layout["yaxis"]["range"] = [0, 1.04]
    return {"data": data, "layout": figure_layout}


def coverage(points: Points, at: float, x_title: str, y_title: str) -> Figure:
    """Accuracy on the surest part of the examples, with its height at one coverage written beside it."""
    height = next((y for x, y in points if x == at), None)
    lowest = min((y for _, y in points), default=0.0)
    figure_layout = layout(x_title, y_title, showlegend=False)
    figure_layout["xaxis"]["range"] = [0, 1.01]
    figure_layout["yaxis"]["range"] = [max(0.0, lowest - 0.1), 1.02]
    if height is not None:
        figure_layout["shapes"] = [
            {
                "type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper",
                "line": {"color": "--line-strong", "dash": "dot", "width": 1},
            }
        ]  # fmt: skip
        figure_layout["annotations"] = [
            {
                "x": at, "y": 0, "yref": "paper", "text": f"{100 * at:.0f} %: {decimals(height, 3)}",
                "showarrow": False, "xanchor": "right", "yanchor": "bottom", "xshift": -4,
            }
        ]  # fmt: skip
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "line": {"color": "--accent", "width": 2},
    }
    return {"data": [line], "layout": figure_layout}


def splits(roles: Sequence[str], counts: Mapping[str, Sequence[int]], x_title: str, y_title: str) -> Figure:
    """Bars of each label side by side, by what the examples are for; `counts` by label, in the order of `roles`.

    Of many labels, whose bars would be hairs without a name, each is one bar with a piece for each role.
    """
    if len(counts) > MOST_NAMED:
        return _stacked(roles, counts, x_title, y_title)
    figure_layout = _in_rows(x_title, y_title, barmode="group")
    names = [role.replace(", ", ",<br>") for role in roles]
    bars = [
        _bars(worded(slug), of_role, names, colour_of(slug, position))
        | {"text": [whole(n) for n in of_role], "textposition": "outside", "cliponaxis": False}
        for position, (slug, of_role) in enumerate(counts.items())
    ]
    return {"data": bars, "layout": figure_layout}


def _stacked(roles: Sequence[str], counts: Mapping[str, Sequence[int]], x_title: str, y_title: str) -> Figure:
    names = [worded(slug) for slug in counts]
    bars = [
        _bars(role, [of_role[number] for of_role in counts.values()], names, OTHER_COLOURS[number % len(OTHER_COLOURS)])
        for number, role in enumerate(roles)
    ]
    figure_layout = _in_rows(x_title, y_title, barmode="stack")
    figure_layout["legend"] = {**ABOVE["legend"], "traceorder": "normal"}
    return {"data": bars, "layout": figure_layout}


def _in_rows(x_title: str, y_title: str, *, barmode: str) -> Figure:
    """A layout for horizontal bars, the first on top, with a legend and room for a number beside the longest."""
    figure_layout = layout(x_title, y_title, barmode=barmode, showlegend=True, **ABOVE)
    figure_layout["yaxis"]["autorange"] = "reversed"
    figure_layout["margin"] = {**ABOVE["margin"], "r": 40}
    return figure_layout


def _bars(name: str, values: Sequence[int], names: Sequence[str], colour: str) -> Figure:
    return {
        "type": "bar", "orientation": "h", "name": name, "x": list(values), "y": list(names),
        "marker": {"color": colour},
    }  # fmt: skip


def lengths(bars: Points, step: int, mean: float, mean_name: str, x_title: str, y_title: str) -> Figure:
    """A histogram of sentence lengths with their mean."""
    figure_layout = layout(x_title, y_title, showlegend=False, **ABOVE)
    figure_layout["shapes"] = [
        {
            "type": "line", "x0": mean, "x1": mean, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": "--line-strong", "dash": "dot", "width": 1},
        }
    ]  # fmt: skip
    figure_layout["annotations"] = [
        {
            "x": mean, "y": 1, "yref": "paper", "text": mean_name, "showarrow": False, "xanchor": "left",
            "yanchor": "bottom",
        }
    ]  # fmt: skip
    bar = {
        "type": "bar",
        "x": [start + step / 2 for start, _ in bars],
        "y": [n for _, n in bars],
        "width": step * 0.9,
        "marker": {"color": "--accent"},
    }
    return {"data": [bar], "layout": figure_layout}


def _reference(xs: list[float], ys: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"color": "--line-strong", "dash": "dot", "width": 1},
        "showlegend": False,
        "hoverinfo": "skip",
    }
