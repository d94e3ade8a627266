"""The frame all table readers share: a CSV or TSV file as rows, each with the line it starts on."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadFile, BadRow, OnBad, printable, refuse, shown
from ledger.corpora.lines import Line, opened, physical_lines

LONGEST_CELL = 20_000  # characters; the longest sentence worth a person's reading is far below

FIX = "correct the row, or leave it out with --skip-bad"
WRONG_ENCODING = "save the file as UTF-8"
DELIMITERS = "\t,;"  # the first of them that the header has; spreadsheets write semicolons where decimals have commas
BARE_RETURN = "new-line"  # what the csv module's complaint of one says
ZIP_MAGIC = "PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Form:
    """One layout of a kind of file, told by the columns its header must have."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the wanted `values` in the form's order, and what a complaint about it needs."""

    path: Path
    line: int
    values: tuple[str, ...]
    cells: tuple[str, ...]

    def bad(self, column: str | None, problem: str, remedy: str = FIX) -> BadRow:
        return BadRow(self.path, self.line, column, problem, remedy, self.cells)


@contextmanager
def open_table(path: Path, forms: Sequence[Form]) -> Iterator[Table]:
    """The file as a table in the first of `forms` its header fits; raises BadFile where it fits none."""
    with opened(path) as stream:
        yield Table(path, physical_lines(stream, path), forms)


def header_of(path: Path) -> tuple[str, ...]:
    """The column names of a CSV or TSV file, stripped; raises BadFile when it has none."""
    with opened(path) as stream:
        return Table(path, physical_lines(stream, path), [Form("any", ())]).header


