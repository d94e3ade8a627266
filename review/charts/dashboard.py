"""The dashboard's charts."""

from __future__ import annotations

from collections.abc import Sequence

from review.charts.parts import Figure, colour_of, layout
from review.numerals import whole

Rows = Sequence[tuple[str, Sequence[int]]]
Labels = Sequence[tuple[str, str]]
ALL = (("", ""),)
BANDS_NAMED = 10
"""At most so many bars of confidence have their band beneath them: more would run into each other."""


def together_unless_told_apart(rows: Rows, labels: Labels) -> tuple[Rows, Labels, bool]:
    """The rows as they are where every label has a colour of its own; else one number a row for all labels.

    With more labels than colours a stack tells nothing and its legend covers it; the table has the numbers.
    """
    if len({colour_of(slug, position) for position, (slug, _) in enumerate(labels)}) == len(labels):
        return rows, labels, True
    return [(name, [sum(counts)]) for name, counts in rows], ALL, False


def confidence_histogram(rows: Rows, labels: Labels, x_title: str, y_title: str) -> Figure:
    """Stacked bars: predictions by confidence, one colour a label."""
    rows, labels, told_apart = together_unless_told_apart(rows, labels)
    arranged = layout(x_title, y_title, barmode="stack", showlegend=told_apart)
    arranged["xaxis"]["nticks"] = BANDS_NAMED
    return {
        "data": [
            {
                "type": "bar",
                "name": title,
                "x": [band for band, _ in rows],
                "y": [counts[position] for _, counts in rows],
                "marker": {"color": colour_of(slug, position)},
            }
            for position, (slug, title) in enumerate(labels)
        ],
        "layout": arranged,
    }


def flags_by_reason(rows: Sequence[tuple[str, int]], x_title: str) -> Figure:
    """Horizontal bars, the longest on top, each with its number."""
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": [n for _, n in reversed(rows)],
                "y": [reason for reason, _ in reversed(rows)],
                "text": [whole(n) for _, n in reversed(rows)],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {"color": "--flag-solid"},
            }
        ],
        "layout": layout(x_title, "", margin={"l": 56, "r": 56, "t": 8, "b": 48}),
    }


def gold_by_source(rows: Rows, labels: Labels, x_title: str) -> Figure:
    """Horizontal stacked bars: where gold labels came from, the first on top, one colour a label."""
    rows, labels, told_apart = together_unless_told_apart(rows, labels)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "name": title,
                "x": [counts[position] for _, counts in reversed(rows)],
                "y": [source for source, _ in reversed(rows)],
                "width": 0.6,
                "marker": {"color": colour_of(slug, position)},
            }
            for position, (slug, title) in enumerate(labels)
        ],
        "layout": layout(x_title, "", barmode="stack", showlegend=told_apart),
    }


def progress_by_day(rows: Sequence[tuple[str, int, int]], x_title: str, y_title: str) -> Figure:
    """Bars: answers a day, on an axis that starts at none also when there are none."""
    figure_layout = layout(x_title, y_title)
    figure_layout["yaxis"]["range"] = [0, max(1.0, 1.1 * max((n for _, n, _ in rows), default=0))]
    return {
        "data": [
            {
                "type": "bar",
                "x": [day for day, _, _ in rows],
                "y": [n for _, n, _ in rows],
                "marker": {"color": "--accent"},
            }
        ],
        "layout": figure_layout,
    }


def score_by_round(rows: Sequence[tuple[int, str, float | None]], x_title: str, y_title: str) -> Figure:
    """One line of a score, 0 to 1, for each set of held-out examples, named at its end."""
    views = list(dict.fromkeys(view for _, view, _ in rows))
    dashes = ("solid", "dot", "dash")
    data, names = [], []
    for position, view in enumerate(views):
        points = [(number, score) for number, shown, score in rows if shown == view and score is not None]
        if not points:
            continue
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [number for number, _ in points],
                "y": [score for _, score in points],
                "line": {"color": "--accent", "dash": dashes[position % len(dashes)]},
                "hovertemplate": "%{y:.3f}<extra></extra>",
            }
        )
        end, height = points[-1]
        names.append({"x": end, "y": height, "text": view, "showarrow": False, "xanchor": "right", "yshift": 16})
    figure_layout = layout(x_title, y_title, annotations=names, showlegend=False)
    seen = [score for _, _, score in rows if score is not None]
    if seen:
        figure_layout["yaxis"]["range"] = [max(0.0, min(seen) - 0.05), min(1.02, max(seen) + 0.05)]
    figure_layout["xaxis"]["dtick"] = 1
    return {"data": data, "layout": figure_layout}
