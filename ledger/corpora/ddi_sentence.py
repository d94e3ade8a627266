"""One sentence of DDI-2013 as it is read: its drugs, where their pieces stand, and which pairs interact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from ledger.corpora.bad_input import shown
from ledger.corpora.documents import LONGEST_MENTION_ID, Mention, Place, Relation
from ledger.patterns import Span

TYPES = ("mechanism", "effect", "advise", "int")
UNTYPED = "untyped"  # a pair that interacts, of which the corpus does not say how: there is one
KIND_OF = {"drug": "drug", "brand": "drug", "group": "drug", "drug_n": "drug"}
OFFSETS = re.compile(r"[0-9]{1,7}-[0-9]{1,7}(;[0-9]{1,7}-[0-9]{1,7})*")
MOST_PIECES_TO_MEND = 3


class SentenceDraft:
    """A sentence under way; what its entities and pairs say is checked as they come."""

    def __init__(self, sentence_id: str, text: str) -> None:
        self.id = sentence_id
        self.text = text
        self.n_mended = 0
        self._mentions: dict[str, Mention] = {}
        self._relations: list[Relation] = []
        self.denied: list[frozenset[str]] = []

    def add_entity(self, attributes: dict[str, str], place: Place) -> None:
        """Raises BadRow for a kind, an id or offsets that cannot be."""
        mention_id, written = needed(attributes, "id", place), needed(attributes, "text", place)
        written_kind = needed(attributes, "type", place)
        if written_kind not in KIND_OF:
            raise place.bad("type", f"{shown(written_kind)} is no kind of drug, which are {', '.join(KIND_OF)}")
        if mention_id in self._mentions:
            raise place.bad("id", f"the entity {mention_id} stands there twice")
        if len(mention_id) > LONGEST_MENTION_ID or ":" in mention_id:
            raise place.bad("id", f"{shown(mention_id)} cannot be an entity's id")
        pieces = self._pieces(needed(attributes, "charOffset", place), written, place)
        self._mentions[mention_id] = Mention(mention_id, KIND_OF[written_kind], written_kind, pieces, place)

    def add_pair(self, attributes: dict[str, str], place: Place) -> None:
        """Raises BadRow for an entity that is not there, a type that is none, and an entity paired with itself."""
        first, second = needed(attributes, "e1", place), needed(attributes, "e2", place)
        for name, mention_id in (("e1", first), ("e2", second)):
            if mention_id not in self._mentions:
                raise place.bad(name, f"the sentence {self.id} has no entity {shown(mention_id)}")
        if first == second:
            raise place.bad("e2", f"the entity {first} is paired with itself")
        interacts, type_ = needed(attributes, "ddi", place), attributes.get("type", UNTYPED)
        if interacts not in ("true", "false"):
            raise place.bad("ddi", f"{shown(interacts)} is neither true nor false")
        if interacts == "false":
            self.denied.append(frozenset((first, second)))
            return
        if type_ not in (*TYPES, UNTYPED):
            raise place.bad("type", f"{shown(type_)} is no interaction type, which are {', '.join(TYPES)}")
        self._relations.append(Relation(type_, first, second, place))

    def finish(self, offset: int) -> tuple[Span, list[Mention], list[Relation]]:
        """The sentence, its drugs and interactions, counted from the document's start where it begins at `offset`."""
        moved = [
            Mention(
                mention.id,
                mention.kind,
                mention.written_kind,
                tuple(Span(piece.start + offset, piece.end + offset) for piece in mention.pieces),
                mention.place,
            )
            for mention in self._mentions.values()
        ]
        return Span(offset, offset + len(self.text)), moved, self._relations

    def _pieces(self, offsets: str, written: str, place: Place) -> tuple[Span, ...]:
        """Where the pieces stand, end-exclusive; raises BadRow unless they spell the drug's name."""
        if not OFFSETS.fullmatch(offsets):
            raise place.bad("charOffset", f"{shown(offsets)} is not a place such as 0-3 or 0-3;10-15")
        pieces = [
            Span(int(start), int(end) + 1) for start, _, end in (one.partition("-") for one in offsets.split(";"))
        ]
        for piece in pieces:
            if piece.end > len(self.text):
                problem = f"character {piece.end - 1} is past the end of the sentence, which has {len(self.text)}"
                raise place.bad("charOffset", problem)
            if piece.start >= piece.end:
                raise place.bad("charOffset", f"the piece {piece.start}-{piece.end - 1} ends before it starts")
        if any(left.end > right.start for left, right in pairwise(pieces)):
            raise place.bad("charOffset", f"the pieces {offsets} overlap or are not in order")
        if self._spells(pieces, written):
            return tuple(pieces)
        if 1 < len(pieces) <= MOST_PIECES_TO_MEND:
            for mended in _nearby(pieces, len(self.text)):
                if self._spells(mended, written):
                    self.n_mended += 1
                    return tuple(mended)
        found = " … ".join(self.text[piece.start : piece.end] for piece in pieces)
        raise place.bad("charOffset", f"the characters {offsets} are {shown(found)}, not {shown(written)}")

    def _spells(self, pieces: Sequence[Span], written: str) -> bool:
        """Whether the pieces together are the name; the corpus joins pieces with a blank or without."""
        parts = [self.text[piece.start : piece.end] for piece in pieces]
        if len(parts) == 1:
            return parts[0] == written
        return "".join("".join(parts).split()) == "".join(written.split()) and not any(
            part[0].isspace() or part[-1].isspace() for part in parts
        )


def _nearby(pieces: Sequence[Span], length: int) -> Iterator[list[Span]]:
    """The same pieces with each edge moved by at most one character, those that stay in order."""
    for moves in product((0, -1, 1), repeat=2 * len(pieces)):
        found = [
            Span(piece.start + moves[2 * number], piece.end + moves[2 * number + 1])
            for number, piece in enumerate(pieces)
        ]
        edges = [edge for piece in found for edge in (piece.start, piece.end)]
        if edges[0] >= 0 and edges[-1] <= length and all(a < b for a, b in pairwise(edges)):
            yield found


def needed(attributes: dict[str, str], name: str, place: Place, may_be_empty: bool = False) -> str:
    """The attribute's value; raises BadRow where it is missing or empty."""
    value = attributes.get(name)
    if value is None or not (value.strip() or may_be_empty):
        raise place.bad(name, f"the attribute {name} is {'missing' if value is None else 'empty'}")
    return value
