"""What a simulation comes to: decisions to nearly all there is to learn, by strategy."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from ddi_site.simulation.running import REACHED, Course


def summarised(courses: Sequence[Course]) -> list[dict[str, Any]]:
    """For each strategy the decisions needed, mean and spread over seeds; `ratio` is to those of random order.

    A seed that never got there counts with all its decisions, and is said in `n_never`.
    """
    needed = {strategy: _needed(courses, strategy) for strategy in dict.fromkeys(one.strategy for one in courses)}
    random_order = statistics.fmean(needed["random"]) if "random" in needed else None
    return [
        {
            "strategy": strategy,
            "decisions": round(statistics.fmean(of_seeds), 1),
            "spread": round(statistics.stdev(of_seeds), 1) if len(of_seeds) > 1 else None,
            "by_seed": of_seeds,
            "n_never": sum(one.reached() is None for one in courses if one.strategy == strategy),
            "ratio": round(statistics.fmean(of_seeds) / random_order, 3) if random_order else None,
        }
        for strategy, of_seeds in needed.items()
    ]


def lines(facts: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield (
        f"{facts['pool']:,} statements to ask about, {facts['tested']:,} held out by {facts['by']}, "
        f"{len(facts['seeds'])} seeds; all labels teach macro-F1 {facts['full']:.3f}"
    )
    if facts["repeated"]:
        yield f"{facts['repeated']:,} statements left out, whose very sentence is held out"
    yield f"decisions to {REACHED:.0%} of that:"
    for one in facts["strategies"]:
        spread = f" ± {one['spread']:.0f}" if one["spread"] is not None else ""
        beside = f", {one['ratio']:.0%} of random order's" if one["ratio"] is not None else ""
        never = f"; {one['n_never']} of the seeds never got there" if one["n_never"] else ""
        yield f"{one['strategy']}: {one['decisions']:.0f}{spread}{beside}{never}"


def mean_curve(courses: Sequence[Course], strategy: str, step: int) -> list[tuple[int, float, float]]:
    """Decisions, mean accuracy and its standard deviation over seeds, at multiples of `step` all seeds reached."""
    of_strategy = [one for one in courses if one.strategy == strategy]
    most = min(one.points[-1].decisions for one in of_strategy)
    curve = []
    for decisions in range(step, most + 1, step):
        met = [[point.accuracy for point in one.points if point.decisions <= decisions][-1:] for one in of_strategy]
        if all(met):
            figures = [figure for (figure,) in met]
            curve.append((decisions, statistics.fmean(figures), statistics.pstdev(figures)))
    return curve


def _needed(courses: Sequence[Course], strategy: str) -> list[int]:
    return [
        reached if (reached := one.reached()) is not None else one.points[-1].decisions
        for one in courses
        if one.strategy == strategy
    ]
