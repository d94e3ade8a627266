"""A sentence cut into the pieces a page marks up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.patterns import HEAD_MARK, TAIL_MARK


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that belongs to the head, to the tail, to both, or to neither.

    `other`: the kind of another mention of the sentence, where the stretch belongs to one and to neither of the two.
    """

    text: str
    is_head: bool
    is_tail: bool
    closes_head: bool = False
    closes_tail: bool = False
    other: str = ""

    @property
    def is_mention(self) -> bool:
        return self.is_head or self.is_tail


def pieces(
    text: str, head: tuple[int, int], tail: tuple[int, int], others: Sequence[tuple[int, int, str]] = ()
) -> list[Piece]:
    """The sentence in order; joined, the pieces are the text again. Spans are character offsets, end exclusive.

    others: the sentence's other mentions: start, end, kind
    """
    spans = (head, tail, *((start, end) for start, end, _ in others))
    cuts = sorted({0, len(text), *(cut for span in spans for cut in span if cut < len(text))})
    return [
        Piece(
            text=text[start:end],
            is_head=head[0] <= start < head[1],
            is_tail=tail[0] <= start < tail[1],
            closes_head=end == head[1],
            closes_tail=end == tail[1],
            other=""
            if head[0] <= start < head[1] or tail[0] <= start < tail[1]
            else next((kind for first, last, kind in others if first <= start < last), ""),
        )
        for start, end in pairwise(cuts)
    ]


def pattern_pieces(text: str, head_kind: str, tail_kind: str) -> list[Piece]:
    """A pattern in order, each of its masks as a mention that reads as the kind of thing it stands for."""
    kinds = {HEAD_MARK: head_kind, TAIL_MARK: tail_kind}
    return [
        Piece(
            text=kinds.get(part, part),
            is_head=part == HEAD_MARK,
            is_tail=part == TAIL_MARK,
            closes_head=part == HEAD_MARK,
            closes_tail=part == TAIL_MARK,
        )
        for part in re.split(f"({HEAD_MARK}|{TAIL_MARK})", text)
        if part
    ]
