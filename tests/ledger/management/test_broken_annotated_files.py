"""`import_corpus` × every file of an annotated corpus × every way it can be broken: one sentence, nothing written."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.ledger.corpora.annotated_files import chemprot, ddi_document, ddi_sentence, ddi_zip, drugprot, pubtator
from tests.ledger.imports.files import counts

pytestmark = pytest.mark.django_db

Damage = Callable[[bytes], bytes]
BATCH = pubtator("17", "A title", "[a Chemical Zinc] spares [b Gene CHRM3] in men.")


@dataclass(frozen=True, slots=True)
class Table:
    """A file of an annotated corpus, and what writes the corpus whole."""

    file: str
    write: Callable[[Path], object]

    def __str__(self) -> str:
        return f"{self.write.__name__} {self.file}"


def of_drugprot(folder: Path) -> None:
    drugprot(folder)


def of_chemprot(folder: Path) -> None:
    chemprot(folder, [("CPR:6", "Y ", "ANTAGONIST", "T1", "T2")], [("17", "CPR:6", "Arg1:T1", "Arg2:T2")])


def of_pubtator(folder: Path) -> None:
    (folder / "batch.txt").write_text(BATCH)


TABLES = [
    Table("small_abstracts.tsv", of_drugprot),
    Table("small_entities.tsv", of_drugprot),
    Table("small_relations.tsv", of_drugprot),
    Table("small_relations.tsv", of_chemprot),
    Table("small_gold_standard.tsv", of_chemprot),
]
BATCH_FILE = Table("batch.txt", of_pubtator)

BROKEN: dict[str, tuple[Damage, str]] = {
    "UTF-16": (lambda content: content.decode().encode("utf-16"), r", line 1: the file is UTF-16; save it as UTF-8"),
    "UTF-16 without its mark": (lambda content: content.decode().encode("utf-16-le"), r", line 1: the file is UTF-16"),
    "Latin-1": (lambda content: content + b"\xe4\n", r", line \d+: the line is not UTF-8; save the file as UTF-8"),
    "NUL": (lambda content: content + b"\0\n", r", line \d+: the line holds a NUL byte; take it out"),
    "five megabytes": (lambda content: content + b"x" * 5_000_000, r", line \d+: the line is too long to be a row"),
    "carriage returns": (
        lambda content: (content * 2).replace(b"\n", b"\r"),
        r", line 1: the line holds a carriage return; save the file with line feeds as line ends",
    ),
    "cut-off gzip": (lambda content: gzip.compress(content)[:-9], r", line \d+: the gzip file ends too early; fetch"),
    "no gzip": (lambda content: b"\x1f\x8b" + content, r", line 1: the file is not sound gzip; fetch or pack it"),
}
BROKEN_TABLES: dict[str, tuple[Damage, str]] = {
    **BROKEN,
    "a cell missing": (
        lambda content: content.replace(b"\t", b" ", 1),
        r", line 1, column \w+: the row has \d tab-separated cells where \d are wanted",
    ),
    "a cell too many": (
        lambda content: content.replace(b"\n", b"\tmore\n", 1),
        r", line 1, column \w+: the row has \d tab-separated cells where \d are wanted",
    ),
    "semicolons": (
        lambda content: content.replace(b"\t", b";"),
        r", line 1, column \w+: the row has 1 tab-separated cells where \d are wanted",
    ),
    "a bad last row": (lambda content: content + b"17\n", r", line \d+, column \w+: the row has 1 tab-separated cells"),
}
DRESSES: dict[str, Damage] = {
    "a byte-order mark": lambda content: b"\xef\xbb\xbf" + content,
    "line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "blank lines": lambda content: b"\n" + content + b"\n\n",
    "no line end at the end": lambda content: content.rstrip(b"\n"),
    "packed": gzip.compress,
}


def refusal(path: Path, *options: str) -> str:
    """What `import_corpus` says: one printable sentence, and nothing was written."""
    before = counts()
    with pytest.raises(CommandError) as refused:
        call_command("import_corpus", str(path), "--corpus", "small", *options, stdout=StringIO(), stderr=StringIO())
    said = str(refused.value)
    assert said.isprintable()
    assert said.endswith(".")
    assert counts() == before
    return said


def read(path: Path) -> dict[str, int]:
    """What stands in the ledger once the corpus is imported, imports apart."""
    call_command("import_corpus", str(path), "--corpus", "small", stdout=StringIO(), stderr=StringIO())
    return {name: n for name, n in counts().items() if name != "Import"}


@pytest.mark.parametrize("table", [*TABLES, BATCH_FILE], ids=str)
def test_a_broken_table_is_refused_by_its_place_and_a_sound_one_is_read(tmp_path: Path, table: Table) -> None:
    table.write(tmp_path)
    path = tmp_path / table.file
    good = path.read_bytes()
    for name, (broken, words) in (BROKEN if table is BATCH_FILE else BROKEN_TABLES).items():
        path.write_bytes(broken(good))
        said = refusal(tmp_path)
        assert re.match(re.escape(str(path)) + words, said), f"{name}: {said}"
    path.write_bytes(good)
    told = read(tmp_path)
    assert told["Statement"] == (1 if table is BATCH_FILE else 2)
    for name, dressed in DRESSES.items():
        path.write_bytes(dressed(good))
        assert read(tmp_path) == told, name


@pytest.mark.parametrize("name", ["small_abstracts.tsv", "small_relations.tsv"])
def test_a_table_cut_off_to_nothing_is_refused(tmp_path: Path, name: str) -> None:
    """Without its relations every pair of the corpus would be gold for "no relation"."""
    drugprot(tmp_path)
    (tmp_path / name).write_text("")
    assert refusal(tmp_path) == f"{tmp_path / name}, line 1: the file has no rows; give the file as the corpus has it."


def test_a_sentence_that_nobody_could_read_is_refused(tmp_path: Path) -> None:
    body = "[T1 CHEMICAL Zinc] binds [T2 GENE-Y CHRM3]" + " and so on" * 2_000
    drugprot(tmp_path, [("17", "A title", body)], [("17", "AGONIST", "T1", "T2")])
    assert refusal(tmp_path) == (
        f"{tmp_path}/small_abstracts.tsv, line 1: a sentence of the document 17 has 20,016 characters; split it, for "
        "20,000 are allowed."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is neither a folder nor a zip, nor does it begin like a PubTator file (123|t|…)"),
        (b"# a comment\n" + BATCH.encode(), "this is neither a folder nor a zip, nor does it begin like"),
        (b"atc_code,atc_name\nB01,x\n", "this is one table (ATC index); import it with import_atc."),
        (BATCH.encode("utf-16"), "the file is UTF-16"),
        (gzip.compress(BATCH.encode(), mtime=0)[:30], "the gzip file ends too early"),
    ],
)
def test_a_file_that_is_no_corpus_is_told_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "batch"
    path.write_bytes(content)
    assert said in refusal(path)


DOCUMENT = ddi_document([ddi_sentence(0, "[e0 drug Quinidine] raises [e1 drug digoxin].", [("e0", "e1", "mechanism")])])
BROKEN_XML: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", r", line 1: the XML is broken at character 1 \(no element found\)"),
    "a tag left open": (DOCUMENT.replace("</sentence>", "").encode(), r", line 8: the XML is broken at character 3"),
    "two documents": (DOCUMENT.encode() * 2, r", line 8: the XML is broken at character \d+"),
    "another root": (b"<corpus/>", r", line 1: the element “corpus” has no place here; correct the file"),
    "Latin-1": (DOCUMENT.replace("raises", "rais\xe9").encode("latin-1"), r", line 3: the XML is broken at character"),
    "NUL": (DOCUMENT.replace("raises", "rai\0ses").encode(), r", line 3: the XML is broken at character"),
    "an unknown encoding": (DOCUMENT.replace("UTF-8", "KOI-99").encode(), r", line 1: the XML is in an unknown encod"),
    "an entity": (DOCUMENT.replace("?>", '?><!DOCTYPE d [<!ENTITY a "b">]>').encode(), r", line 1: the XML declares"),
    "an offset past the end": (DOCUMENT.replace("0-8", "0-99").encode(), r", line 4, column charOffset: character 99"),
    "a missing entity": (DOCUMENT.replace('s0.e1" ddi', 's0.e7" ddi').encode(), r", line 6, column e2: the sentence"),
    "an unknown type": (DOCUMENT.replace("mechanism", "love").encode(), r", line 6, column type: “love” is no interac"),
    "a missing attribute": (DOCUMENT.replace("charOffset", "at").encode(), r", line 4, column charOffset: the attrib"),
    "twenty megabytes": (b"<document>" + b" " * 21_000_000, r": the file unpacks to more than 20,971,520 bytes; take"),
}


@pytest.mark.parametrize("name", BROKEN_XML)
def test_a_broken_document_of_ddi_2013_is_refused_by_its_place(tmp_path: Path, name: str) -> None:
    content, words = BROKEN_XML[name]
    path = tmp_path / "ddi.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("Train/DrugBank/good.xml", DOCUMENT.replace("DDI-Own.d0", "DDI-Own.d1"))
        archive.writestr("Train/MedLine/x.xml", content)
    said = refusal(path)
    assert re.match(re.escape(f"{path}/Train/MedLine/x.xml") + words, said), said


def test_folders_in_the_zip_and_what_a_computer_puts_beside_make_no_difference(tmp_path: Path) -> None:
    path = ddi_zip(
        tmp_path,
        {
            "Train/deep/er/A.XML": "\ufeff" + DOCUMENT.replace("\n", "\r\n"),
            "__MACOSX/Train/._A.xml": "nothing",
            "Train/.hidden.xml": "nothing",
            "Train/README.txt": "nothing",
        },
    )
    assert read(path)["Statement"] == 1


def test_a_zip_with_any_byte_changed_is_read_or_refused(tmp_path: Path) -> None:
    """`zipfile` raises whatever comes of the bytes it believes."""
    path = ddi_zip(tmp_path, {"a.xml": DOCUMENT})
    good, drawn = path.read_bytes(), random.Random(5)
    refusals = []
    for place in (*range(30), *range(len(good) - 75, len(good))):
        content = bytearray(good)
        content[place] = drawn.choice((0, 1, 99, 255, content[place] ^ 128))
        path.write_bytes(bytes(content))
        try:
            read(path)
        except CommandError as refused:
            refusals.append(str(refused))
    assert len(refusals) > 30
    assert all(one.startswith(str(path)) for one in refusals)
