"""Every way a table file can be broken, and what is said of it."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile, BadInput, BadRow
from ledger.corpora.rows import Form, Row, open_table

FORM = Form("letters", ("a", "b"))
GOOD = b"a,b\n1,one\n2,two\n"


def write(folder: Path, content: bytes, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, *forms: Form) -> tuple[list[Row], list[BadRow]]:
    """All rows and all complaints."""
    bad: list[BadRow] = []
    with open_table(path, forms or (FORM,)) as table:
        return list(table.rows(bad.append)), bad


def values(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    rows, bad = read(path)
    assert not bad
    return [(row.line, row.values) for row in rows]


TWO = [(2, ("1", "one")), (3, ("2", "two"))]


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.rstrip(),
        GOOD.replace(b",", b"\t"),
        gzip.compress(GOOD, mtime=0),
        b" A ,B\n1,one\n2,two\n",
        b'a,b\n"1","one"\n2,two\n',
    ],
    ids=["plain", "byte-order mark", "CRLF", "no last line end", "tabs", "gzip", "header case", "quotes"],
)
def test_readable_forms(tmp_path: Path, content: bytes) -> None:
    assert values(write(tmp_path, content)) == TWO


def test_columns_are_found_by_name_and_others_are_passed_over(tmp_path: Path) -> None:
    assert values(write(tmp_path, b"b,x,a\none,?,1\n")) == [(2, ("1", "one"))]


def test_first_form_that_fits_is_taken(tmp_path: Path) -> None:
    forms = (Form("three", ("a", "b", "c")), FORM)
    with open_table(write(tmp_path, GOOD), forms) as table:
        assert table.form is FORM


def test_lines_are_physical_lines_also_after_cells_with_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path, b'a,b\n"1\n1\n1",one\n\n2,two\n')
    assert values(path) == [(2, ("1\n1\n1", "one")), (6, ("2", "two"))]


def test_quotes_are_text_in_a_tab_separated_file(tmp_path: Path) -> None:
    assert values(write(tmp_path, b'a\tb\n1\t"one\n2\ttwo\n')) == [(2, ("1", '"one')), (3, ("2", "two"))]


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", 1, None, "the file is empty; give a file with a header line and rows"),
        (b"a,b\n", 1, None, "a header and no rows"),
        (b"a,b\n\n\n", 1, None, "a header and no rows"),
        (b"a,c\n1,2\n", 1, "b", "the header lacks b (it has a, c)"),
        (b"a,b,A\n1,2,3\n", 1, "A", "the column stands there twice"),
        (b"a|b\n1|2\n", 1, "a", "comma- or tab-separated"),
        (b"\xff\xfea\0,\0b\0\n\0", 1, None, "UTF-16; save it as UTF-8"),
        (b"a,b\xff\n1,2\n", 1, None, "the header is not UTF-8"),
        (b"a,b\0\n1,2\n", 1, None, "the header holds NUL bytes"),
        (b'a,"b\n1,2\n', 1, None, "the header's quotes do not match"),
        (b"a,b," + b"c" * 30_000 + b"\n1,2,3\n", 1, None, "the header holds a cell of more than 20,000 characters"),
        (b"a,b," + b"c" * 300_000 + b"\n1,2,3\n", 1, None, "the header's quotes do not match"),
        (gzip.compress(GOOD * 1000, mtime=0)[:-30], 2, None, "the gzip file ends too early; fetch or pack it again"),
        (b"\x1f\x8b" + b"no gzip at all", 1, None, "not sound gzip"),
    ],
)
def test_unusable_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, line: int, column: str | None, words: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(BadFile) as refused:
        read(path)
    message = str(refused.value)
    place = f"{path}, line {refused.value.line}" + (f", column {column}" if column else "") + ": "
    assert message.startswith(place)
    assert words in message
    assert message.endswith(".")
    assert message.isprintable()
    assert (refused.value.line or 0) >= line
    assert refused.value.column == column


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="there is no such file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(BadFile, match="this is a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadFile, match="no regular file"):
        read(tmp_path / "pipe")
    with pytest.raises(BadFile, match="not sound gzip"):
        read(write(tmp_path, GOOD, "f.csv.gz"))


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (b"x", "b", "the row has 1 cells where the header has 2"),
        (b"x,y,z", "b", "the row has 3 cells where the header has 2; put quotes round a cell that holds a comma"),
        (b"x,\xe9t\xe9", "b", "the row is not UTF-8; save the file as UTF-8"),
        (b"x\xff,y", "a", "the row is not UTF-8"),
        (b"x,y\0z", "b", "the cell holds a NUL byte"),
        (b"\0,y", "a", "the cell holds a NUL byte"),
        (b"x," + b"y" * 20_001, "b", "the cell holds 20,001 characters, more than the 20,000 allowed"),
        (b"x," + b"y" * 100_000, "b", "the cell holds 100,000 characters"),
        (b'x,"' + b"y, " * 100_000 + b'"', "b", "more than the 20,000 allowed"),
        (b"y" * 5_000_000 + b",x", "a", "more than the 20,000 allowed"),
        (b'"x"y,z', "a", "the quotes in the row do not match"),
        (b'x,"y', "b", "the quotes in the row do not match"),
        (b"x\ry,z", None, "bare carriage return"),
    ],
    ids=[
        "too few", "too many", "latin-1", "bad first cell", "nul", "nul first", "20,001", "100,000", "quoted 300,000",
        "a line of 5 MB", "after the quote", "quote never closed", "carriage return",
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_bad_row_is_refused_and_the_rows_around_it_are_kept(
    tmp_path: Path, row: bytes, column: str | None, words: str, packed: bool
) -> None:
    content = b"a,b\n1,one\n" + row + b"\n2,two\n3,three\n"
    path = write(tmp_path, gzip.compress(content) if packed else content)
    with pytest.raises(BadRow) as refused, open_table(path, [FORM]) as table:
        list(table.rows())
    message = str(refused.value)
    assert message.startswith(f"{path}, line 3" + (f", column {column}: " if column else ""))
    assert words in message
    assert message.endswith(".")
    assert message.isprintable()
    rows, bad = read(path)
    assert [row.values for row in rows] == [("1", "one"), ("2", "two"), ("3", "three")]
    assert [row.line for row in rows] == [2, 4, 5]
    assert [complaint.line for complaint in bad] == [3]


def test_20_000_characters_are_fine(tmp_path: Path) -> None:
    rows, bad = read(write(tmp_path, b"a,b\n1," + "é".encode() * 20_000 + b"\n"))
    assert len(rows[0].values[1]) == 20_000
    assert not bad


def test_several_unclosed_quotes_lose_only_their_own_lines(tmp_path: Path) -> None:
    content = b"a,b\n" + b"".join(b'%d,"x\n%d,y\n' % (n, n) for n in range(50))
    rows, bad = read(write(tmp_path, content))
    # Two unclosed quotes can look like one quoted cell: what matters is that every line is accounted for.
    assert len(rows) + len(bad) == 100
    assert [row.line for row in rows] == list(range(3, 102, 2))


def test_message_of_a_hostile_name_stays_on_one_line() -> None:
    error = BadInput("a\nb\x1b[31m.csv", 3, "c\n", "met “x\r\ny”", "mend it")
    assert str(error).isprintable()
    assert str(error).startswith("a\\nb\\x1b[31m.csv, line 3, column c\\n: met “x\\r\\ny”; mend it.")
