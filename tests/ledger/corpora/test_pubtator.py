"""PubTator files: documents one after another, mentions checked, relations between concepts passed over."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile, BadInput
from ledger.corpora.pubtator import read_pubtator
from tests.ledger.corpora.annotated_files import pubtator

BODY = "[MESH:D1 Chemical Atropine] spares [1131 Gene CHRM3] in [9606 Species men]."
TWO = pubtator("17", "A title", BODY, ["17\tAssociation\tMESH:D1\t1131"]) + pubtator("18", "Another", BODY)


def write(folder: Path, text: str) -> Path:
    path = folder / "batch.pubtator"
    path.write_text(text, encoding="utf-8")
    return path


def test_documents_are_streamed_and_mentions_numbered(tmp_path: Path) -> None:
    path = write(tmp_path, TWO)
    packed = tmp_path / "batch.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for one in (path, packed):
        documents = read_pubtator(one)
        first = next(documents)
        assert (first.id, first.is_labelled, first.relations, first.title_end) == ("17", False, (), 7)
        assert [(mention.id, mention.kind) for mention in first.mentions] == [
            ("T1", "chemical"),
            ("T2", "gene"),
            ("T3", "species"),
        ]
        assert first.text[first.mentions[1].span.start : first.mentions[1].span.end] == "CHRM3"
        assert [document.id for document in documents] == ["18"]


def test_documents_need_no_blank_line_between_them_and_no_abstract(tmp_path: Path) -> None:
    text = TWO.replace("\n\n", "\n") + "19|t|Only a title | with a bar\n"
    documents = list(read_pubtator(write(tmp_path, text)))
    assert [(one.id, len(one.mentions)) for one in documents] == [("17", 3), ("18", 3), ("19", 0)]
    assert documents[2].text == "Only a title | with a bar"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            "17\t8\t16\tAtropine",
            "17\t9\t16\tAtropine",
            "line 3, column text: characters 9 to 16 are “tropine”, not “Atropine”",
        ),
        ("17\t8\t16\tAtropine", "17\t8\t999\tAtropine", "line 3, column end: character 999 is past the end"),
        (
            "17\t8\t16\tAtropine",
            "18\t8\t16\tAtropine",
            "line 3, column document: the row is about “18” among those of 17",
        ),
        ("17|a|", "18|a|", "line 2, column document: the row is about “18” among those of 17"),
        ("17|t|A title\n", "", "line 1: a title line such as 123|t|… is wanted, not “17|a|"),
        ("17\tAssociation\tMESH:D1", "17\tAssociation", "line 6, column kind: the row has 3 tab-separated cells"),
        ("\tGene\t", "\t\t", "line 4, column kind: “” is no kind of mention"),
        ("17|t|", "|t|", "line 1, column document: “” cannot be a document's id"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, was: str, now: str, said: str) -> None:
    path = write(tmp_path, TWO.replace(was, now, 1))
    with pytest.raises(BadInput) as refused:
        list(read_pubtator(path))
    assert str(refused.value).startswith(f"{path}, {said}")


def test_a_file_cut_off_is_refused_at_the_line_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "batch.gz"
    many = "".join(pubtator(str(number), "A title", BODY) for number in range(100))
    path.write_bytes(gzip.compress(many.encode())[:-20])
    with pytest.raises(BadFile, match=r"line \d+: the gzip file ends too early; fetch or pack it again"):
        list(read_pubtator(path))
    with pytest.raises(BadFile, match="the file holds no documents"):
        list(read_pubtator(write(tmp_path, "\n\n")))


def test_a_document_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TWO + pubtator("17", "A title", BODY))
    with pytest.raises(BadInput, match="line 14, column document: the document 17 stands on line 1 already"):
        list(read_pubtator(path))
