"""A document with its marked entities and the relations between them, as every annotated corpus gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.corpora.bad_input import BadRow, shown
from ledger.patterns import Span

LONGEST_DOCUMENT_ID = 60
LONGEST_MENTION_ID = 25
CORRECT = "correct the row, or take its document out of all of the corpus's files"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, for a complaint and for the origin of a label."""

    path: Path
    line: int

    def bad(self, column: str | None, problem: str, remedy: str = CORRECT) -> BadRow:
        return BadRow(self.path, self.line, column, problem, remedy)


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity where it is named: its pieces, left to right, as characters of the document's text.

    `kind` is the ledger's word ("chemical", "gene", "drug"), `written_kind` the corpus's ("GENE-N", "brand").
    """

    id: str
    kind: str
    written_kind: str
    pieces: tuple[Span, ...]
    place: Place

    @property
    def span(self) -> Span:
        """From the first piece's start to the last one's end."""
        return Span(self.pieces[0].start, self.pieces[-1].end)


@dataclass(frozen=True, slots=True)
class Relation:
    """One row that says how two mentions are related; `type` as the corpus writes it."""

    type: str
    head: str
    tail: str
    place: Place


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its mentions and relations, both in the order of the corpus.

    title_end: where the title stops; it is a sentence of its own. None where the text has no title apart
    sentences: as the corpus splits them, or None where it does not
    is_labelled: whether pairs that no relation names are thereby said to be unrelated
    denied: the pairs of mention ids said to be unrelated where these are named one by one; None where it is all others
    n_mended: mentions whose offsets missed their text by a character and were set right
    """

    id: str
    text: str
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    place: Place
    title_end: int | None = None
    sentences: tuple[Span, ...] | None = None
    is_labelled: bool = True
    denied: frozenset[frozenset[str]] | None = None
    n_mended: int = 0
    by_id: dict[str, Mention] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.by_id.update((mention.id, mention) for mention in self.mentions)


def check_place(place: Place, text: str, span: Span, written: str, columns: tuple[str, str, str]) -> None:
    """Raise BadRow unless `text` reads `written` at `span`; `columns` name start, end and the written text."""
    start, end, wording = columns
    if not 0 <= span.start <= len(text):
        raise place.bad(start, f"character {span.start} is not in the document, which has {len(text)}")
    if span.end > len(text):
        raise place.bad(end, f"character {span.end} is past the end of the document, which has {len(text)}")
    if span.start >= span.end:
        raise place.bad(end, f"the mention ends at character {span.end}, before or where it starts ({span.start})")
    if text[span.start : span.end] != written:
        found = text[span.start : span.end]
        raise place.bad(wording, f"characters {span.start} to {span.end} are {shown(found)}, not {shown(written)}")


def check_relation(
    relation: Relation, mentions: dict[str, Mention], types: Iterable[str], kinds: tuple[str, str], document: str
) -> None:
    """Raise BadRow for a relation of an unknown type, of an absent mention, or of other kinds than `kinds`."""
    if relation.type not in types:
        known = ", ".join(sorted(types))
        raise relation.place.bad("type", f"{shown(relation.type)} is no relation type, which are {known}")
    for column, mention_id in (("arg1", relation.head), ("arg2", relation.tail)):
        if mention_id not in mentions:
            raise relation.place.bad(column, f"the document {document} has no entity {shown(mention_id)}")
    found = sorted((mentions[relation.head].kind, mentions[relation.tail].kind))
    if found != sorted(kinds):
        raise relation.place.bad(
            "arg2", f"the relation is of {' and '.join(found)}, where {' and '.join(kinds)} are wanted"
        )
