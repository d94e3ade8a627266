"""Pair lists, screens and labelled free text: what is read, and what is said of what cannot be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.corpora.bad_input import BadFile, BadInput, BadRow, OnBad
from ledger.corpora.combinations import Combination, read_combinations
from ledger.corpora.pair_list import read_pair_list
from ledger.corpora.scores import read_scores
from ledger.patterns import Span

SUMMARY = "block_id,drug_row,drug_col,cell_line_name,synergy_zip,synergy_bliss,synergy_loewe,synergy_hsa\n"
LINE = {
    "doc_id": "d1",
    "sentence": "Aspirin with warfarin and ticlopidine .",
    "spans": [
        {"span_id": 7, "text": "warfarin", "start": 13, "end": 21},
        {"span_id": 3, "text": "Aspirin", "start": 0, "end": 7},
        {"span_id": 9, "text": "ticlopidine", "start": 26, "end": 37},
    ],
    "rels": [{"class": "NEG", "spans": [9, 7, 3], "is_context_needed": False}],
    "paragraph": "…",
    "source": "https://pubmed.ncbi.nlm.nih.gov/1/",
}

Reader = Callable[[Path, OnBad], Iterator[Any]]


def write(folder: Path, text: str) -> Path:
    path = folder / "f.csv"
    path.write_text(text, encoding="utf-8")
    return path


def changed(**fields: object) -> str:
    return json.dumps(LINE | fields) + "\n"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("Drug 1,Drug 2\nAspirin,Warfarin\n", ("", "Aspirin"), ("", "Warfarin")),
        ("drug_row\tdrug_col\nAspirin\tWarfarin\n", ("", "Aspirin"), ("", "Warfarin")),
        ("Drug_A,Drug_B,note\nAspirin,DB00682,x\n", ("", "Aspirin"), ("DB00682", "DB00682")),
        ("drug1_id,drug2_id\nDB00945,DB00682\n", ("DB00945", "DB00945"), ("DB00682", "DB00682")),
        ("drug1_id,drug1,drug2_id,drug2\nNA,Aspirin,DB00682,Warfarin\n", ("", "Aspirin"), ("DB00682", "Warfarin")),
    ],
)
def test_a_pair_list_names_its_drugs_by_name_or_id(
    tmp_path: Path, text: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    (pair,) = read_pair_list(write(tmp_path, text))
    assert (pair.line, pair.first.drugbank_id, pair.first.name) == (2, *first)
    assert (pair.second.drugbank_id, pair.second.name) == second


def test_the_drugcomb_summary(tmp_path: Path) -> None:
    rows = "1,A,B,A375,1.5,-2,1e1,NA\n2,A,NULL,A375,,,,\n"
    first, alone = read_scores(write(tmp_path, SUMMARY + rows))
    assert (first.first.name, first.second.name, first.measurement.cell_line) == ("A", "B", "A375")
    assert first.measurement.scores == (("zip", 1.5), ("bliss", -2.0), ("loewe", 10.0))
    assert (alone.second, alone.measurement.scores) == (None, ())


def test_a_screen_file_of_one_score(tmp_path: Path) -> None:
    (row,) = read_scores(write(tmp_path, "drugname1\tdrugname2\tcell_line\thsa\n5-FU\tABT-888\tA2058\t8.13\n"))
    assert (row.first.name, row.measurement.scores) == ("5-FU", (("hsa", 8.13),))


def test_columns_that_measure_no_interaction_are_passed_over(tmp_path: Path) -> None:
    header = "drug1,drug2,cell_line,synergy_zip,synergy_zip_p_value,S_mean,css_ri"
    (row,) = read_scores(write(tmp_path, f"{header}\nA,B,C,4,0.01,3,70\n"))
    assert row.measurement.scores == (("zip", 4.0),)


def test_the_oncology_screens_synergy_is_loewe(tmp_path: Path) -> None:
    header = "Unnamed: 0,drug_a_name,drug_b_name,cell,synergy,drug1_db,drug2_db\n"
    (row,) = read_scores(write(tmp_path, f"{header}x,5-FU,ABT-888,A2058,7.5,DB00544,DB07232\n"))
    assert (row.first.drugbank_id, row.second.drugbank_id) == ("DB00544", "DB07232")
    assert row.measurement.scores == (("loewe", 7.5),)


def test_free_text_has_its_spans_from_left_to_right(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress(changed().encode()))
    (sentence,) = read_combinations(path)
    assert sentence.spans == (Span(0, 7), Span(13, 21), Span(26, 37))
    assert sentence.combinations == (Combination("NEG", (0, 1, 2), False),)
    assert (sentence.sentence_id, sentence.document) == ("d1", LINE["source"])


def test_without_a_source_the_sentence_is_its_own_document(tmp_path: Path) -> None:
    (sentence,) = read_combinations(write(tmp_path, changed(source=None)))
    assert sentence.document == "d1"


def test_offsets_hold_against_a_spans_own_text_where_they_cover_words(tmp_path: Path) -> None:
    spans = [{"span_id": 1, "text": "h warfar", "start": 13, "end": 21}]
    (sentence,) = read_combinations(write(tmp_path, changed(spans=spans, rels=[])))
    assert sentence.spans == (Span(13, 21),)


@pytest.mark.parametrize(
    ("reader", "text", "sentence"),
    [
        (
            read_pair_list,
            "drug1,partner\nA,B\n",
            "line 1, column drug2: no column names the second drug of the pair (the header has drug1, partner); "
            "call the columns drug1 and drug2, or drug1_id and drug2_id for DrugBank ids.",
        ),
        (
            read_pair_list,
            "drug1,drug2,synergy\nA,B,4\n",
            "line 1, column synergy: a list of pairs has no scores; give a screen with --scores.",
        ),
        (
            read_scores,
            "drug1,drug2,cell_line,ComboScore\nA,B,C,40\n",
            "line 1, column ComboScore: the unit of the score “ComboScore” is not known, so ±10 of it means nothing; "
            "take the column out and give ZIP, Bliss, Loewe or HSA in percentage points.",
        ),
        (
            read_scores,
            "drug1,drug2,cell_line,synergy\nA,B,C,40\n",
            "line 1, column synergy: the unit of the score “synergy” is not known, so ±10 of it means nothing; "
            "take the column out and give ZIP, Bliss, Loewe or HSA in percentage points.",
        ),
        (
            read_scores,
            "drug1,drug2,cell_line,zip,synergy_zip\nA,B,C,4,4\n",
            "line 1, column synergy_zip: the score zip stands there twice; take one of the columns out.",
        ),
        (
            read_scores,
            "drug1,drug2,cell_line,css\nA,B,C,4\n",
            "line 1: no column holds a score; give a column zip, bliss, loewe or hsa in percentage points.",
        ),
        (
            read_scores,
            "drug1,drug2,zip\nA,B,4\n",
            "line 1, column cell_line_name: no column names the cell line; add a column cell_line_name.",
        ),
        (read_combinations, "\n", "line 1: the file is empty; give a file with one JSON object a line."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, reader: Reader, text: str, sentence: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadFile) as refusal:
        list(reader(path, [].append))
    assert str(refusal.value) == f"{path}, {sentence}"


FIX = "correct the row, or leave it out with --skip-bad."


@pytest.mark.parametrize(
    ("reader", "text", "sentence"),
    [
        (read_pair_list, "drug1,drug2\nA,\n", "line 2, column drug2: the cell is empty"),
        (
            read_pair_list,
            "drug1_id,drug2_id\nDB1,DB00682\n",
            "line 2, column drug1_id: “DB1” is not a DrugBank id, which is DB and five digits",
        ),
        (read_scores, f"{SUMMARY}1,A,B,C,x,1,1,1\n", "line 2, column synergy_zip: “x” is not a number"),
        (read_scores, f"{SUMMARY}1,A,B,C,1,1,1,inf\n", "line 2, column synergy_hsa: “inf” is not a number"),
        (read_scores, f"{SUMMARY}1,A,B,,1,1,1,1\n", "line 2, column cell_line_name: the cell is empty"),
        (read_scores, f"{SUMMARY}1,,B,C,1,1,1,1\n", "line 2, column drug_row: the cell is empty"),
        (read_combinations, "{\n", "line 1: the line is not JSON at character 3"),
        (read_combinations, "[" * 100_000, "line 1: the line is not JSON"),
        (read_combinations, "[]\n", "line 1, column doc_id: doc_id is missing"),
        (read_combinations, changed(sentence=4), "line 1, column sentence: sentence is not what it should be"),
        (
            read_combinations,
            changed(doc_id="x" * 61),
            "line 1, column doc_id: doc_id is empty, longer than 60 characters, or holds a NUL",
        ),
        (
            read_combinations,
            changed(spans=[{"span_id": 1, "text": "x", "start": 36, "end": 99}]),
            "line 1, column spans: characters 36 to 99 are not in the sentence, which has 39",
        ),
        (
            read_combinations,
            changed(spans=[{"span_id": 1, "text": "warfarin", "start": 14, "end": 22}]),
            "line 1, column spans: characters 14 to 22 are “arfarin ”, not “warfarin”",
        ),
        (
            read_combinations,
            changed(rels=[{"class": "MAYBE", "spans": [3, 7], "is_context_needed": True}]),
            "line 1, column rels: “MAYBE” is not one of POS, NEG, COMB",
        ),
        (
            read_combinations,
            changed(rels=[{"class": "POS", "spans": [3, 4], "is_context_needed": True}]),
            "line 1, column rels: a relation names a span that the sentence does not have",
        ),
        (
            read_combinations,
            changed(rels=[{"class": "POS", "spans": [3, 3], "is_context_needed": True}]),
            "line 1, column rels: a relation has fewer than two drugs",
        ),
        (
            read_combinations,
            changed(rels=[{"class": "POS", "spans": [3, 7]}]),
            "line 1, column rels: is_context_needed is missing",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_rows_around_it_are_kept(
    tmp_path: Path, reader: Reader, text: str, sentence: str
) -> None:
    path = write(tmp_path, text)
    bad: list[BadRow] = []
    assert list(reader(path, bad.append)) == []
    assert [str(one) for one in bad] == [f"{path}, {sentence}; {FIX}"]
    with pytest.raises(BadInput):
        list(reader(path, _refuse))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"doc_id": "\xff"}\n' + changed().encode())
    bad: list[BadRow] = []
    assert [one.line for one in read_combinations(path, bad.append)] == [2]
    assert [one.line for one in bad] == [1]


def _refuse(bad: BadRow) -> None:
    raise bad
