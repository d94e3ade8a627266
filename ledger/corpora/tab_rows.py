"""Tab-separated files without a header, whose columns are known by their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadFile
from ledger.corpora.documents import Place
from ledger.corpora.lines import opened, physical_lines
from ledger.corpora.rows import WRONG_ENCODING

FAULTS = {
    "encoding": ("the line is not UTF-8", WRONG_ENCODING),
    "nul": ("the line holds a NUL byte", "take it out"),
    "length": ("the line is too long to be a row", "check that it ends where it should"),
}


@dataclass(frozen=True, slots=True)
class TabRow:
    """One row's cells and where it stands."""

    place: Place
    cells: tuple[str, ...]


def tab_rows(path: Path, columns: Sequence[str]) -> Iterator[TabRow]:
    """The file's rows in order, blank lines left out; an empty file has none.

    Raises BadRow for a row with fewer or more cells than `columns`, and for one that is not clean text.
    """
    with opened(path) as stream:
        for line in physical_lines(stream, path):
            place = Place(path, line.number)
            if line.fault:
                raise place.bad(None, *FAULTS[line.fault])
            text = line.text.rstrip("\r\n")
            if not text.strip():
                continue
            check_line_end(place, text)
            cells = tuple(text.split("\t"))
            if len(cells) != len(columns):
                column = columns[min(len(cells), len(columns) - 1)]
                raise place.bad(
                    column,
                    f"the row has {len(cells)} tab-separated cells where {len(columns)} are wanted "
                    f"({', '.join(columns)})",
                )
            yield TabRow(place, cells)


def check_line_end(place: Place, text: str) -> None:
    """Raise BadRow for a line that holds a carriage return: all of an old Macintosh's file is one line."""
    if "\r" in text:
        raise place.bad(None, "the line holds a carriage return", "save the file with line feeds as line ends")


def number(row: TabRow, column: str, cell: str) -> int:
    """The cell as a count of characters; raises BadRow."""
    written = cell.strip()
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise row.place.bad(column, f"“{written[:20]}” is not a number of characters")
    return int(written)


def need_rows(path: Path, n_rows: int) -> None:
    """Raise BadFile for a file that must have rows and has none."""
    if not n_rows:
        raise BadFile(path, 1, None, "the file has no rows", "give the file as the corpus has it")
