"""Every command that reads a file × every way a file can be broken: one sentence that says where, nothing written."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ledger.models import GoldLabel, Task
from tests.ledger.imports.files import counts
from tests.ledger.seed_corpus.conftest import corpus, row, task

__all__ = ["corpus", "task"]

Damage = Callable[[bytes], bytes]
ROW = row("Alpha", "raises", "Beta")
SENTENCE = {
    "doc_id": "d1",
    "sentence": "Alpha with Beta is worse.",
    "spans": [
        {"span_id": 0, "text": "Alpha", "start": 0, "end": 5},
        {"span_id": 1, "text": "Beta", "start": 11, "end": 15},
    ],
    "rels": [{"class": "NEG", "spans": [0, 1], "is_context_needed": False}],
    "source": "d1",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A command, the options before and after its file, and a file that it reads without complaint."""

    command: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    good: str
    suffix: str = ".csv"

    def __str__(self) -> str:
        return " ".join((self.command, *self.before, self.good.splitlines()[0][:20]))


INTO = ("--corpus", "drugbank", "--no-balance")
WITH_IDS = "drug1_id,drug1_name,drug2_id,drug2_name,sentence"
TABLES = [
    Reading("import_drugs", (), (), "DrugBank ID,Common name,Synonyms\nDB00009,Newcomer,New | Newer\n"),
    Reading("import_atc", (), (), "atc_code,atc_name\nB01,Antithrombotics\n"),
    Reading("import_atc", (), (), "drugbank_id,atc_codes\nDB00001,B01AA03\n"),
    Reading("import_statements", (), (), f"{WITH_IDS}\n{ROW}\n"),
    Reading("import_statements", (), (), "Drug 1,Drug 2,Interaction Description\nAlpha,Beta,Alpha raises Beta.\n"),
    Reading("import_labels", (), (), f"{WITH_IDS},label\n{ROW},synergistic\n"),
    Reading("build_seed_corpus", ("--synergistic",), INTO, "drug1,drug2\nAlpha,Beta\n"),
    Reading("build_seed_corpus", ("--antagonistic",), INTO, "drug1_id,drug2_id\nDB00001,DB00004\n"),
    Reading("build_seed_corpus", ("--scores",), INTO, "drug1,drug2,cell_line,loewe\nAlpha,Beta,A375,40\n"),
    Reading("build_seed_corpus", ("--labels",), INTO, f"{WITH_IDS},label\n{ROW},synergistic\n"),
]
FREE_TEXT = Reading("build_seed_corpus", ("--free-text",), ("--no-balance",), json.dumps(SENTENCE) + "\n", ".jsonl")


def run(reading: Reading, path: Path) -> str:
    """What the command prints, on a terminal that takes UTF-8 alone."""
    printed = BytesIO()
    out = TextIOWrapper(printed, encoding="utf-8")
    call_command(reading.command, *reading.before, str(path), *reading.after, stdout=out, stderr=StringIO())
    out.flush()
    return printed.getvalue().decode()


def refusal(reading: Reading, path: Path) -> str:
    """What the command says of the file; one printable sentence, and nothing was written."""
    before, files = counts(), sorted(path.parent.iterdir())
    with pytest.raises(CommandError) as refused:
        run(reading, path)
    said = str(refused.value)
    assert said.startswith(f"{path}")
    assert said.isprintable()
    assert said.endswith(".")
    assert counts() == before
    assert sorted(path.parent.iterdir()) == files
    return said.removeprefix(str(path))


def in_header(change: Damage) -> Damage:
    return lambda content: b"\n".join([change(content.split(b"\n", 1)[0]), content.split(b"\n", 1)[1]])


def in_row(change: Damage) -> Damage:
    """The change, made to the first row under the header."""
    return lambda content: b"\n".join([content.split(b"\n")[0], change(content.split(b"\n")[1]), b""])


