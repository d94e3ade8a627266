"""The text a model reads: a statement's sentence, with its two mentions as they are, masked or marked."""

from __future__ import annotations

import re

from modeling.config import MentionForm
from modeling.records import Span, Statement

_PLACEHOLDER = re.compile("⟨([12])⟩")


class UnreadableStatement(ValueError):
    """A model can read nothing of this statement that it could answer. Which is why, each of its kinds says."""


class SpanOutsideText(UnreadableStatement):
    """A mention's span is empty or does not lie inside its sentence."""


class PlaceholderMissing(UnreadableStatement):
    """A pattern lacks the mark of one of its two entities."""


def input_text(statement: Statement, mentions: MentionForm) -> tuple[str, Span, Span]:
    """The text a model reads and where head and tail stand in it.

    "raw" is the sentence itself; "masked" its pattern with ⟨1⟩ and ⟨2⟩ as kind and number ("drug1", "drug2"): of
    several marks, the first of the head and the tail's nearest to it; "typed" the sentence with kind and number
    before both mentions ("drug1 (Warfarin)"), "tagged" with the second paper's signs around them ("$Warfarin$" the
    head, "#CYP2C9#" the tail). Marks are part of their mention. Raises SpanOutsideText or PlaceholderMissing.
    """
    if mentions == "masked":
        return _masked(statement)
    for span in (statement.head, statement.tail):
        if not 0 <= span.start < span.end <= len(statement.text):
            raise SpanOutsideText(
                f"Statement {statement.id} marks characters {span.start} to {span.end} of a sentence of "
                f"{len(statement.text)}: import it again."
            )
    if mentions == "raw":
        return statement.text, statement.head, statement.tail
    marks = markings(statement, mentions)
    pieces: list[str] = []
    at = 0
    for place, mark, _ in marks:
        pieces += [statement.text[at:place], mark]
        at = place
    pieces.append(statement.text[at:])
    return "".join(pieces), _moved(1, marks), _moved(2, marks)


def names_in(statement: Statement, mentions: MentionForm, head: Span, tail: Span) -> tuple[Span, Span]:
    """Head and tail of `input_text` without the marks at their ends: the names as the sentence has them."""
    if mentions in ("raw", "masked"):
        return head, tail
    (before_head, after_head), (before_tail, after_tail) = _signs(statement, mentions)
    return (
        Span(head.start + len(before_head), head.end - len(after_head)),
        Span(tail.start + len(before_tail), tail.end - len(after_tail)),
    )


def _signs(statement: Statement, mentions: MentionForm) -> tuple[tuple[str, str], tuple[str, str]]:
    """What stands before and after the head's name, and the tail's."""
    if mentions == "tagged":
        return ("$", "$"), ("#", "#")
    return (f"{statement.head_kind}1 (", ")"), (f"{statement.tail_kind}2 (", ")")


def markings(statement: Statement, mentions: MentionForm) -> list[tuple[int, str, int]]:
    """What the forms "typed" and "tagged" write into the sentence: before which character, what, of which mention.

    In order. Where one mention holds the other, so do their marks.
    """
    signs = _signs(statement, mentions)
    spans = ((1, statement.head, *signs[0]), (2, statement.tail, *signs[1]))
    opening = [(span.start, 1, -span.end, before, number) for number, span, before, _ in spans]
    closing = [(span.end, 0, -span.start, after, number) for number, span, _, after in spans]
    return [(place, mark, number) for place, _, _, mark, number in sorted(opening + closing)]


def _moved(number: int, marks: list[tuple[int, str, int]]) -> Span:
    """Where a mention stands in the marked sentence, its own marks included."""
    lengths = [0]
    for _, mark, _ in marks:
        lengths.append(lengths[-1] + len(mark))
    first, last = (index for index, (_, _, owner) in enumerate(marks) if owner == number)
    return Span(marks[first][0] + lengths[first], marks[last][0] + lengths[last + 1])


def _masked(statement: Statement) -> tuple[str, Span, Span]:
    words = {"1": f"{statement.head_kind}1", "2": f"{statement.tail_kind}2"}
    pieces: list[str] = []
    spans: dict[str, list[Span]] = {"1": [], "2": []}
    length = 0
    for number, piece in enumerate(_PLACEHOLDER.split(statement.pattern)):
        if number % 2:
            spans[piece].append(Span(length, length + len(words[piece])))
            piece = words[piece]
        pieces.append(piece)
        length += len(piece)
    if not spans["1"] or not spans["2"]:
        missing = "⟨2⟩" if spans["1"] else "⟨1⟩"
        raise PlaceholderMissing(f"The pattern of statement {statement.id} has no {missing}: import it again.")
    head = spans["1"][0]
    tail = min(spans["2"], key=lambda span: abs(span.start - head.start))
    return "".join(pieces), head, tail
