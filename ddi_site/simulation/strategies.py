"""Whom to ask about next: the queue's own order beside the customary ones."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from review.priorities import Candidate, Seen, in_queue_order

SPOT_CHECK_SHARE, SPOT_CHECKS_AT_LEAST = 0.02, 5  # a task's own defaults


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reviewers have said so far, and what the learner makes of it.

    `unanswered`: positions in the pool; `probabilities` (examples, labels); patterns and sentences by position;
    `answered`: the positions that were.
    """

    unanswered: Sequence[int]
    probabilities: npt.NDArray[np.floating[Any]]
    patterns: Sequence[str]
    sentences: Sequence[str]
    answered: Collection[int]
    chance: random.Random

    def is_taught(self) -> bool:
        """Whether the learner tells any two examples apart."""
        return bool(np.ptp(self.probabilities, axis=0).any())


Order = Callable[[Asked], Iterator[int]]


def at_random(asked: Asked) -> Iterator[int]:
    yield from asked.chance.sample(list(asked.unanswered), len(asked.unanswered))


def least_confident(asked: Asked) -> Iterator[int]:
    """Least probability of the likeliest label first."""
    yield from _by(asked, asked.probabilities.max(axis=1))


def smallest_margin(asked: Asked) -> Iterator[int]:
    """Least distance between the two likeliest labels first."""
    two = np.sort(asked.probabilities, axis=1)[:, -2:]
    yield from _by(asked, two[:, 1] - two[:, 0])


def doubt_and_novelty(asked: Asked) -> Iterator[int]:
    """The order in which pharmacists get doubtful statements (`review.priorities`)."""
    if not asked.is_taught():
        yield from at_random(asked)
        return
    labels, sure = asked.probabilities.argmax(axis=1), asked.probabilities.max(axis=1)
    patterns, sentences = _numbers(asked.patterns), _numbers(asked.sentences)
    candidates = [
        Candidate(
            at, patterns[at], sentences[at], int(labels[at]), ("low_confidence",), float(sure[at]),
            asked.probabilities.shape[1],
        )
        for at in asked.unanswered
    ]  # fmt: skip
    seen = Seen(*(Counter(numbers[at] for at in asked.answered) for numbers in (patterns, sentences)))
    for candidate in in_queue_order(candidates, seen):
        yield candidate.statement


def _numbers(texts: Sequence[str]) -> list[int]:
    """A number for each, the same for equal ones."""
    known: dict[str, int] = {}
    return [known.setdefault(text, len(known)) for text in texts]


def _by(asked: Asked, figures: npt.NDArray[np.floating[Any]]) -> Iterator[int]:
    if not asked.is_taught():
        yield from at_random(asked)
        return
    ties = {at: place for place, at in enumerate(at_random(asked))}
    yield from sorted(asked.unanswered, key=lambda at: (float(figures[at]), ties[at]))


ORDERS: Mapping[str, Order] = {
    "random": at_random,
    "least confidence": least_confident,
    "margin": smallest_margin,
    "doubt × novelty": doubt_and_novelty,
}
BY_PATTERN = "pattern first"


def pattern_turns(
    pool: Sequence[int], patterns: Sequence[str], truth: Mapping[int, int], chance: random.Random
) -> Iterator[tuple[dict[int, int], int]]:
    """The largest pattern first: the answers that deciding each brings, and how many decisions it cost.

    A pattern costs one decision, which is the commonest label of ten statements shown, and spot checks by another
    person. Where a spot check contradicts, the decision is taken back and the spot checks' own answers are left.
    """
    members: defaultdict[str, list[int]] = defaultdict(list)
    for at in pool:
        members[patterns[at]].append(at)
    shuffled = chance.sample(sorted(members), len(members))
    for pattern in sorted(shuffled, key=lambda one: -len(members[one])):
        statements = members[pattern]
        shown = chance.sample(statements, min(10, len(statements)))
        said = Counter(truth[at] for at in shown).most_common(1)[0][0]
        n_checks = min(len(statements) - 1, max(SPOT_CHECKS_AT_LEAST, math.ceil(SPOT_CHECK_SHARE * len(statements))))
        checks = {at: truth[at] for at in chance.sample(statements, n_checks)}
        holds = all(label == said for label in checks.values())
        yield (dict.fromkeys(statements, said) if holds else checks), 1 + n_checks
