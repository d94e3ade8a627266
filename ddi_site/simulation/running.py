"""Rounds of scripted answers: how good the learner is after how many decisions."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ddi_site.simulation.strategies import BY_PATTERN, ORDERS, Asked, pattern_turns

REACHED = 0.95  # of the macro-F1 that all labels of the pool teach
IN_A_ROW = 3  # rounds whose mean has to reach it: one round alone may be luck


@dataclass(frozen=True, slots=True)
class Point:
    """After so many decisions: macro-F1 and accuracy on the held-out fifth."""

    decisions: int
    macro_f1: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Course:
    """One strategy with one seed; `full` is what all labels of the pool teach."""

    strategy: str
    seed: int
    points: tuple[Point, ...]
    full: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON; each point is (decisions, macro-F1, accuracy)."""
        points = [[one.decisions, round(one.macro_f1, 4), round(one.accuracy, 4)] for one in self.points]
        return {"strategy": self.strategy, "seed": self.seed, "full": round(self.full, 4), "points": points}

    def reached(self) -> int | None:
        """Decisions after which the mean macro-F1 of three rounds in a row was 95 % of the full figure; never: None."""
        for place in range(len(self.points)):
            some = self.points[place : place + IN_A_ROW]
            if statistics.fmean(point.macro_f1 for point in some) >= REACHED * self.full:
                return some[0].decisions
        return None


def simulate(
    learner: Any,
    scheme: str,
    *,
    seeds: Sequence[int],
    batch: int,
    strategies: Sequence[str] = (*ORDERS, BY_PATTERN),
    on_course: Callable[[Course], None] = lambda course: None,
) -> list[Course]:
    """Every strategy with every seed; a seed fixes what is held out, the first answers and every draw.

    `batch`: decisions between two trainings of `learner`, a `modeling.cross_validation.learner.Learner`.
    """
    courses = []
    for seed in seeds:
        fold = learner.split(scheme, seed=seed)
        pool, tested = fold.teach, fold.test
        truth = {at: int(learner.truth[at]) for at in pool}
        full, _ = learner.score(learner.probabilities(truth), tested)
        for strategy in strategies:
            chance = random.Random(f"{seed}")  # noqa: S311  the same first batch for every strategy
            turns = (
                _pattern_batches(pool, learner, truth, chance, batch)
                if strategy == BY_PATTERN
                else _batches(strategy, pool, learner, truth, chance, batch)
            )
            points = []
            for decisions, answers in turns:
                probabilities = learner.probabilities(answers)
                points.append(Point(decisions, *learner.score(probabilities, tested)))
            courses.append(Course(strategy, seed, tuple(points), full))
            on_course(courses[-1])
    return courses


def _batches(
    strategy: str, pool: Sequence[int], learner: Any, truth: dict[int, int], chance: random.Random, batch: int
) -> Iterator[tuple[int, dict[int, int]]]:
    """After each batch of single answers: how many there were, and all of them."""
    answers: dict[int, int] = {}
    probabilities = learner.probabilities(answers)
    while unanswered := [at for at in pool if at not in answers]:
        asked = Asked(unanswered, probabilities, learner.patterns, learner.sentences, answers, chance)
        order = ORDERS[strategy](asked)
        for _, at in zip(range(batch), order, strict=False):
            answers[at] = truth[at]
        probabilities = learner.probabilities(answers)
        yield len(answers), answers


def _pattern_batches(
    pool: Sequence[int], learner: Any, truth: dict[int, int], chance: random.Random, batch: int
) -> Iterator[tuple[int, dict[int, int]]]:
    """After each batch of decisions about patterns, spot checks counted: how many there were, and what they answer."""
    answers: dict[int, int] = {}
    decisions = given = 0
    for brought, cost in pattern_turns(pool, learner.patterns, truth, chance):
        answers |= brought
        decisions += cost
        if decisions - given >= batch:
            given = decisions
            yield decisions, answers
    if decisions > given:
        yield decisions, answers
