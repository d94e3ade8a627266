"""The plain values that cross the seam between numbers and ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

LIKELY = 0.5
"""A label whose probability is above it is said; of labels that exclude each other only one can be."""


class Span(NamedTuple):
    """A mention's place in its text: characters, start inclusive, end exclusive."""

    start: int
    end: int


class Places(NamedTuple):
    """Where the two mentions stand in an input: tokens from the first special one on, end exclusive."""

    head_start: int
    head_end: int
    tail_start: int
    tail_end: int


class Input(NamedTuple):
    """What a network reads of one statement: token ids, special ones included, and what it asks for beside them.

    `kinds` says of each token to what kind of mention it belongs: 0 none, 1 the head's, 2 the tail's where that is
    another. Statements about pairs of one sentence share `ids` and `kinds`, and differ in `places`.
    """

    ids: tuple[int, ...]
    places: Places | None = None
    kinds: tuple[int, ...] | None = None


class Other(NamedTuple):
    """A further mention in a statement's sentence: what kind of thing it names, and where it stands."""

    span: Span
    kind: str


class Statement(NamedTuple):
    """One sentence with its ordered pair of entities, and what else is mentioned in it.

    `pattern` is `text` with every mention of the head replaced by ⟨1⟩ and of the tail by ⟨2⟩.
    """

    id: int
    text: str
    pattern: str
    head: Span
    tail: Span
    head_kind: str = "drug"
    tail_kind: str = "drug"
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A statement and the answer to learn: an index into the label set, and how much it counts (above 0).

    `further` are the other labels that its corpus gives the same pair: learnt with the loss "multi_label" alone.
    """

    statement: Statement
    label_index: int
    weight: float = 1.0
    further: tuple[int, ...] = ()


class Scored(NamedTuple):
    """What a model says of one statement.

    `scores` are calibrated probabilities in label order, each exactly a 32-bit float; `confidence` is the largest. They
    add up to 1, but where the model judges each relation type by itself.
    """

    statement_id: int
    label_index: int
    confidence: float
    scores: tuple[float, ...]

    @classmethod
    def of(cls, statement_id: int, scores: tuple[float, ...]) -> Scored:
        """The answer that has these scores; of equal ones the first."""
        confidence = max(scores)
        return cls(statement_id, scores.index(confidence), confidence, scores)

    @property
    def label_indexes(self) -> tuple[int, ...]:
        """The answer, and what the model says beside it: whatever else is likelier than not."""
        also = (index for index, score in enumerate(self.scores) if score > LIKELY and index != self.label_index)
        return (self.label_index, *also)


class Unread(NamedTuple):
    """A statement that a model cannot read, and why, as a sentence that names it."""

    statement_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: `done` of `total` steps, with what there is to say about it (plain JSON values)."""

    stage: str
    done: int
    total: int
    detail: Mapping[str, float | int | str] = field(default_factory=dict)
