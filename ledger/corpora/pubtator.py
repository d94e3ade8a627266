"""PubTator: a title line, an abstract line and a line for each mention, documents parted by blank lines.

Offsets count the characters of title, one blank and abstract; the end is exclusive. Mentions have no ids of their own
and are called T1, T2, … as they come. Relation lines name concepts, not mentions, so they say nothing of a sentence
and are passed over: the pairs of these documents are to be predicted. Files may be gzipped and of any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadFile, shown
from ledger.corpora.documents import LONGEST_DOCUMENT_ID, Document, Mention, Place, check_place
from ledger.corpora.lines import opened, physical_lines
from ledger.corpora.tab_rows import FAULTS, TabRow, check_line_end, number
from ledger.patterns import Span

MENTION_CELLS = (5, 6, 7)  # document, start, end, text, kind, and what concept it is
RELATION_CELLS = 4
LONGEST_KIND = 40


@dataclass(frozen=True, slots=True)
class _Line:
    place: Place
    text: str


def read_pubtator(path: Path) -> Iterator[Document]:
    """The documents in order, every offset checked, one in memory at a time. Raises BadFile or BadRow."""
    known: dict[str, int] = {}
    for lines in _blocks(path):
        document = _document(lines)
        earlier = known.setdefault(document.id, document.place.line)
        if earlier != document.place.line:
            raise document.place.bad("document", f"the document {document.id} stands on line {earlier} already")
        yield document
    if not known:
        raise BadFile(path, 1, None, "the file holds no documents", "give a file in PubTator's form")


def _blocks(path: Path) -> Iterator[list[_Line]]:
    """The lines of each document. Some files part documents by nothing but the next title."""
    block: list[_Line] = []
    with opened(path) as stream:
        for line in physical_lines(stream, path):
            place = Place(path, line.number)
            if line.fault:
                raise place.bad(None, *FAULTS[line.fault])
            text = line.text.rstrip("\r\n")
            check_line_end(place, text)
            if block and (not text.strip() or _part(text) == "t"):
                yield block
                block = []
            if text.strip():
                block.append(_Line(place, text))
    if block:
        yield block


def _part(text: str) -> str:
    """Which part of a document the line is: "t" title, "a" abstract, or "" for a table's row."""
    cells = text.split("|", 2)
    return cells[1] if len(cells) == 3 and cells[1] in ("t", "a") and "\t" not in cells[0] else ""


def _document(lines: list[_Line]) -> Document:
    first = lines[0]
    if _part(first.text) != "t":
        raise first.place.bad(None, f"a title line such as 123|t|… is wanted, not {shown(first.text)}")
    document, _, title = first.text.split("|", 2)
    if not document.strip() or len(document) > LONGEST_DOCUMENT_ID or ":" in document:
        raise first.place.bad("document", f"{shown(document)} cannot be a document's id")
    text, rest = title, lines[1:]
    if rest and _part(rest[0].text) == "a":
        _check_document(rest[0], rest[0].text.split("|", 2)[0], document)
        text = f"{title} {rest[0].text.split('|', 2)[2]}"
        rest = rest[1:]
    mentions: list[Mention] = []
    for line in rest:
        cells = tuple(line.text.split("\t"))
        _check_document(line, cells[0], document)
        if len(cells) in MENTION_CELLS:
            mentions.append(_mention(TabRow(line.place, cells), text, f"T{len(mentions) + 1}"))
        elif len(cells) != RELATION_CELLS:
            raise line.place.bad(
                "kind", f"the row has {len(cells)} tab-separated cells where a mention has 6 and a relation 4"
            )
    return Document(document.strip(), text, tuple(mentions), (), first.place, title_end=len(title), is_labelled=False)


def _check_document(line: _Line, found: str, document: str) -> None:
    if found != document:
        raise line.place.bad("document", f"the row is about {shown(found)} among those of {document}")


def _mention(row: TabRow, text: str, mention_id: str) -> Mention:
    _, start, end, written, written_kind = row.cells[:5]
    kind = written_kind.strip()
    if not kind or len(kind) > LONGEST_KIND:
        raise row.place.bad("kind", f"{shown(kind)} is no kind of mention")
    span = Span(number(row, "start", start), number(row, "end", end))
    check_place(row.place, text, span, written, ("start", "end", "text"))
    return Mention(mention_id, kind.casefold(), kind, (span,), row.place)
