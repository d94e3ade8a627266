"""Splitting a document into sentences, with what the splitter gets wrong in abstracts set right.

The splitter is nupunkt (no downloads, pure Python). Its boundaries are taken back inside a mention, inside brackets
that close soon, and before a word that only goes on ("in vivo. induces", "a Vmax. of", "i.c.v. injected", "Enc.
cuniculi"); a full stop after an ordinary word that it takes for an abbreviation ("breast cancer. Taken together")
becomes a boundary. docs/corpora-relations.md has the figures by which splitter and repairs were chosen.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence

import nupunkt

from ledger.corpora.documents import Document
from ledger.patterns import Span

GOES_ON = re.compile(r"(?!(?:alpha|beta|gamma|delta|kappa|omega)\b)[a-z]+(?=[ ,;:.)]|$)")
"""A small word without digit, hyphen or capital. Sentences may begin with a name such as "p53", "mRNA" or "β-actin"."""

OVERLOOKED = re.compile(r"[a-z]{3,}[.?!] (?=[A-Z][a-z]+ [a-z])")
ABBREVIATIONS = frozenset({
    "approx", "chem", "conc", "dept", "fig", "figs", "inst", "pharmacol", "ref", "refs", "resp", "sci", "ser", "spp",
    "ssp", "subsp", "univ", "var", "vol", "vols",
})  # fmt: skip
BRACKETS_CLOSE_WITHIN = 300  # characters


def sentences_of(document: Document) -> list[Span]:
    """The document's sentences in order, without the blanks around them; no mention is cut by any of them."""
    if document.sentences is not None:
        return [trimmed for one in document.sentences if (trimmed := _trimmed(document.text, one))]
    text, title_end = document.text, document.title_end
    parts = [Span(0, len(text))] if title_end is None else [Span(0, title_end), Span(title_end, len(text))]
    starts = [start for part in parts for start in _starts(text, part)]
    starts = _outside_mentions(starts, [mention.span for mention in document.mentions])
    edges = [0, *starts, len(text)]
    spans = (Span(start, end) for start, end in itertools.pairwise(edges))
    return [trimmed for span in spans if (trimmed := _trimmed(text, span))]


def _starts(text: str, part: Span) -> list[int]:
    """Where sentences of one part of the text start, its own start among them."""
    piece = text[part.start : part.end]
    found = {part.start + start for start, _ in nupunkt.sent_spans(piece)}
    found |= {
        part.start + match.end() for match in OVERLOOKED.finditer(piece) if match.group()[:-2] not in ABBREVIATIONS
    }
    kept = [part.start]
    for start in sorted(found):
        if start > kept[-1] and not _goes_on(text, kept[-1], start, part.end):
            kept.append(start)
    return kept


def _goes_on(text: str, sentence_start: int, start: int, end: int) -> bool:
    """Whether the sentence that began at `sentence_start` goes on at `start`."""
    if GOES_ON.match(text, start, end):
        return True
    before = text[sentence_start:start]
    if before.count("(") <= before.count(")"):
        return False
    after = text[start : min(end, start + BRACKETS_CLOSE_WITHIN)]
    closing, opening = after.find(")"), after.find("(")
    return closing >= 0 and (opening < 0 or closing < opening)


def _outside_mentions(starts: Sequence[int], mentions: Sequence[Span]) -> list[int]:
    """The starts after the first character that lie inside no mention."""
    cut = {
        start
        for span in mentions
        for start in starts[bisect_right(starts, span.start) : bisect_right(starts, span.end - 1)]
    }
    return [start for start in starts if start and start not in cut]


def _trimmed(text: str, span: Span) -> Span | None:
    """The span without blanks at its ends, or None when nothing is left."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    end = span.end - (len(piece) - len(piece.rstrip()))
    return Span(start, end) if start < end else None
