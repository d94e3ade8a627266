"""Whether more reviews are worth it: what forty more would change, by the rounds so far and by the audit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log

from review.versus import wilson

MORE = 40
POINT = 0.01
LEAST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Gain:
    """What more reviews would add to a score by the curve through the rounds, 0 to 1.

    `until_flat`: how many more until the next forty would add less than a point; 0 when that is so already.
    """

    n_rounds: int
    of_more: float
    until_flat: int


def gain_by_rounds(points: Sequence[tuple[int, float]]) -> Gain | None:
    """From (answers given, score) a round, by least squares on score = a + b·ln(1 + answers).

    None with fewer than three rounds of different numbers of answers: any two points lie on such a curve.
    """
    if len({n for n, _ in points}) < LEAST_ROUNDS:
        return None
    xs, ys = [log(1 + n) for n, _ in points], [score for _, score in points]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / sum((x - x_mean) ** 2 for x in xs)
    now = max(n for n, _ in points)
    of_more = slope * log((1 + now + MORE) / (1 + now))
    # b·ln((1 + n + 40) / (1 + n)) falls below a point where 1 + n = 40 / (e^(0.01 / b) - 1).
    flat_at = MORE / (exp(POINT / slope) - 1) - 1 if slope > 0 else 0
    return Gain(len(points), of_more, max(0, ceil(flat_at - now)))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The live model's accuracy on the audit with its interval, and by how much forty more answers would narrow it."""

    n: int
    accuracy: float
    interval: tuple[float, float]
    by_more: float


def narrowing_by_audit(n_right: int, n: int) -> Narrowing | None:
    """If the next forty are right as often as those before; None without an audited answer.

    What narrows is half the width of Wilson's 95 % interval: how far the estimate may be off.
    """
    now, then = wilson(n_right, n), wilson(round(n_right / n * (n + MORE)), n + MORE) if n else None
    if now is None or then is None:
        return None
    return Narrowing(n, n_right / n, now, ((now[1] - now[0]) - (then[1] - then[0])) / 2)