BROKEN_FILES: dict[str, tuple[Damage, str, str]] = {
    "empty": (lambda content: b"", ", line 1: ", "the file is empty"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), ", line 1: ", "UTF-16; save it as UTF-8"),
    "UTF-16 without its mark": (
        lambda content: content.decode().encode("utf-16-le"),
        ", line 1: ",
        "UTF-16; save it as UTF-8",
    ),
    "cut-off gzip": (lambda content: gzip.compress(content)[:-12], ", line ", "the gzip file ends too early"),
    "gzip in name alone": (lambda content: b"\x1f\x8b" + content, ", line 1: ", "not sound gzip"),
}
BROKEN_TABLES: dict[str, tuple[Damage, str, str]] = {
    **BROKEN_FILES,
    "a workbook": (lambda content: b"PK\x03\x04" + content, ": ", "this is a zip or a workbook; unpack it, or save"),
    "carriage returns alone": (
        lambda content: content.replace(b"\n", b"\r"),
        ", line 1: ",
        "the lines end in carriage returns alone; save the file with line feeds",
    ),
    "bars": (lambda content: content.replace(b",", b"|"), ", line 1, column ", ""),
    "a web page": (lambda content: b"<!DOCTYPE html><html>Not found</html>", ", line 1, column ", ""),
    "header alone": (lambda content: content.split(b"\n")[0] + b"\n", ", line 1: ", "a header and no rows"),
    "Latin-1": (in_row(lambda line: line[:-1] + b"\xe4"), ", line 2, column ", "the row is not UTF-8"),
    "Latin-1 in the header": (in_header(lambda line: line + b"\xe4"), ", line 1: ", "the header is not UTF-8"),
    "NUL": (in_row(lambda line: line + b"\0"), ", line 2, column ", "the cell holds a NUL byte"),
    "NUL in the header": (in_header(lambda line: line + b"\0"), ", line 1: ", "the header holds NUL bytes"),
    "a column missing": (in_header(lambda line: line.rsplit(b",", 1)[0] + b",x"), ", line 1", ""),
    "a column twice": (
        in_header(lambda line: line + b"," + line.split(b",")[0]),
        ", line 1, column ",
        "stands there tw",
    ),
    "a cell missing": (in_row(lambda line: line.rsplit(b",", 1)[0]), ", line 2, column ", "cells where the header has"),
    "a cell too many": (in_row(lambda line: line + b",x"), ", line 2, column ", "cells where the header has"),
    "an empty cell": (in_row(lambda line: b"," + line.split(b",", 1)[1]), ", line 2, column ", "the cell is empty"),
    "a quote left open": (in_row(lambda line: b'"' + line), ", line 2, column ", "the quotes in the row do not match"),
    "a quote in the header": (in_header(lambda line: b'"' + line), ", line 1: ", "the header's quotes do not match"),
    "a cell of a megabyte": (
        in_row(lambda line: line + b"x" * 10**6),
        ", line 2, column ",
        "more than the 20,000 allow",
    ),
    "a bad second row": (lambda content: content + b"one cell\n", ", line 3, column ", "cells where the header has"),
}
BROKEN_FREE_TEXT: dict[str, tuple[Damage, str, str]] = {
    **BROKEN_FILES,
    "Latin-1": (lambda content: content.replace(b"worse", b"w\xf6rse"), ", line 1: ", "the line is not UTF-8"),
    "NUL": (lambda content: content.replace(b"worse", b"w\0rse"), ", line 1: ", "holds a NUL byte; take it out"),
    "a line of five megabytes": (lambda content: content + b"x" * 5_000_000, ", line 2: ", "too long to be a row"),
    "NUL as an escape": (
        lambda content: content.replace(b"worse", b"w\\u0000"),
        ", line 1, column sentence: ",
        "a NUL",
    ),
    "half a character": (
        lambda content: content.replace(b"worse", b"w\\ud83d"),
        ", line 1, column sentence: ",
        "half a",
    ),
    "half a document": (
        lambda content: content.replace(b'"d1"}', b'"\\udc00"}'),
        ", line 1, column source: ",
        "half a",
    ),
    "cut off": (lambda content: content[:-20], ", line 1: ", "the line is not JSON at character"),
    "a list": (lambda content: b"[1, 2]\n", ", line 1, column doc_id: ", "doc_id is missing"),
    "5,000 figures": (lambda content: content.replace(b"15", b"1" * 5_000), ", line 1: ", "the line is not JSON"),
    "half an end": (lambda content: content.replace(b"15", b"15.5"), ", line 1, column spans: ", "end is not what it"),
    "an end outside": (
        lambda content: content.replace(b"15", b"150"),
        ", line 1, column spans: ",
        "are not in the sent",
    ),
    "an unknown class": (
        lambda content: content.replace(b"NEG", b"BAD"),
        ", line 1, column rels: ",
        "“BAD” is not one",
    ),
    "one id twice": (
        lambda content: content.replace(b'_id": 1', b'_id": 0'),
        ", line 1, column spans: ",
        "two spans have",
    ),
    "a bad second line": (lambda content: content + b"{}\n", ", line 2, column doc_id: ", "doc_id is missing"),
}


