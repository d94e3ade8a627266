"""Drug combinations in free text: sentences with drug spans and what experts say of the drugs given together.

The form of the Drug Combination Extraction set, one JSON object a line: `doc_id`, `sentence`, `spans` (`span_id`,
`start`, `end`, end exclusive), `rels` (`class`, `spans`, `is_context_needed`) and `source`, the abstract's address.
Where a span's own `text` differs from the sentence at its offsets, the offsets hold, provided they cover whole words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ledger.corpora.bad_input import BadFile, BadRow, OnBad, refuse, shown
from ledger.corpora.lines import opened, physical_lines
from ledger.corpora.rows import FIX, LONGEST_CELL
from ledger.corpora.tab_rows import FAULTS
from ledger.patterns import Span, occurrences

Outcome = Literal["POS", "NEG", "COMB"]
"""Beneficial; harmful or not effective; given together with no effect stated."""

LONGEST_DOCUMENT_ID = 60
HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""What JSON may hold and UTF-8 may not: one half of a pair that stands for one character."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Drugs given together, as positions in the sentence's `spans`, left to right."""

    outcome: Outcome
    members: tuple[int, ...]
    context_needed: bool


@dataclass(frozen=True, slots=True)
class CombinationSentence:
    """One sentence, its drugs left to right, and what is said of which of them; `document` is the abstract's."""

    path: Path
    line: int
    sentence_id: str
    document: str
    text: str
    spans: tuple[Span, ...]
    combinations: tuple[Combination, ...]


def read_combinations(path: Path, on_bad: OnBad = refuse) -> Iterator[CombinationSentence]:
    """The file's sentences in order; lines that cannot be used go to `on_bad`. Raises BadFile when there are none."""
    n_lines = 0
    with opened(path) as stream:
        for line in physical_lines(stream, path):
            if not line.text.strip():
                continue
            n_lines += 1
            at = _Line(path, line.number, line.text)
            try:
                if line.fault:
                    raise at.bad(None, *FAULTS[line.fault])
                yield _sentence(at)
            except BadRow as bad:
                on_bad(bad)
    if not n_lines:
        raise BadFile(path, 1, None, "the file is empty", "give a file with one JSON object a line")


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    number: int
    text: str

    def bad(self, column: str | None, problem: str, remedy: str = FIX) -> BadRow:
        return BadRow(self.path, self.number, column, problem, remedy, (self.text.rstrip("\r\n")[:LONGEST_CELL],))

    def field(self, holder: object, key: str, kind: type | tuple[type, ...], column: str | None = None) -> Any:
        """The value under `key`; raises BadRow where it is absent or of another kind."""
        value = holder.get(key) if isinstance(holder, dict) else None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.bad(column or key, f"{key} is {'missing' if value is None else 'not what it should be'}")
        return value


def _sentence(at: _Line) -> CombinationSentence:
    try:
        record = json.loads(at.text)
    except (ValueError, RecursionError) as error:
        position = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise at.bad(None, f"the line is not JSON{position}")
    sentence_id, text = at.field(record, "doc_id", str).strip(), at.field(record, "sentence", str)
    for column, value, longest in (("doc_id", sentence_id, LONGEST_DOCUMENT_ID), ("sentence", text, LONGEST_CELL)):
        if not value.strip() or len(value) > longest or "\0" in value:
            raise at.bad(column, f"{column} is empty, longer than {longest:,} characters, or holds a NUL")
    for column in ("doc_id", "sentence", "source"):
        if HALF_A_CHARACTER.search(str(record.get(column))):
            raise at.bad(column, f"{column} holds half a character, an escape such as \\ud83d without its other half")
    by_id: dict[int, Span] = {}
    for span in at.field(record, "spans", list):
        span_id = at.field(span, "span_id", int, "spans")
        if span_id in by_id:
            raise at.bad("spans", f"two spans have the span_id {span_id}")
        by_id[span_id] = _span(at, span, text)
    ordered = sorted(by_id, key=lambda span_id: (by_id[span_id].start, by_id[span_id].end))
    places = {span_id: place for place, span_id in enumerate(ordered)}
    source = record.get("source")
    return CombinationSentence(
        at.path,
        at.number,
        sentence_id,
        source if isinstance(source, str) and 0 < len(source) <= LONGEST_DOCUMENT_ID else sentence_id,
        text,
        tuple(by_id[span_id] for span_id in ordered),
        tuple(_combination(at, relation, places) for relation in at.field(record, "rels", list)),
    )


def _span(at: _Line, span: object, text: str) -> Span:
    start, end = (at.field(span, key, int, "spans") for key in ("start", "end"))
    if not 0 <= start < end <= len(text):
        raise at.bad("spans", f"characters {start} to {end} are not in the sentence, which has {len(text)}")
    piece = text[start:end]
    if isinstance(span, dict) and span.get("text") != piece and start not in occurrences(text, piece):
        raise at.bad("spans", f"characters {start} to {end} are {shown(piece)}, not {shown(str(span.get('text')))}")
    return Span(start, end)


def _combination(at: _Line, relation: object, places: dict[int, int]) -> Combination:
    outcome = at.field(relation, "class", str, "rels")
    if outcome not in get_args(Outcome):
        raise at.bad("rels", f"{shown(outcome)} is not one of {', '.join(get_args(Outcome))}")
    members = at.field(relation, "spans", list, "rels")
    if any(not isinstance(member, int) or member not in places for member in members):
        raise at.bad("rels", "a relation names a span that the sentence does not have")
    if len(set(members)) < 2:
        raise at.bad("rels", "a relation has fewer than two drugs")
    return Combination(
        outcome,
        tuple(sorted({places[member] for member in members})),
        bool(at.field(relation, "is_context_needed", bool, "rels")),
    )
