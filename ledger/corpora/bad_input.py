"""What is wrong with a file, in one sentence that says where and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class BadInput(Exception):
    """Something in an input file cannot be read: file, line, column, problem and remedy, as one sentence."""

    def __init__(self, path: Path | str, line: int | None, column: str | None, problem: str, remedy: str) -> None:
        self.path = Path(path)
        self.line = line
        self.column = column
        self.problem = printable(problem)
        self.remedy = remedy
        place = [printable(str(path))]
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column {printable(column)}")
        super().__init__(f"{', '.join(place)}: {self.problem}; {remedy}.")


class BadFile(BadInput):
    """The file as a whole cannot be read, so none of its rows can be kept."""


class BadRow(BadInput):
    """One row cannot be used; the rows around it can. `cells` is the row as it stands in the file."""

    def __init__(
        self, path: Path | str, line: int, column: str | None, problem: str, remedy: str, cells: tuple[str, ...] = ()
    ) -> None:
        super().__init__(path, line, column, problem, remedy)
        self.cells = cells


OnBad = Callable[[BadRow], None]
"""What a reader does with a row it cannot use, before it goes on with the next."""


def refuse(bad: BadRow) -> None:
    """Stop at the first bad row."""
    raise bad


def shown(value: str) -> str:
    """A cell's value for a message: quoted, on one line, at most 60 characters of it."""
    return f"“{printable(value[:60])}{'…' if len(value) > 60 else ''}”"


def printable(value: str) -> str:
    """The text with everything that could move a cursor or break a line written as an escape."""
    if value.isprintable():
        return value
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in value)
