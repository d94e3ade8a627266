"""Accuracy against human decisions, as a drawing for a page of the docs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ddi_site.simulation.running import Course
from ddi_site.simulation.summary import mean_curve

COLOURS = ("#6b7280", "#b45309", "#7c3aed", "#0f766e", "#c2410c")
DASHES = ("dotted", "dashdot", "dashed", "solid", (0, (5, 1)))


def draw(courses: Sequence[Course], path: Path, *, step: int) -> None:
    """Write an SVG: each strategy's mean accuracy over seeds, its standard deviation as a band."""
    from matplotlib.figure import Figure  # costs a second, so only where it is asked for

    figure = Figure(figsize=(7.2, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for strategy, colour, dash in zip(dict.fromkeys(one.strategy for one in courses), COLOURS, DASHES, strict=False):
        curve = mean_curve(courses, strategy, step)
        decisions, mean, deviation = ([one[place] for one in curve] for place in range(3))
        axes.plot(decisions, mean, color=colour, linestyle=dash, label=strategy)
        low, high = ([m + sign * d for m, d in zip(mean, deviation, strict=True)] for sign in (-1, 1))
        axes.fill_between(decisions, low, high, color=colour, alpha=0.12, linewidth=0)
    axes.set_xlabel("human decisions")
    axes.set_ylabel("accuracy on the held-out fifth")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
