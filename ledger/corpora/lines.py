"""The physical lines of a text file, plain or gzipped, however broken it is."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal, Protocol

from ledger.corpora.bad_input import BadFile

LONGEST_LINE = 4 * 1024 * 1024  # bytes; what follows on the same line is dropped and the line marked
GZIP_MAGIC = b"\x1f\x8b"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"

Fault = Literal["encoding", "nul", "length"]


class BinaryLines(Protocol):
    """An open file of bytes, as far as it is needed here."""

    def readline(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its number from 1, its line end kept; `fault` says what it cannot be trusted for."""

    number: int
    text: str
    fault: Fault | None


@contextmanager
def opened(path: Path) -> Iterator[BinaryLines]:
    """The file's bytes, unpacked when it is gzipped; raises BadFile when there is nothing to open."""
    with _open(path) as file:
        if path.suffix != ".gz" and file.peek(2)[:2] != GZIP_MAGIC:
            yield file
        else:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked


def _open(path: Path) -> BufferedReader:
    try:
        if path.is_dir():
            raise BadFile(path, None, None, "this is a folder", "name a file in it, or use import_corpus for all of it")
        if path.exists() and not path.is_file():
            raise BadFile(path, None, None, "this is no regular file", "save it as one, for it is read twice")
        return path.open("rb")
    except FileNotFoundError:
        raise BadFile(path, None, None, "there is no such file", "check the path")
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise BadFile(path, None, None, f"the file cannot be opened ({why})", "check the path and its permissions")


def physical_lines(stream: BinaryLines, path: Path) -> Iterator[Line]:
    """Lines as UTF-8 text, a leading byte-order mark taken off.

    A line that is not UTF-8 or holds a NUL comes with its fault named, so that the rows around it can be kept.
    Raises BadFile for UTF-16 and for a gzip file that is broken or cut off.
    """
    number = 0
    while True:
        try:
            raw = stream.readline(LONGEST_LINE)
            cut = len(raw) == LONGEST_LINE and not raw.endswith(b"\n") and _skip_to_line_end(stream)
        except EOFError:
            raise BadFile(path, number + 1, None, "the gzip file ends too early", "fetch or pack it again")
        except (gzip.BadGzipFile, zlib.error):
            raise BadFile(path, number + 1, None, "the file is not sound gzip", "fetch or pack it again")
        if not raw:
            return
        number += 1
        if number == 1:
            if raw.startswith(UTF16_MARKS) or _is_every_other_nul(raw[:8]):
                raise BadFile(path, 1, None, "the file is UTF-16", "save it as UTF-8")
            raw = raw.removeprefix(UTF8_MARK)
        yield _line(number, raw, cut)


def _is_every_other_nul(start: bytes) -> bool:
    """Whether these are Latin letters in UTF-16 without its mark."""
    even, odd = start[::2], start[1::2]
    return len(start) == 8 and ((not any(even) and all(odd)) or (not any(odd) and all(even)))


def _line(number: int, raw: bytes, cut: bool) -> Line:
    fault: Fault | None = "length" if cut else "nul" if b"\0" in raw else None
    try:
        return Line(number, raw.decode(), fault)
    except UnicodeDecodeError:
        return Line(number, raw.decode(errors="replace"), "length" if cut else "encoding")


def _skip_to_line_end(stream: BinaryLines) -> bool:
    """Drop the rest of the line; whether there was any."""
    rest = piece = stream.readline(LONGEST_LINE)
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(LONGEST_LINE)
    return bool(rest)
