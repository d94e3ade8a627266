"""Gold labels as CSV for spreadsheets: no cell runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime

from ledger.csv_cells import formula_safe
from review.export.rows import COLUMNS, Value, batches
from review.filters import Selection


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(selection: Selection) -> Iterator[bytes]:
    """The file in UTF-8, header first."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(COLUMNS).encode()
    for batch in batches(selection):
        lines = (writer.writerow([safe_cell(_text(name, row.values[name])) for name in COLUMNS]) for row in batch)
        yield "".join(lines).encode()


def safe_cell(text: str) -> str:
    """A text as a cell no spreadsheet runs as a formula, and without NUL, which CSV readers refuse."""
    return formula_safe(text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _text(name: str, value: Value) -> str:
    """Lists become one cell: numbers and names apart by blanks, comments by bars."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, list):
        return (" | " if name == "comments" else " ").join(map(str, value))
    return str(value)
