"""What all figures are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Figure = dict[str, Any]
LABEL_COLOURS = {"synergistic": "--synergistic", "antagonistic": "--antagonistic"}
OTHER_COLOURS = ("--accent", "--flag", "--undetermined")
ABOVE: dict[str, Any] = {"legend": {"y": 1.02, "yanchor": "bottom"}, "margin": {"l": 56, "r": 16, "t": 48, "b": 48}}
"""A legend that grows upwards where it needs two lines, and room for them."""


def colour_of(slug: str, position: int) -> str:
    """The property that colours a label wherever it appears."""
    return LABEL_COLOURS.get(slug, OTHER_COLOURS[position % len(OTHER_COLOURS)])


def layout(x_title: str, y_title: str, **more: Any) -> dict[str, Any]:
    """Axes with titles, nothing else."""
    return {"xaxis": {"title": {"text": x_title}}, "yaxis": {"title": {"text": y_title}}, **more}


@dataclass(frozen=True, slots=True)
class Card:
    """A chart as a page shows it: its figure, and a table of the same numbers (None where there is none)."""

    id: str
    title: str
    description: str
    figure: Figure
    columns: list[str]
    rows: list[list[str | int | float | None]]
