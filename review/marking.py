"""A sentence cut into the pieces a page marks up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that belongs to the head, to the tail, to both, or to neither."""

    text: str
    is_head: bool
    is_tail: bool
    closes_head: bool = False
    closes_tail: bool = False

    @property
    def is_mention(self) -> bool:
        return self.is_head or self.is_tail


def pieces(text: str, head: tuple[int, int], tail: tuple[int, int]) -> list[Piece]:
    """The sentence in order; joined, the pieces are the text again. Spans are character offsets, end exclusive."""
    cuts = sorted({0, len(text), *(cut for span in (head, tail) for cut in span if cut < len(text))})
    return [
        Piece(
            text=text[start:end],
            is_head=head[0] <= start < head[1],
            is_tail=tail[0] <= start < tail[1],
            closes_head=end == head[1],
            closes_tail=end == tail[1],
        )
        for start, end in pairwise(cuts)
    ]
