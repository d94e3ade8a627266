"""Where two names stand in a sentence, and the wording that is left when they are masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

HEAD_MARK = "⟨1⟩"
TAIL_MARK = "⟨2⟩"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: character offsets, end exclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


class MentionNotFound(Exception):
    """A sentence does not name the entity it is said to be about, at least not apart from the other one."""

    def __init__(self, which: Literal["head", "tail"], names: Sequence[str]) -> None:
        self.which = which
        self.names = tuple(dict.fromkeys(names))
        known = self.names[0] if self.names else "an entity without a name"
        also = f" nor any of its {len(self.names) - 1} other names" if len(self.names) > 1 else ""
        super().__init__(f"the sentence does not hold {known}{also} as a mention of its own")


def fold(name: str) -> str:
    """A name as look-ups compare it: case and runs of blanks make no difference."""
    return " ".join(name.casefold().split())


def find_mentions(text: str, head_names: Sequence[str], tail_names: Sequence[str]) -> tuple[Span, Span]:
    """Where head and tail are mentioned, as two spans that do not overlap; names are tried in the order given.

    Each name is looked for as written, then without regard to case, and only as whole words. A short name inside an
    occurrence of the other's longer name is no mention of it ("Insulin" in "Insulin glargine"). Of several
    occurrences the first counts. Raises MentionNotFound. Time is linear in the text for each name.
    """
    if head_names and tail_names and (pair := _as_written(text, head_names[0], tail_names[0])):
        return pair
    heads, tails = _Forms(text, head_names), _Forms(text, tail_names)
    for head in heads:
        for tail in tails:
            if pair := _apart(head, tail):
                return pair
    which: Literal["head", "tail"] = (
        "tail" if heads.is_any and (not tails.is_any or _head_is_longer(heads, tails)) else "head"
    )
    raise MentionNotFound(which, (head_names, tail_names)[which == "tail"])


def pattern_of(text: str, head: Span, tail: Span) -> str:
    """The wording of a statement: ⟨1⟩ for the head and ⟨2⟩ for the tail, wherever their surface forms stand.

    The marked spans are always masked; other whole-word occurrences of the same surface forms too, longest first.
    """
    masks = sorted([(head.start, head.end, HEAD_MARK), (tail.start, tail.end, TAIL_MARK)])
    surfaces = [(text[head.start : head.end], HEAD_MARK), (text[tail.start : tail.end], TAIL_MARK)]
    for surface, mark in sorted(surfaces, key=lambda pair: -len(pair[0])):
        more = _outside(occurrences(text, surface), len(surface), masks)
        masks = sorted(masks + [(start, start + len(surface), mark) for start in more])
    pieces, at = [], 0
    for start, end, mark in masks:
        pieces += [text[at:start], mark]
        at = end
    return "".join([*pieces, text[at:]])


def occurrences(text: str, name: str) -> list[int]:
    """Starts of the whole-word occurrences of `name`, left to right, none overlapping the one before.

    An edge of the name that is itself no letter or digit, as the ")" of "(human)", needs no word boundary.
    """
    starts: list[int] = []
    if not name:
        return starts
    size, opens, closes = len(name), _in_word(name[0]), _in_word(name[-1])
    at = text.find(name)
    while at >= 0:
        end = at + size
        if (opens and at and _in_word(text[at - 1])) or (closes and end < len(text) and _in_word(text[end])):
            at = text.find(name, at + 1)
        else:
            starts.append(at)
            at = text.find(name, end)
    return starts


@dataclass(frozen=True, slots=True)
class _Form:
    """One way an entity is written in a text: how long it is and where it starts."""

    size: int
    starts: list[int]

    def spans(self) -> Iterator[Span]:
        return (Span(start, start + self.size) for start in self.starts)


class _Forms:
    """The forms in which an entity's names occur in a text, worked out as they are asked for and kept."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self._text = text
        self._names = list(dict.fromkeys(stripped for name in names if (stripped := name.strip())))
        self._found: list[_Form] = []
        self._rest = self._search()

    def _search(self) -> Iterator[_Form]:
        text = lowered = self._text
        for name in self._names:
            if exact := occurrences(text, name):
                yield _Form(len(name), exact)
            if lowered is text:
                lowered = _lower(text)
            if any_case := occurrences(lowered, _lower(name)):
                yield _Form(len(name), any_case)

    def __iter__(self) -> Iterator[_Form]:
        at = 0
        while True:
            if at == len(self._found):
                form = next(self._rest, None)
                if form is None:
                    return
                self._found.append(form)
            yield self._found[at]
            at += 1

    @property
    def is_any(self) -> bool:
        return next(iter(self), None) is not None


def _as_written(text: str, head: str, tail: str) -> tuple[Span, Span] | None:
    """The mentions where the first names stand in the text as written: nearly every row, and quick to tell."""
    head, tail = head.strip(), tail.strip()
    head_starts, tail_starts = occurrences(text, head), occurrences(text, tail)
    if not head_starts or not tail_starts:
        return None
    return _apart(_Form(len(head), head_starts), _Form(len(tail), tail_starts))


def _head_is_longer(heads: _Forms, tails: _Forms) -> bool:
    return next(iter(heads)).size >= next(iter(tails)).size


def _apart(head: _Form, tail: _Form) -> tuple[Span, Span] | None:
    """The first mention of each that leaves room for the other, or None.

    Trying the first of the one and then the first of the other is enough: all occurrences of a form are equally long,
    so if neither first one has a partner, no later one has.
    """
    first_head = Span(head.starts[0], head.starts[0] + head.size)
    first_tail = Span(tail.starts[0], tail.starts[0] + tail.size)
    if len(head.starts) == len(tail.starts) == 1:
        return None if first_head.overlaps(first_tail) else (first_head, first_tail)
    head_is_longer = head.size >= tail.size
    long, short = (head, tail) if head_is_longer else (tail, head)
    if long.size > short.size:
        short = _Form(short.size, _not_inside(short, long))
    for fixed, others in ((long, short), (short, long)):
        first = next(fixed.spans(), None)
        if first is None:
            return None
        other = next((span for span in others.spans() if not span.overlaps(first)), None)
        if other is not None:
            return (first, other) if (fixed is long) == head_is_longer else (other, first)
    return None


def _not_inside(short: _Form, long: _Form) -> list[int]:
    """Starts of `short` that do not lie within an occurrence of `long`; both run left to right."""
    kept, at = [], 0
    for start in short.starts:
        while at < len(long.starts) and long.starts[at] + long.size < start + short.size:
            at += 1
        if at == len(long.starts) or start < long.starts[at]:
            kept.append(start)
    return kept


def _outside(starts: list[int], size: int, masks: list[tuple[int, int, str]]) -> list[int]:
    """Those of `starts` whose piece of text touches none of `masks`; both run left to right."""
    kept, at = [], 0
    for start in starts:
        while at < len(masks) and masks[at][1] <= start:
            at += 1
        if at == len(masks) or start + size <= masks[at][0]:
            kept.append(start)
    return kept


def _in_word(character: str) -> bool:
    """Letters, digits, and the accents that follow a letter."""
    return character.isalnum() or (character >= "\u0300" and category(character)[0] == "M")


def _lower(text: str) -> str:
    """Lower case of the same length, so that offsets hold: İ would become two characters, and Σ has two small forms."""
    lowered = text.lower().replace("ς", "σ")
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text).replace("ς", "σ")
