"""Which characters of its sentence a stretch of the model's input stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modeling.config import MentionForm
from modeling.mentions import input_text, markings
from modeling.records import Span, Statement

_MARK = re.compile("⟨([12])⟩")


class NotTraceable(ValueError):
    """A pattern that does not lead back to the sentence it was made from."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the model's input and where it comes from: copied letter by letter, or put in a mention's place."""

    read: Span
    origin: Span
    is_copied: bool


def origins(statement: Statement, mentions: MentionForm) -> list[Stretch]:
    """`input_text` in stretches, from left to right, each with its characters in the sentence.

    Raises NotTraceable, and what `input_text` raises.
    """
    text, head, tail = input_text(statement, mentions)
    if mentions == "raw":
        whole = Span(0, len(text))
        return [Stretch(whole, whole, is_copied=True)]
    if mentions != "masked":
        return _around_marks(statement, mentions)
    own = {"1": statement.head, "2": statement.tail}
    width = {"1": head.end - head.start, "2": tail.end - tail.start}
    stretches: list[Stretch] = []
    read = at = 0
    for number, piece in enumerate(_MARK.split(statement.pattern)):
        if number % 2:
            origin, length = _mention_at(statement.text, at, own[piece]), width[piece]
        else:
            origin, length = Span(at, at + len(piece)), len(piece)
            if statement.text[origin.start : origin.end] != piece:
                break
        if length:
            stretches.append(Stretch(Span(read, read + length), origin, is_copied=not number % 2))
        read, at = read + length, max(at, origin.end)
    if (read, at) != (len(text), len(statement.text)):
        raise NotTraceable(
            f"The pattern of statement {statement.id} does not lead back to its sentence from character {at} on: "
            "import it again."
        )
    return stretches


def _around_marks(statement: Statement, mentions: MentionForm) -> list[Stretch]:
    """The stretches of the marked sentence: each mark comes from the mention it stands at."""
    own = {1: statement.head, 2: statement.tail}
    stretches: list[Stretch] = []
    read = at = 0
    for place, mark, number in [*markings(statement, mentions), (len(statement.text), "", 1)]:
        for origin, length, is_copied in ((Span(at, place), place - at, True), (own[number], len(mark), False)):
            if length:
                stretches.append(Stretch(Span(read, read + length), origin, is_copied=is_copied))
                read += length
        at = place
    return stretches


def _mention_at(sentence: str, at: int, own: Span) -> Span:
    """The mention that a mark stands for: what is written there, or the marked one where two mentions overlap."""
    surface = sentence[own.start : own.end]
    return Span(at, at + len(surface)) if sentence.startswith(surface, at) else own


def in_sentence(span: Span, stretches: list[Stretch]) -> Span:
    """The characters of the sentence that a part of the input stands for: the whole of every mention it touches."""
    starts, ends = [], []
    for stretch in stretches:
        if stretch.read.start < span.end and span.start < stretch.read.end:
            shift = stretch.origin.start - stretch.read.start
            inside = Span(max(span.start, stretch.read.start) + shift, min(span.end, stretch.read.end) + shift)
            origin = inside if stretch.is_copied else stretch.origin
            starts.append(origin.start)
            ends.append(origin.end)
    return Span(min(starts), max(ends))