@pytest.mark.parametrize("reading", [*TABLES, FREE_TEXT], ids=str)
def test_a_broken_file_is_refused_by_line_and_column_and_a_sound_one_is_read(
    corpus: Task, tmp_path: Path, reading: Reading
) -> None:
    path = tmp_path / f"f{reading.suffix}"
    for name, (broken, place, words) in (BROKEN_FREE_TEXT if reading is FREE_TEXT else BROKEN_TABLES).items():
        path.write_bytes(broken(reading.good.encode()))
        said = refusal(reading, path)
        assert said.startswith(place), name
        assert words in said, name
    path.write_text(reading.good, encoding="utf-8")
    run(reading, path)


DRESSES: dict[str, Damage] = {
    "a byte-order mark": lambda content: b"\xef\xbb\xbf" + content,
    "line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "no line end at the end": lambda content: content.rstrip(b"\n"),
    "packed": gzip.compress,
    "rows twice": lambda content: content + content.partition(b"\n")[2],
}
TABLE_DRESSES: dict[str, Damage] = {
    **DRESSES,
    "tabs": lambda content: content.replace(b",", b"\t"),
    "semicolons": lambda content: content.replace(b",", b";"),
    "a line end in a cell": in_row(lambda line: b'"\n'.join(line.rsplit(b",", 1)).replace(b'"\n', b',"\n') + b'"'),
}


@pytest.mark.parametrize("reading", [*TABLES, FREE_TEXT], ids=str)
def test_a_sound_file_in_another_dress_says_the_same(corpus: Task, tmp_path: Path, reading: Reading) -> None:
    path = tmp_path / f"f{reading.suffix}"
    path.write_text(reading.good, encoding="utf-8")
    run(reading, path)
    told = {name: n for name, n in counts().items() if name != "Import"}
    for name, dressed in (DRESSES if reading is FREE_TEXT else TABLE_DRESSES).items():
        path.write_bytes(dressed(reading.good.encode()))
        run(reading, path)
        assert {name: n for name, n in counts().items() if name != "Import"} == told, name


def test_a_sentence_of_free_text_that_changed_under_its_id_is_refused(corpus: Task, tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    changed = json.dumps(SENTENCE | {"sentence": "Alpha with Beta is fine."}) + "\n"
    path.write_text(FREE_TEXT.good + changed)
    said = "column sentence: “d1” was read with another text before, above or into the corpus f; leave it out, or name"
    assert f", line 2, {said}" in refusal(FREE_TEXT, path)
    path.write_text(FREE_TEXT.good)
    run(FREE_TEXT, path)
    path.write_text(changed)
    assert f", line 1, {said}" in refusal(FREE_TEXT, path)


@pytest.mark.parametrize("reading", [*TABLES, FREE_TEXT], ids=str)
def test_what_is_no_file_is_refused(corpus: Task, tmp_path: Path, reading: Reading) -> None:
    absent, pipe, folder = tmp_path / "absent.csv", tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    for path, words in ((absent, "there is no such file"), (folder, "a folder"), (pipe, "no regular file")):
        assert words in refusal(reading, path)


@pytest.mark.parametrize("reading", [*TABLES, FREE_TEXT], ids=str)
def test_a_file_name_that_is_no_text_harms_nothing(corpus: Task, tmp_path: Path, reading: Reading) -> None:
    """File systems allow names that neither a database nor a terminal takes."""
    path = tmp_path / os.fsdecode(b"\xff\n" + reading.suffix.encode())
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="the file is empty") as refused:
        run(reading, path)
    assert str(refused.value).isprintable()
    path.write_text(reading.good, encoding="utf-8")
    run(reading, path)
    origins = set(GoldLabel.objects.values_list("origin", flat=True))
    assert all(origin.isprintable() for origin in origins)
    assert bool(origins) == ("label" in reading.command + reading.good or reading.command == "build_seed_corpus")
