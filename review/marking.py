"""A sentence cut into the pieces a page marks up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


BEFORE, BETWEEN = 24, 64
"""Characters left of what stands before the pair's first mention, and between its two, where a list has one line."""


def in_a_line(sentence: Sequence[Piece]) -> list[Piece]:
    """A sentence cut for a list that shows one line of it, so that both its mentions are seen; "…" is what is left out.

    What follows the second mention is left whole, since the page cuts it by itself.
    """
    marked = [place for place, piece in enumerate(sentence) if piece.is_mention]
    first, last = marked[0], marked[-1]
    between = [place for place in range(first, last) if place not in marked]
    before = _end_of(sentence[:first], BEFORE)
    if sum(len(sentence[place].text) for place in between) <= BETWEEN:
        return [*before, *sentence[first:]]
    start, stop = between[0], between[-1] + 1
    gap = sentence[start:stop]
    return [
        *before,
        *sentence[first:start],
        *_start_of(gap, BETWEEN // 2),
        *_end_of(gap, BETWEEN // 2),
        *sentence[stop:],
    ]


def _end_of(stretch: Sequence[Piece], most: int) -> list[Piece]:
    """The last words of a stretch, at most so many characters."""
    kept: list[Piece] = []
    left = most
    for piece in reversed(stretch):
        if len(piece.text) > left:
            words = piece.text[len(piece.text) - left :].partition(" ")[2]
            return [replace(piece, text=f"… {words}", other=""), *kept]
        kept.insert(0, piece)
        left -= len(piece.text)
    return kept


def _start_of(stretch: Sequence[Piece], most: int) -> list[Piece]:
    """The first words of a stretch, at most so many characters."""
    kept: list[Piece] = []
    left = most
    for piece in stretch:
        if len(piece.text) > left:
            words = piece.text[:left].rpartition(" ")[0]
            return [*kept, replace(piece, text=f"{words} ", other="")]
        kept.append(piece)
        left -= len(piece.text)
    return kept


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
