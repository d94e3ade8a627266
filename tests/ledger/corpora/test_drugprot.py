"""DrugProt's tables: what is read, and what each kind of broken row is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile, BadInput, BadRow
from ledger.corpora.drugprot import Tables, read_drugprot
from ledger.patterns import Span
from tests.ledger.corpora.annotated_files import BODY, RELATIONS, TITLE, drugprot, write_lines

ROWS = [("17", *row) for row in RELATIONS]


def test_title_and_abstract_are_joined_by_a_blank_and_offsets_hold(tmp_path: Path) -> None:
    (document,) = read_drugprot(drugprot(tmp_path))
    assert (document.id, document.title_end, document.is_labelled) == ("17", len(TITLE), True)
    assert document.text.startswith(f"{TITLE} Atropine blocks the M3 receptor")
    assert [(one.id, one.kind, one.written_kind) for one in document.mentions] == [
        ("T1", "chemical", "CHEMICAL"),
        ("T2", "gene", "GENE-Y"),
        ("T3", "gene", "GENE-N"),
        ("T4", "chemical", "CHEMICAL"),
    ]
    assert document.mentions[0].span == Span(len(TITLE) + 1, len(TITLE) + 9)
    assert [(one.type, one.head, one.tail, one.place.line) for one in document.relations] == [
        ("ANTAGONIST", "T1", "T2", 1)
    ]


def test_repeated_rows_and_further_types_are_kept_in_order(tmp_path: Path) -> None:
    rows = [("17", "ANTAGONIST", "T1", "T2"), ("17", "DIRECT-REGULATOR", "T1", "T2"), ("17", "ANTAGONIST", "T1", "T2")]
    (document,) = read_drugprot(drugprot(tmp_path, relations=rows))
    assert [one.type for one in document.relations] == ["ANTAGONIST", "DIRECT-REGULATOR", "ANTAGONIST"]


def test_without_relations_the_pairs_are_to_be_predicted(tmp_path: Path) -> None:
    (document,) = read_drugprot(drugprot(tmp_path, relations=None))
    assert (document.is_labelled, document.relations) == (False, ())


def test_documents_come_in_the_order_of_the_abstracts_whatever_that_of_the_entities(tmp_path: Path) -> None:
    tables = drugprot(tmp_path, [("18", "One", "[T1 CHEMICAL Quinine]."), ("17", TITLE, BODY)], ROWS)
    lines = tables.entities.read_text().splitlines()
    tables.entities.write_text("\n".join(reversed(lines)) + "\n")
    assert [(one.id, len(one.mentions)) for one in read_drugprot(tables)] == [("18", 1), ("17", 4)]


def test_gzipped_tables_are_read_and_cut_off_ones_refused(tmp_path: Path) -> None:
    tables = drugprot(tmp_path)
    packed = tmp_path / "small_abstracts.tsv.gz"
    packed.write_bytes(gzip.compress(tables.abstracts.read_bytes()))
    whole = Tables(packed, tables.entities, tables.relations)
    assert [one.id for one in read_drugprot(whole)] == ["17"]
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(BadFile, match="line 1: the gzip file ends too early; fetch or pack it again"):
        list(read_drugprot(whole))


def message(tables: Tables) -> str:
    with pytest.raises(BadInput) as refused:
        list(read_drugprot(tables))
    return str(refused.value)


REMEDY = "correct the row, or take its document out of all of the corpus's files."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            ("17", "T1", "CHEMICAL", 33, 41, "Quinidin"),
            "column text: characters 33 to 41 are “Atropine”, not “Quinidin”",
        ),
        (
            ("17", "T1", "CHEMICAL", 33, 900, "Atropine"),
            "column end: character 900 is past the end of the document, which has 116",
        ),
        (
            ("17", "T1", "CHEMICAL", 900, 908, "Atropine"),
            "column start: character 900 is not in the document, which has 116",
        ),
        (
            ("17", "T1", "CHEMICAL", 41, 33, "Atropine"),
            "column end: the mention ends at character 33, before or where it starts (41)",
        ),
        (("17", "T1", "CHEMICAL", "-1", 41, "Atropine"), "column start: “-1” is not a number of characters"),
        (
            ("17", "T1", "PROTEIN", 33, 41, "Atropine"),
            "column kind: “PROTEIN” is no kind of entity, which are CHEMICAL, GENE, GENE-Y, GENE-N",
        ),
        (
            ("17", "T1", "CHEMICAL", 33, 41),
            "column text: the row has 5 tab-separated cells where 6 are wanted (document, id, kind, start, end, text)",
        ),
        (("17", "T:1", "CHEMICAL", 33, 41, "Atropine"), "column id: “T:1” cannot be an entity's id"),
        (("18", "T1", "CHEMICAL", 33, 41, "Atropine"), "column document: there is no abstract of the document “18”"),
    ],
)
def test_what_is_wrong_with_an_entity_is_said_with_its_place(
    tmp_path: Path, row: tuple[object, ...], said: str
) -> None:
    body = BODY.replace("[T1 CHEMICAL Atropine]", "Atropine")
    tables = drugprot(tmp_path, [("17", TITLE, body)], [("17", "AGONIST", "T4", "T2")])
    with tables.entities.open("a", encoding="utf-8") as file:
        file.write("\t".join(map(str, row)) + "\n")
    assert message(tables) == f"{tables.entities}, line 4, {said}; {REMEDY}"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("17", "INHIBITOR", "Arg1:T9", "Arg2:T2"), "column arg1: the document 17 has no entity “T9”"),
        (("17", "INHIBITOR", "Arg1:T1", "Arg2:T99"), "column arg2: the document 17 has no entity “T99”"),
        (
            ("17", "INHIBITOR", "Arg1:T1", "Arg2:T4"),
            "column arg2: the relation is of chemical and chemical, where chemical and gene are wanted",
        ),
        (("17", "INHIBITOR", "T1", "Arg2:T4"), "column arg1: “T1” is not Arg1, a colon and an entity's id"),
        (("99", "INHIBITOR", "Arg1:T1", "Arg2:T2"), "column document: there is no abstract of the document “99”"),
        (
            ("17", "INHIBITOR", "Arg1:T1"),
            "column arg2: the row has 3 tab-separated cells where 4 are wanted (document, type, arg1, arg2)",
        ),
    ],
)
def test_what_is_wrong_with_a_relation_is_said_with_its_place(tmp_path: Path, row: tuple[str, ...], said: str) -> None:
    tables = drugprot(tmp_path)
    relations = write_lines(tmp_path / "bad.tsv", [("17", "ANTAGONIST", "Arg1:T1", "Arg2:T2"), row])
    whole = message(Tables(tables.abstracts, tables.entities, relations))
    assert whole == f"{relations}, line 2, {said}; {REMEDY}"


def test_an_unknown_type_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    tables = drugprot(tmp_path, relations=[("17", "TICKLES", "T1", "T2")])
    assert "line 1, column type: “TICKLES” is no relation type, which are ACTIVATOR, AGONIST, " in message(tables)
    (document,) = read_drugprot(tables, types=("TICKLES",))
    assert document.relations[0].type == "TICKLES"


def test_a_document_or_an_entity_twice_is_refused(tmp_path: Path) -> None:
    tables = drugprot(tmp_path, [("17", TITLE, BODY), ("17", TITLE, "")], ROWS)
    assert "line 2, column document: the document 17 stands on line 1 already" in message(tables)
    tables = drugprot(tmp_path, [("17", TITLE, f"{BODY} [T1 CHEMICAL Quinine]")], ROWS)
    assert "line 5, column id: the entity T1 of 17 stands on line 1 already" in message(tables)


def test_lines_that_are_no_text_and_empty_files_are_refused(tmp_path: Path) -> None:
    tables = drugprot(tmp_path)
    whole = tables.abstracts.read_bytes()
    tables.abstracts.write_bytes(whole.replace(b"trachea", b"trach\xe9a"))
    assert "line 1: the line is not UTF-8; save the file as UTF-8." in message(tables)
    tables.abstracts.write_bytes(whole.replace(b"trachea", b"trach\0a"))
    assert "line 1: the line holds a NUL byte; take it out." in message(tables)
    tables.abstracts.write_bytes(b"")
    assert "line 1: the file has no rows; give the file as the corpus has it." in message(tables)


def test_carriage_returns_at_line_ends_do_no_harm(tmp_path: Path) -> None:
    tables = drugprot(tmp_path)
    assert tables.relations
    for path in (tables.abstracts, tables.entities, tables.relations):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (document,) = read_drugprot(tables)
    assert len(document.mentions) == 4
    assert isinstance(document.place.bad(None, "x"), BadRow)
