"""DDI-2013's zip: end-inclusive offsets, mentions in pieces, and everything that can be wrong with XML in a zip."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile, BadInput
from ledger.corpora.ddi2013 import read_ddi2013
from ledger.patterns import Span
from tests.ledger.corpora.annotated_files import ddi_document, ddi_sentence, ddi_zip

MEETS = ddi_sentence(
    0,
    "[e0 drug Quinidine] raises [e1 drug digoxin], not [e2 brand Tums]. ",
    [("e0", "e1", "mechanism"), ("e0", "e2", "false"), ("e1", "e2", "false")],
)
ADVICE = ddi_sentence(1, "Watch [e0 drug digoxin] beside [e1 group diuretics].", [("e0", "e1", "advise")])
IN_PIECES = (
    '<sentence id="DDI-Own.d0.s0" text="mu- and delta-selective opioids differ.">'
    '<entity id="a" charOffset="{0}" type="group" text="{1}"/>'
    '<entity id="b" charOffset="8-30" type="group" text="delta-selective opioids"/>'
    '<pair id="p" e1="a" e2="b" ddi="false"/></sentence>'
)


def read(folder: Path, content: str | bytes, member: str = "Train/DrugBank/Own.xml") -> BadInput:
    with pytest.raises(BadInput) as refused:
        list(read_ddi2013(ddi_zip(folder, {member: content})))  # type: ignore[dict-item]
    return refused.value


def test_sentences_are_joined_and_offsets_moved(tmp_path: Path) -> None:
    (document,) = read_ddi2013(ddi_zip(tmp_path, {"Train/DrugBank/Own.xml": ddi_document([MEETS, ADVICE])}))
    assert document.id == "DDI-Own.d0"
    assert document.sentences == (Span(0, 36), Span(37, 37 + 31))
    texts = [document.text[one.span.start : one.span.end] for one in document.mentions]
    assert texts == ["Quinidine", "digoxin", "Tums", "digoxin", "diuretics"]
    assert {one.kind for one in document.mentions} == {"drug"}
    assert [one.written_kind for one in document.mentions] == ["drug", "drug", "brand", "drug", "group"]
    assert [(one.type, one.head, one.tail) for one in document.relations] == [
        ("mechanism", "DDI-Own.d0.s0.e0", "DDI-Own.d0.s0.e1"),
        ("advise", "DDI-Own.d0.s1.e0", "DDI-Own.d0.s1.e1"),
    ]
    assert document.relations[0].place.line == 7


def test_medline_documents_go_by_their_pubmed_id(tmp_path: Path) -> None:
    content = ddi_document([], "DDI-MedLine.d3")
    files = {"Train/MedLine/10978746.xml": content, "Train/DrugBank/1.xml": ddi_document([]), "Train/.DS_Store": "x"}
    assert [one.id for one in read_ddi2013(ddi_zip(tmp_path, files))] == ["DDI-Own.d0", "10978746"]


@pytest.mark.parametrize(
    ("offsets", "written", "n_mended"),
    [
        ("0-2;14-30", "mu- selective opioids", 0),
        ("0-2;14-30", "mu-selective opioids", 0),
        ("0-3;14-29", "mu-selective opioids", 1),
        ("1-2;13-30", "mu-selective opioids", 1),
    ],
)
def test_pieces_that_are_a_character_off_are_set_right(
    tmp_path: Path, offsets: str, written: str, n_mended: int
) -> None:
    content = ddi_document([IN_PIECES.format(offsets, written)])
    (document,) = read_ddi2013(ddi_zip(tmp_path, {"a.xml": content}))
    assert document.mentions[0].pieces == (Span(0, 3), Span(14, 31))
    assert document.n_mended == n_mended


def test_a_pair_that_interacts_somehow_keeps_that_it_does(tmp_path: Path) -> None:
    content = ddi_document([MEETS.replace(' type="mechanism"', "")])
    (document,) = read_ddi2013(ddi_zip(tmp_path, {"a.xml": content}))
    assert [one.type for one in document.relations] == ["untyped"]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            'charOffset="0-8"',
            'charOffset="0-7"',
            "line 4, column charOffset: the characters 0-7 are “Quinidin”, not “Quinidine”",
        ),
        (
            'charOffset="0-8"',
            'charOffset="0-99"',
            "line 4, column charOffset: character 99 is past the end of the sentence, which has 36",
        ),
        ('charOffset="0-8"', 'charOffset="8-0"', "line 4, column charOffset: the piece 8-0 ends before it starts"),
        (
            'charOffset="0-8"',
            'charOffset="0-4;3-8"',
            "line 4, column charOffset: the pieces 0-4;3-8 overlap or are not in order",
        ),
        (
            'charOffset="0-8"',
            'charOffset="start"',
            "line 4, column charOffset: “start” is not a place such as 0-3 or 0-3;10-15",
        ),
        (' charOffset="0-8"', "", "line 4, column charOffset: the attribute charOffset is missing"),
        (
            'type="brand"',
            'type="food"',
            "line 6, column type: “food” is no kind of drug, which are drug, brand, group, drug_n",
        ),
        (
            'e2="DDI-Own.d0.s0.e1"',
            'e2="DDI-Own.d0.s0.e7"',
            "line 7, column e2: the sentence DDI-Own.d0.s0 has no entity “DDI-Own.d0.s0.e7”",
        ),
        (
            'e2="DDI-Own.d0.s0.e1"',
            'e2="DDI-Own.d0.s0.e0"',
            "line 7, column e2: the entity DDI-Own.d0.s0.e0 is paired with itself",
        ),
        (
            'type="mechanism"',
            'type="magic"',
            "line 7, column type: “magic” is no interaction type, which are mechanism, effect, advise, int",
        ),
        ('ddi="true"', 'ddi="maybe"', "line 7, column ddi: “maybe” is neither true nor false"),
        (
            'id="DDI-Own.d0.s0.e1"',
            'id="DDI-Own.d0.s0.e0"',
            "line 5, column id: the entity DDI-Own.d0.s0.e0 stands there twice",
        ),
        ("</sentence>", "</sentense>", "line 10: the XML is broken at character "),
        (
            "<document",
            "<!DOCTYPE document SYSTEM 'http://localhost/x.dtd'><document",
            "line 2: the XML declares a document type, which is not resolved; take it out",
        ),
        (
            "<document",
            "<!DOCTYPE d [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><document",
            "line 2: the XML declares a document type",
        ),
        ("<pair", "<pear", "line 7: the element “pear” has no place here; correct the file"),
        ('encoding="UTF-8"', 'encoding="klingon"', "line 1: the XML is "),
        ("<document", "<sentence", "line 2: the element “sentence” has no place here"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(tmp_path: Path, was: str, now: str, said: str) -> None:
    content = ddi_document([MEETS])
    assert was in content
    bad = read(tmp_path, content.replace(was, now, 1))
    assert str(bad).startswith(f"{tmp_path}/ddi.zip/Train/DrugBank/Own.xml, {said}")


def test_zips_that_are_none_cut_off_or_empty_are_refused(tmp_path: Path) -> None:
    path = ddi_zip(tmp_path, {"a.xml": ddi_document([MEETS])})
    whole = path.read_bytes()
    for content, said in (
        (whole[:-30], "the zip is broken or cut off"),
        (whole[:40] + b"XXXX" + whole[44:], "the zip is broken or cut off"),
        (b"not a zip", "the zip is broken or cut off"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadFile, match=said):
            list(read_ddi2013(path))
    with pytest.raises(BadFile, match="the zip holds no XML files; give the corpus as it is distributed"):
        list(read_ddi2013(ddi_zip(tmp_path, {"readme.txt": "x", "__MACOSX/a.xml": "x", "Train/._a.xml": "x"})))
    with pytest.raises(BadFile, match="there is no such file"):
        list(read_ddi2013(tmp_path / "absent.zip"))


def test_a_file_that_unpacks_to_too_much_and_a_document_twice_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = ddi_zip(tmp_path, {"a.xml": ddi_document([]), "b.xml": ddi_document([])})
    with pytest.raises(
        BadInput, match=r"b\.xml, line 2, column id: the document DDI-Own\.d0 stands in .*a\.xml already"
    ):
        list(read_ddi2013(twice))
    monkeypatch.setattr("ledger.corpora.ddi2013.LONGEST_FILE", 50)
    with pytest.raises(BadFile, match="the file unpacks to more than 50 bytes; take it out"):
        list(read_ddi2013(twice))
