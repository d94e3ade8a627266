"""The reject file: the rows an import left out, where they stand, why, and what to do about it.

The cells follow under the input's own column names, so that a corrected reject file can itself be imported.
"""

from __future__ import annotations

import csv
import os
from errno import EISDIR
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ledger.corpora.bad_input import BadFile, BadRow, printable
from ledger.corpora.rows import header_of
from ledger.csv_cells import formula_safe

SUFFIX = ".rejects.csv"


def reject_path_beside(path: Path) -> Path:
    """Where rejects go by default: `interactions.csv.gz` → `interactions.rejects.csv` in the same folder."""
    return path.with_name(f"{path.name.split('.')[0] or path.name}{SUFFIX}")


class RejectFile:
    """Takes bad rows and writes them as CSV; the file appears, whole, when the block ends without an error."""

    def __init__(self, path: Path, source: Path) -> None:
        if path.resolve() == source.resolve():
            raise BadFile(path, None, None, "the reject file would replace the input", "name another with --rejects")
        self.path = path
        self._source = source
        self.n_rejected = 0
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file: IO[str] | None = None
        self._writer: Any = None

    def take(self, bad: BadRow) -> None:
        if self._file is None:
            self._open()
        self.n_rejected += 1
        where = [str(bad.line), printable(bad.column or ""), bad.problem, bad.remedy]
        self._writer.writerow([formula_safe(cell) for cell in (*where, *bad.cells)])

    def __enter__(self) -> RejectFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        self._file.close()
        if kind is None:
            self._partial.replace(self.path)
        else:
            self._partial.unlink(missing_ok=True)

    def _open(self) -> None:
        try:
            if self.path.is_dir():
                raise IsADirectoryError(EISDIR, "it is a folder")
            self._file = self._partial.open("w", encoding="utf-8", newline="")
        except OSError as error:
            reason = (error.strerror or "it cannot be opened").lower()
            raise BadFile(
                self.path, None, None, f"the reject file cannot be written ({reason})", "name another with --rejects"
            )
        self._writer = csv.writer(self._file)
        columns = ["line", "column", "problem", "remedy", *header_of(self._source)]
        self._writer.writerow([formula_safe(column) for column in columns])