class Table:
    """A header and the rows under it, read once from front to back."""

    def __init__(self, path: Path, lines: Iterator[Line], forms: Sequence[Form]) -> None:
        self.path = path
        self._feed = _Feed(lines)
        first = self._feed.peek()
        if first is None:
            raise BadFile(path, 1, None, "the file is empty", "give a file with a header line and rows")
        if first.text.startswith(ZIP_MAGIC):
            raise BadFile(path, None, None, "this is a zip or a workbook", "unpack it, or save the sheet as CSV")
        self._delimiter = next((one for one in DELIMITERS if one in first.text), ",")
        if self._delimiter == "\t":  # tab-separated files have no quoting: a quote there is part of the text
            self._reader = csv.reader(self._feed, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
        else:
            self._reader = csv.reader(self._feed, delimiter=self._delimiter, strict=True)
        self.header = self._read_header()
        self.form = self._choose(forms)
        self._positions = [self._folded.index(name.casefold()) for name in self.form.columns]

    def rows(self, on_bad: OnBad = refuse) -> Iterator[Row]:
        """The rows, without blank lines; what cannot be read goes to `on_bad`. Raises BadFile when there are none."""
        n_rows = 0
        while True:
            self._feed.record = []
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except csv.Error as error:
                n_rows += 1
                on_bad(self._misquoted(error))
                continue
            if not cells:
                continue
            n_rows += 1
            bad = self._fault(cells)
            if bad is None:
                values = tuple([cells[position] for position in self._positions])
                yield Row(self.path, self._feed.record[0].number, values, tuple(cells))
            else:
                on_bad(bad)
        if not n_rows:
            raise BadFile(self.path, 1, None, "the file holds a header and no rows", "give a file with rows")

    def _read_header(self) -> tuple[str, ...]:
        try:
            header = tuple(name.strip() for name in next(self._reader))
        except csv.Error as error:
            if BARE_RETURN in str(error):
                raise BadFile(
                    self.path, 1, None, "the lines end in carriage returns alone", "save the file with line feeds"
                )
            raise BadFile(self.path, 1, None, "the header's quotes do not match", "correct the header line")
        fault = self._feed.fault
        if fault == "encoding":
            raise BadFile(self.path, 1, None, "the header is not UTF-8", WRONG_ENCODING)
        if fault or any(len(name) > LONGEST_CELL for name in header):
            what = "NUL bytes" if fault == "nul" else f"a cell of more than {LONGEST_CELL:,} characters"
            raise BadFile(
                self.path, 1, None, f"the header holds {what}", "give a file whose first line names its columns"
            )
        self._folded = [name.casefold() for name in header]
        for position, name in enumerate(self._folded):
            if name and name in self._folded[:position]:
                raise BadFile(self.path, 1, header[position], "the column stands there twice", "rename or remove one")
        return header

    def _choose(self, forms: Sequence[Form]) -> Form:
        missing = {form: [name for name in form.columns if name.casefold() not in self._folded] for form in forms}
        for form, absent in missing.items():
            if not absent:
                return form
        nearest = min(missing, key=lambda form: len(missing[form]))
        found = printable(", ".join(name[:40] for name in self.header[:12])) or "nothing"
        raise BadFile(
            self.path,
            1,
            missing[nearest][0],
            f"the header lacks {', '.join(missing[nearest])} (it has {found})",
            f"give a comma- or tab-separated file with the columns {' or '.join(', '.join(f.columns) for f in forms)}",
        )

    def _fault(self, cells: list[str]) -> BadRow | None:
        """What makes a row unusable whatever it says, or None."""
        record, header = self._feed.record, self.header
        row = Row(self.path, record[0].number, (), tuple(cells))
        fault = self._feed.fault
        if fault == "encoding":
            return row.bad(self._column_with("\ufffd", cells), "the row is not UTF-8", WRONG_ENCODING)
        if fault == "nul":
            return row.bad(self._column_with("\0", cells), "the cell holds a NUL byte")
        if sum(len(line.text) for line in record) > LONGEST_CELL:
            longest = max(range(len(cells)), key=lambda position: len(cells[position]))
            if len(cells[longest]) > LONGEST_CELL or fault == "length":
                return row.bad(self._column(longest), _too_long(len(cells[longest])))
        if len(cells) < len(header):
            return row.bad(header[len(cells)], f"the row has {len(cells)} cells where the header has {len(header)}")
        if len(cells) > len(header):
            return row.bad(
                header[-1],
                f"the row has {len(cells)} cells where the header has {len(header)}",
                "put quotes round a cell that holds a comma, or leave the row out with --skip-bad",
            )
        return None

    def _misquoted(self, error: csv.Error) -> BadRow:
        """A row the csv module gave up on. Only its first line is dropped; lines swallowed with it are read again."""
        record = self._feed.record
        first = record[0]
        self._feed.push_back(record[1:])
        pieces = _pieces(first.text, self._delimiter)
        row = Row(self.path, first.number, (), (first.text.rstrip("\r\n")[:LONGEST_CELL],))
        longest = max(range(len(pieces)), key=lambda position: len(pieces[position]))
        if len(pieces[longest]) > LONGEST_CELL:
            return row.bad(self._column(longest), _too_long(len(pieces[longest])))
        problem = "the quotes in the row do not match"
        if BARE_RETURN in str(error):
            problem = "the row holds a bare carriage return outside quotes"
        return row.bad(self._column(_misquoted_piece(pieces)), problem)

    def _column(self, position: int) -> str:
        return self.header[min(position, len(self.header) - 1)]

    def _column_with(self, mark: str, cells: list[str]) -> str:
        return self._column(next((position for position, cell in enumerate(cells) if mark in cell), 0))


class _Feed:
    """Gives the csv module its lines, and remembers which of them the current record took."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._waiting: deque[Line] = deque()
        self.record: list[Line] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.record.append(line)
        return line.text

    def peek(self) -> Line | None:
        line = next(self._lines, None)
        if line is not None:
            self._waiting.append(line)
        return line

    def push_back(self, lines: list[Line]) -> None:
        self._waiting.extendleft(reversed(lines))

    @property
    def fault(self) -> str | None:
        """The first fault among the lines of the current record."""
        return next((line.fault for line in self.record if line.fault), None)


def required(row: Row, column: str, value: str, longest: int) -> str:
    """The value without outer blanks; raises BadRow when nothing is left or more than `longest` characters."""
    stripped = value.strip()
    if not stripped:
        raise row.bad(column, "the cell is empty")
    if len(stripped) > longest:
        raise row.bad(column, f"{shown(stripped)} has {len(stripped):,} characters, more than the {longest:,} allowed")
    return stripped


def _pieces(text: str, delimiter: str) -> list[str]:
    """The cells of a line, quotes included, as far as they can be told apart when its quotes do not match."""
    cell = rf'(?:^|{delimiter})("[^"]*(?:""[^"]*)*(?:"[^{delimiter}]*|$)|[^{delimiter}]*)'
    return [match.group(1).rstrip("\r\n") for match in re.finditer(cell, text)] or [""]


def _misquoted_piece(pieces: list[str]) -> int:
    """Position of the first cell that opens a quote and has anything after the closing one; else of the last cell."""
    for position, piece in enumerate(pieces):
        if piece.startswith('"') and not piece.endswith('"'):
            return position
    return len(pieces) - 1


def _too_long(n_characters: int) -> str:
    return f"the cell holds {n_characters:,} characters, more than the {LONGEST_CELL:,} allowed"
