"""In which order people see what was flagged, and which statements two people answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from operator import itemgetter

# What an error of this sort costs if nobody looks: a wrong gold label teaches, a contradiction of pharmacology is
# usually an error, a changed mind often, doubt sometimes.
REASON_WEIGHTS = {"suspect_gold": 5.0, "atc_contradiction": 4.0, "flip": 2.0, "low_confidence": 1.0, "audit": 0.0}
LEAST_DOUBT = 0.2  # a model that is sure and contradicts pharmacology still comes before a hundredth copy
AUDIT_EVERY = 6  # one item in six is an audit item, as long as there are any


@dataclass(frozen=True, slots=True)
class Candidate:
    """One flagged statement: its pattern, the label the model gave it, and why it was flagged (heaviest first).

    `sentence` is a number that all pairs marked in one sentence share: free text has hardly a pattern twice, but many
    pairs in a sentence, whose answers mostly agree.
    """

    statement: int
    pattern: int
    sentence: int
    label: int
    reasons: tuple[str, ...]
    confidence: float
    n_classes: int


def share_of(statement: int, purpose: str) -> float:
    """A number in [0, 1) fixed by the statement and the purpose, as good as random."""
    return int.from_bytes(sha256(f"{purpose}:{statement}".encode()).digest()[:8], "big") / 2**64


def needs_second_opinion(statement: int, share: float) -> bool:
    """Whether two people answer this statement; `share` is the fraction of statements they do, 0 to 1."""
    return share_of(statement, "second-opinion-v1") < share


def doubt(confidence: float, n_classes: int) -> float:
    """How far from sure a calibrated confidence is: 1 where every class is as likely, 0 where one is certain."""
    if n_classes < 2:
        return 0.0
    return min(1.0, max(0.0, (1.0 - confidence) / (1.0 - 1.0 / n_classes)))


def by_weight(reasons: Iterable[str]) -> list[str]:
    """Reasons, heaviest first."""
    return sorted(set(reasons), key=lambda reason: (-REASON_WEIGHTS[reason], reason))


def worth(candidate: Candidate, seen_before: int = 0) -> float:
    """Reason weight × doubt × novelty; the n-th of a pattern or sentence is worth 1/n of the first."""
    weight = REASON_WEIGHTS[candidate.reasons[0]]
    unsure = LEAST_DOUBT + (1.0 - LEAST_DOUBT) * doubt(candidate.confidence, candidate.n_classes)
    return weight * unsure / (1 + seen_before)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many statements people answered, by pattern and by sentence."""

    patterns: Mapping[int, int]
    sentences: Mapping[int, int]


def in_queue_order(candidates: Sequence[Candidate], answered: Seen) -> Iterator[Candidate]:
    """Candidates in the order people see them.

    Every class is spread evenly over the queue, its worthiest first, so that none has to wait for another's end.
    (Classes in turn, however rare, were slower to learn from: docs/active-learning.md.) Audit items come in an order
    of chance and by their own turn, whatever else they were flagged for: the part of the slice that has been reviewed
    at any moment is then a random sample, and an accuracy taken from it is honest.
    """
    audit = [one for one in candidates if "audit" in one.reasons]
    audit.sort(key=lambda one: share_of(one.statement, "audit-order-v1"))
    doubtful = [one for one in candidates if "audit" not in one.reasons]
    doubtful.sort(key=lambda one: (-worth(one), one.statement))
    patterns, sentences = Counter(answered.patterns), Counter(answered.sentences)
    classes: dict[int, list[tuple[float, int, Candidate]]] = defaultdict(list)
    for one in doubtful:
        n_seen = max(patterns[one.pattern], sentences[one.sentence])
        patterns[one.pattern] += 1
        sentences[one.sentence] += 1
        classes[one.label].append((-worth(one, n_seen), one.statement, one))
    drawn = iter(audit)
    for n_given, one in enumerate(_spread_evenly(classes), start=1):
        yield one
        if n_given % (AUDIT_EVERY - 1) == 0:
            yield from islice(drawn, 1)
    yield from drawn


def _spread_evenly(classes: Mapping[int, list[tuple[float, int, Candidate]]]) -> Iterator[Candidate]:
    """The i-th of a class's n stands (i + ½)/n of the way down."""
    places = [
        ((place + 0.5) / len(ranked), label, one)
        for label, ranked in classes.items()
        for place, (*_, one) in enumerate(sorted(ranked))
    ]
    for *_, one in sorted(places, key=itemgetter(0, 1)):
        yield one


def priority_at(place: int) -> float:
    """The priority that puts an item at this place of the queue; the first place is 0."""
    return 1.0 / (1 + place)


def priority_when_asked_for(place: int) -> float:
    """The priority of what a person asked for: before everything that a queue building puts in, in their order."""
    return 1.0 + priority_at(place)
