"""From the scores of a combination screen to a polarity: the ±10 rule, and what counts where scores disagree.

ZIP, Bliss, Loewe and HSA each say by how many percentage points of response a combination differs from what its two
drugs would do without an interaction: 0 is no interaction, above is synergy, below antagonism. The seed corpus of
LoRA-BiomedBERT (§3.1) keeps rows that deviate by at least 10; it does not say what happens where rows disagree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

Score = Literal["zip", "bliss", "loewe", "hsa"]
Polarity = Literal["synergistic", "antagonistic"]

THRESHOLD = 10.0  # percentage points of response
AGREEMENT = Fraction(2, 3)  # of the cell lines that speak
FEWEST_LINES = 3  # that speak, or all that were measured where those are fewer

TOO_WEAK = "no score reaches ±10"
NO_MAJORITY = "at most half of the scores reach ±10"
SCORES_CONTRADICT = "the scores contradict one another beyond ±10"
ORDERS_CONTRADICT = "(A, B) and (B, A) contradict each other beyond ±10"

NO_LINE = "no cell line speaks"
FEW_LINES = "too few cell lines speak"
LINES_DISAGREE = "the cell lines disagree"
MEDIAN_CONTRADICTS = "the median of a score contradicts the lines that speak"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured of one pair in one cell line; `forward` says in which order the file names the drugs."""

    cell_line: str
    forward: bool
    scores: tuple[tuple[Score, float], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The polarity of a pair, or the `reason` it has none; `lines_dropped` counts its silent cell lines by reason."""

    polarity: Polarity | None
    reason: str
    lines_dropped: dict[str, int]
    evidence: str


def verdict(measurements: Sequence[Measurement]) -> Verdict:
    """What the measurements of one pair amount to.

    *One cell line* is judged first (`line_says`), for what deviates by 10 is a measurement in one line, and the median
    over lines of a screen hides nearly all of it.
    *Cell lines together.* At least two thirds of the lines that speak must agree, and at least three must speak (all,
    where fewer were measured): of thirty lines one or two lie beyond 10 by chance. Silent lines do not vote, since an
    interaction shows only in lines that the drugs act on; but no score's median over all lines may lie beyond the
    opposite threshold.
    """
    by_line: dict[str, list[Measurement]] = defaultdict(list)
    for one in measurements:
        by_line[one.cell_line].append(one)
    said = Counter(line_says(lines) for lines in by_line.values())
    n_up, n_down = said.pop("synergistic", 0), said.pop("antagonistic", 0)
    polarity: Polarity = "synergistic" if n_up > n_down else "antagonistic"
    n_speak = n_up + n_down
    medians = _medians(measurements)
    reason = ""
    if not n_speak:
        reason = NO_LINE
    elif n_speak < min(FEWEST_LINES, len(by_line)):
        reason = FEW_LINES
    elif max(n_up, n_down) < AGREEMENT * n_speak:
        reason = LINES_DISAGREE
    elif any(_sign(value) == (-1 if n_up > n_down else 1) for value in medians.values()):
        reason = MEDIAN_CONTRADICTS
    written = ", ".join(f"{score} {value:+.1f}" for score, value in medians.items())
    evidence = f"{n_up} synergistic and {n_down} antagonistic of {len(by_line)} cell lines, medians {written}"
    return Verdict(None if reason else polarity, reason, dict(said), evidence)


def line_says(measurements: Sequence[Measurement]) -> str:
    """The polarity a pair has in one cell line, or why it is silent there.

    *Repeats* of a score count as their median. *(A, B) and (B, A)* are repeats of one another, for none of the four
    scores knows an order; a line whose two orders lie beyond opposite thresholds was measured badly and is silent.
    *The four scores* have different null models, and Loewe spreads about three times as wide as ZIP: more than half
    of those at hand must reach the threshold, and none may reach the opposite one.
    """
    forward = _medians(one for one in measurements if one.forward)
    backward = _medians(one for one in measurements if not one.forward)
    if any(score in backward and _sign(value) * _sign(backward[score]) < 0 for score, value in forward.items()):
        return ORDERS_CONTRADICT
    signs = [_sign(value) for value in _medians(measurements).values()]
    n_up, n_down = signs.count(1), signs.count(-1)
    if n_up and n_down:
        return SCORES_CONTRADICT
    if not n_up and not n_down:
        return TOO_WEAK
    if 2 * (n_up + n_down) <= len(signs):
        return NO_MAJORITY
    return "synergistic" if n_up else "antagonistic"


def _medians(measurements: Iterable[Measurement]) -> dict[Score, float]:
    values: dict[Score, list[float]] = defaultdict(list)
    for one in measurements:
        for score, value in one.scores:
            values[score].append(value)
    return {score: median(found) for score, found in values.items()}


def _sign(value: float) -> int:
    """1 at or above the threshold, −1 at or below its opposite, 0 between."""
    return (value >= THRESHOLD) - (value <= -THRESHOLD)
