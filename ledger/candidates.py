"""What may become a training example, what a training set is made up of, and the leaks it must not have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

HELD_OUT = ("test", "one_unseen")  # roles that test
TAUGHT = ("train", "validation")  # roles that teach, or decide when to stop


class LeakyTrainingSet(Exception):
    """The training set shares something with its own test examples. Test data never teaches."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How pseudo-labels are chosen: the least calibrated confidence, and the most examples of one class and pattern.

    pattern_weight: what gold from a decision about its pattern weighs in training, 0 to 1; at 0 it teaches nothing
    corpora: names of those whose gold is used; none named is all
    """

    at_least: float
    most_per_class: int = 2_000
    most_per_pattern: int = 25
    pattern_weight: float = 1.0
    corpora: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that may become a training example, with what the leak check compares.

    marked: what is the same in every copy of it, see `marked_digest`
    """

    statement_id: int
    label_id: int
    role: str
    source: str
    gold_id: int | None
    prediction_id: int | None
    pair: tuple[int, int] | None
    document: str
    text_sha256: bytes
    gold_source: str = ""
    corpus: str = ""
    marked: bytes = b""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a training set consists of, for the round's page and the record; labels are slugs."""

    examples: dict[str, dict[str, dict[str, int]]]  # role → source → label → number
    pseudo_by_confidence: dict[str, dict[str, int]]  # label → confidence band → number
    left_out: dict[str, int]  # reason → number of statements
    gold_by_source: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)  # role → gold source → label
    pattern_weight: float = 1.0  # of gold from a decision about its pattern; all other gold weighs 1
    gold_by_corpus: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)  # role → corpus → label → number

    def n(self, role: str, source: str | None = None) -> int:
        by_source = self.examples.get(role, {})
        chosen = [by_source.get(source, {})] if source else by_source.values()
        return sum(sum(by_label.values()) for by_label in chosen)


def counted(examples: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, int]]]:
    """How many examples have each (role, source, label), as nested tables in the order they are met."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for role, source, label in examples:
        by_label = found.setdefault(role, {}).setdefault(source, {})
        by_label[label] = by_label.get(label, 0) + 1
    return found


def refuse_leaks(candidates: Iterable[Candidate]) -> None:
    """Raise LeakyTrainingSet naming the first statement that teaches what a held-out one tests."""
    candidates = list(candidates)
    held_out: dict[tuple[str, object], int] = {}
    for one in candidates:
        if one.role in HELD_OUT:
            held_out.update(dict.fromkeys(identities(one), one.statement_id))
    for one in candidates:
        if one.role in TAUGHT:
            for identity in identities(one):
                if identity in held_out:
                    shared = f"{identity[0]} {identity[1]}" if identity[0] == "document" else identity[0]
                    raise LeakyTrainingSet(
                        f"Statement {one.statement_id} is in the {one.role} examples and shares its {shared} with "
                        f"test statement {held_out[identity]}; leave one of them out. Test data never teaches."
                    )


def identities(one: Candidate) -> Iterator[tuple[str, object]]:
    """What a statement must not share with one on the other side of the split, by the name of what it is."""
    yield "exact text", one.text_sha256
    if one.pair:
        yield "drug pair", one.pair
    if one.document:
        yield "document", one.document


def why_a_bridge(document: str) -> str:
    """Why a statement is in no group, as it is counted: statements of documents are split by these, others by drugs."""
    if document:
        return "bridge: its text stands in documents of different groups"
    return "bridge: its drugs are in different groups"


class Copies:
    """Which corpus speaks for a marked sentence that stands in several: the first that is asked about.

    Every ChemProt document is a DrugProt document too, so a set of both would teach, and test, most pairs twice.
    """

    REASON = "a copy: the same mentions of the same sentence are used from another corpus"

    def __init__(self) -> None:
        self._speaking: dict[bytes, str] = {}

    def speak_for(self, marked: bytes, corpus: str) -> None:
        """Let the corpus speak for the sentence, unless another one does already."""
        self._speaking.setdefault(marked, corpus)

    def is_copy(self, marked: bytes, corpus: str) -> bool:
        """Whether another corpus speaks for it already; repeats within one corpus are no copies."""
        return self._speaking.setdefault(marked, corpus) != corpus


def pair_of(head: int | None, tail: int | None) -> tuple[int, int] | None:
    """A pair of drugs (keys) without its order, where both are known."""
    return (min(head, tail), max(head, tail)) if head and tail else None


def text_digest(text: str) -> bytes:
    """What the leak check compares texts by: case and outer blanks make no difference."""
    return sha256(text.strip().casefold().encode()).digest()


def marked_digest(text: str, *places: int) -> bytes:
    """What copies of a statement are told by: the text, and where its mentions start and end."""
    return sha256(f"{places}{text}".encode()).digest()[:16]


def content_hash(rows: Iterable[tuple[int, int, str, str, int | None]]) -> str:
    """Hash over (statement id, label id, role, source, id of the gold label or prediction) by statement id."""
    digest = sha256()
    for row in rows:
        digest.update("|".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()
