"""What each reader makes of its columns, and what it says of cells it cannot use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.corpora.atc import read_drug_codes, read_index
from ledger.corpora.bad_input import BadFile, BadRow, OnBad
from ledger.corpora.drugbank import read_interactions
from ledger.corpora.label_csv import read_labels
from ledger.corpora.recognise import FileKind, kind_of
from ledger.corpora.vocabulary import read_vocabulary

WITH_IDS = "drug1_id,drug1_name,drug2_id,drug2_name,sentence\n"
NAMES_ONLY = "Drug 1,Drug 2,Interaction Description\n"
VOCABULARY = "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key\n"
INDEX = "atc_code,atc_name,ddd,uom,adm_r,note\n"
CODES = "drugbank_id\tname\tgroups\tatc_codes\n"
LABELS = WITH_IDS.replace("sentence", "sentence,label")
ALLOWED = ["synergistic", "antagonistic"]


def labels(path: Path, on_bad: OnBad) -> Iterator[Any]:
    return read_labels(path, ALLOWED, on_bad)


def write(folder: Path, text: str) -> Path:
    path = folder / "f.csv"
    path.write_text(text, encoding="utf-8")
    return path


def good(reader: Callable[[Path, OnBad], Iterator[Any]], path: Path) -> list[Any]:
    bad: list[BadRow] = []
    rows = list(reader(path, bad.append))
    assert not bad
    return rows


def test_interactions_with_ids(tmp_path: Path) -> None:
    (row,) = good(read_interactions, write(tmp_path, f"{WITH_IDS}DB00001, A ,DB00002,B, A meets B. \n"))
    assert (row.line, row.head.drugbank_id, row.head.name, row.tail.drugbank_id, row.tail.name, row.sentence) == (
        2, "DB00001", "A", "DB00002", "B", "A meets B.",
    )  # fmt: skip


def test_interactions_with_names_only(tmp_path: Path) -> None:
    (row,) = good(read_interactions, write(tmp_path, f'{NAMES_ONLY}"A, salt",B,"A, salt meets B."\n'))
    assert (row.head.drugbank_id, row.head.name, row.tail.name, row.sentence) == (
        "",
        "A, salt",
        "B",
        "A, salt meets B.",
    )


def test_vocabulary(tmp_path: Path) -> None:
    text = f'{VOCABULARY}DB00001,BIOD1,Lepirudin,,,"[Leu1, Thr2]-x |  | Hirudin | Lepirudin",\nDB00002,,B,,,,\n'
    first, second = good(read_vocabulary, write(tmp_path, text))
    assert (first.drugbank_id, first.name, first.synonyms) == (
        "DB00001", "Lepirudin", ("[Leu1, Thr2]-x", "Hirudin", "Lepirudin"),
    )  # fmt: skip
    assert second.synonyms == ()


def test_index_takes_na_for_data_and_repeats_codes(tmp_path: Path) -> None:
    text = f"{INDEX}A,ALL,NA,NA,NA,NA\nA01AA01,NA,1.1,mg,O,x\nA01AA01,NA,2,mg,P,NA\n"
    rows = good(read_index, write(tmp_path, text))
    assert [(row.line, row.code, row.name) for row in rows] == [
        (2, "A", "ALL"),
        (3, "A01AA01", "NA"),
        (4, "A01AA01", "NA"),
    ]


def test_codes_of_drugs(tmp_path: Path) -> None:
    (row,) = good(read_drug_codes, write(tmp_path, f"{CODES}DB00001\tLepirudin\tapproved\tB01AE02|A01|B01AE02\n"))
    assert (row.drugbank_id, row.codes) == ("DB00001", ("B01AE02", "A01"))


def test_labels_in_both_forms(tmp_path: Path) -> None:
    (row,) = good(labels, write(tmp_path, f"{LABELS}DB00001,A,DB00002,B,A meets B.,Synergistic\n"))
    assert (row.label, row.interaction.sentence) == ("synergistic", "A meets B.")
    text = "Label,Drug 1,Drug 2,Interaction Description\nantagonistic,A,B,A meets B.\n"
    (row,) = good(labels, write(tmp_path, text))
    assert (row.label, row.interaction.head.drugbank_id) == ("antagonistic", "")


LONG = "x" * 600
BAD_CELLS = [
    (read_interactions, WITH_IDS, "DB1,A,DB00002,B,A B", "drug1_id", "“DB1” is not a DrugBank id"),
    (read_interactions, WITH_IDS, "DB00001,A,db00002,B,A B", "drug2_id", "“db00002” is not a DrugBank id"),
    (read_interactions, WITH_IDS, "DB00001,A,DB0000٢,B,A B", "drug2_id", "is not a DrugBank id"),
    (read_interactions, WITH_IDS, "DB00001, ,DB00002,B,A B", "drug1_name", "the cell is empty"),
    (read_interactions, WITH_IDS, "DB00001,A,DB00002,B,", "sentence", "the cell is empty"),
    (read_interactions, WITH_IDS, f"DB00001,{LONG},DB00002,B,x", "drug1_name", "600 characters, more than the 300"),
    (read_interactions, WITH_IDS, "DB00001,A,DB00002,B,A, B", "sentence", "6 cells where the header has 5"),
    (read_interactions, NAMES_ONLY, ",B,A B", "Drug 1", "the cell is empty"),
    (read_interactions, NAMES_ONLY, "A,,A B", "Drug 2", "the cell is empty"),
    (read_interactions, NAMES_ONLY, "A,B,  ", "Interaction Description", "the cell is empty"),
    (read_vocabulary, VOCABULARY, "x,,A,,,,", "DrugBank ID", "“x” is not a DrugBank id"),
    (read_vocabulary, VOCABULARY, "DB00001,,,,,,", "Common name", "the cell is empty"),
    (read_vocabulary, VOCABULARY, f"DB00001,,A,,,B | {LONG},", "Synonyms", "600 characters where 500 are allowed"),
    (read_index, INDEX, "A1,x,,,,", "atc_code", "“A1” is not an ATC code"),
    (read_index, INDEX, "A01AA01X,x,,,,", "atc_code", "is not an ATC code"),
    (read_index, INDEX, "A01,,,,,", "atc_name", "the cell is empty"),
    (read_drug_codes, CODES, "DB00001\tA\tx\t", "atc_codes", "the cell is empty"),
    (read_drug_codes, CODES, "DB00001\tA\tx\tA01||B01", "atc_codes", "the cell is empty"),
    (read_drug_codes, CODES, "DB00001\tA\tx\tA01|QQ", "atc_codes", "“QQ” is not an ATC code"),
    (labels, LABELS, "DB00001,A,DB00002,B,A B,", "label", "the label is empty where one of synergistic, antagonistic"),
    (labels, LABELS, "DB00001,A,DB00002,B,A B,good", "label", "“good” is not one of the task's labels"),
    (labels, LABELS, "DB00001,A,DB00002,B,,synergistic", "sentence", "the cell is empty"),
]


@pytest.mark.parametrize(("reader", "header", "cells", "column", "words"), BAD_CELLS)
def test_bad_cell_names_line_and_column_and_the_next_row_is_read(
    tmp_path: Path, reader: Any, header: str, cells: str, column: str, words: str
) -> None:
    separator = "\t" if "\t" in header else ","
    fine = {
        WITH_IDS: "DB00003,A,DB00004,B,A B",
        NAMES_ONLY: "A,B,A B",
        VOCABULARY: "DB00003,,A,,,,",
        INDEX: "A01,x,,,,",
        CODES: "DB00003\tA\tx\tA01",
        LABELS: "DB00003,A,DB00004,B,A B,synergistic",
    }[header]
    path = write(tmp_path, f"{header}{fine}\n{cells}\n{fine}\n")
    bad: list[BadRow] = []
    rows = list(reader(path, bad.append))
    assert [row.line for row in rows] == [2, 4]
    (complaint,) = bad
    assert str(complaint).startswith(f"{path}, line 3, column {column}: ")
    assert words in str(complaint)
    assert complaint.cells == tuple(cells.split(separator))


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (
            read_interactions,
            "drug1_id, drug1_name, drug2_id, drug2_name, sentence or Drug 1, Drug 2, Interaction Description",
        ),
        (read_vocabulary, "DrugBank ID, Common name, Synonyms"),
        (read_index, "atc_code, atc_name"),
        (read_drug_codes, "drugbank_id, atc_codes"),
        (labels, "label"),
    ],
)
def test_wrong_columns_are_answered_with_the_right_ones(tmp_path: Path, reader: Any, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        list(reader(write(tmp_path, "x,y\n1,2\n"), lambda _: None))


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (WITH_IDS, FileKind.STATEMENTS),
        (NAMES_ONLY, FileKind.STATEMENTS),
        (VOCABULARY, FileKind.DRUGS),
        (INDEX, FileKind.ATC_INDEX),
        (CODES, FileKind.DRUG_CODES),
        (LABELS, FileKind.LABELS),
        ("drug 1,drug 2,interaction description,label\n", FileKind.LABELS),
        ("a,b\n", None),
    ],
)
def test_kind_is_told_by_the_header(tmp_path: Path, header: str, kind: FileKind | None) -> None:
    assert kind_of(write(tmp_path, header)) is kind
