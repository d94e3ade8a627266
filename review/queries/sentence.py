"""A statement's sentence as pages show it."""

from __future__ import annotations

from ledger.models import Statement
from review.marking import Piece, in_a_line, pieces


def sentence_of(statement: Statement) -> list[Piece]:
    """The sentence in pieces: head and tail marked, the sentence's other mentions told apart (no query)."""
    return pieces(
        statement.text,
        (statement.head_start, statement.head_end),
        (statement.tail_start, statement.tail_end),
        [(start, end, kind) for start, end, kind in statement.other_mentions or ()],
    )


def line_of(statement: Statement) -> list[Piece]:
    """The same for a list that shows one line of it: cut so that both mentions are in sight (no query)."""
    return in_a_line(sentence_of(statement))
