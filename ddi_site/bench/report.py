"""What a bench measures and how it is printed."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours beside the peer's; a goal is a least ratio or figure, or a most for what should be small.

    A goal is neither met nor missed where the machine lacks what it is about; where it lacks what the whole row is
    about, there is no figure either.
    """

    name: str
    unit: str
    ours: float | None
    peer: float | None
    peer_name: str
    goal: str
    met: bool | None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's, where there are both and the peer's is not 0."""
        return self.ours / self.peer if self.ours is not None and self.peer else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": _shown(self.ours),
            "peer": _shown(self.peer),
            "peer_name": self.peer_name,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": self.goal,
            "met": self.met,
        }

    def in_words(self) -> str:
        """The row as a line for people."""
        if self.ours is None:
            return f"{self.name}: not on this machine; goal {self.goal}"
        times = "beside" if self.ratio is None else f"{self.ratio:.3f} ×"
        beside = "" if self.peer is None else f", {times} {self.peer_name} ({_shown(self.peer):,})"
        reached = {True: "met", False: "missed", None: "not asked of this machine"}[self.met]
        return f"{self.name}: {_shown(self.ours):,} {self.unit}{beside}; goal {self.goal}: {reached}"


def _shown(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1 if figure >= 10 else 4)


def at_least(name: str, unit: str, ours: float, peer: float, peer_name: str, goal: float) -> Row:
    """A rate that should be at least `goal` times the peer's."""
    return Row(name, unit, ours, peer, peer_name, f"ratio >= {goal}", ours / peer >= goal)


def not_below(name: str, unit: str, ours: float, peer: float, peer_name: str) -> Row:
    """A figure that should be at least the peer's, which may be 0."""
    return Row(name, unit, ours, peer, peer_name, "at least the peer's", ours >= peer)


def alone_at_least(name: str, unit: str, ours: float, goal: float) -> Row:
    """A figure that should be at least `goal` by itself."""
    return Row(name, unit, ours, None, "", f">= {goal}", ours >= goal)


def not_here(name: str, unit: str, goal: str) -> Row:
    """A figure that this machine cannot give."""
    return Row(name, unit, None, None, "not on this machine", goal, None)


def at_most(name: str, unit: str, ours: float, goal: float) -> Row:
    """A size that should be at most `goal`."""
    return Row(name, unit, ours, None, "", f"<= {goal}", ours <= goal)


def ratio_at_most(name: str, unit: str, ours: float, peer: float, peer_name: str, goal: float) -> Row:
    """A cost that should be at most `goal` times the peer's."""
    return Row(name, unit, ours, peer, peer_name, f"ratio <= {goal}", ours / peer <= goal)


def alternately(ours: Callable[[], int], peer: Callable[[], int], *, rounds: int) -> tuple[float, float]:
    """Median rates (units a second) of two ways to do `n` units, taken in turns; each call returns its `n`."""
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        pair = [(ours, rates[0]), (peer, rates[1])]
        for way, measured in pair if turn % 2 == 0 else reversed(pair):
            started = time.perf_counter()
            n = way()
            measured.append(n / (time.perf_counter() - started))
    return statistics.median(rates[0]), statistics.median(rates[1])


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
    }


def as_json(bench: str, rows: list[Row], data: dict[str, Any]) -> dict[str, Any]:
    return {"bench": bench, "rows": [row.as_dict() for row in rows], "machine": machine(), "data": data}


def in_words(rows: list[Row], data: dict[str, Any]) -> list[str]:
    """The rows as lines for people, and below them what was measured on, as far as it is one figure or word each."""
    facts = {name: value for name, value in data.items() if isinstance(value, int | float | str)}
    shown = (f"{value:,}" if isinstance(value, int | float) else value for value in facts.values())
    return [
        *(row.in_words() for row in rows),
        *(f"{name.replace('_', ' ')}: {value}" for name, value in zip(facts, shown, strict=True)),
    ]
