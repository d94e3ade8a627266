"""DrugBank's interaction sentences, as a table with ids and as the widely used three columns with names only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadRow, OnBad, refuse, shown
from ledger.corpora.rows import LONGEST_CELL, Form, Row, open_table, required

LONGEST_NAME = 300
DRUGBANK_ID = re.compile(r"DB[0-9]{5}")

WITH_IDS = Form("with ids", ("drug1_id", "drug1_name", "drug2_id", "drug2_name", "sentence"))
NAMES_ONLY = Form("names only", ("Drug 1", "Drug 2", "Interaction Description"))
FORMS = (WITH_IDS, NAMES_ONLY)


@dataclass(frozen=True, slots=True)
class NamedDrug:
    """A drug as a row names it; `drugbank_id` is empty where the file has names only."""

    drugbank_id: str
    name: str
    id_column: str
    name_column: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """One sentence about an ordered pair of drugs."""

    row: Row
    head: NamedDrug
    tail: NamedDrug
    sentence: str
    sentence_column: str

    @property
    def line(self) -> int:
        return self.row.line


def read_interactions(path: Path, on_bad: OnBad = refuse) -> Iterator[Interaction]:
    """The file's interactions in order; rows that cannot be used go to `on_bad`."""
    with open_table(path, FORMS) as table:
        for row in table.rows(on_bad):
            try:
                yield interaction_of(row, table.form, row.values)
            except BadRow as bad:
                on_bad(bad)


def interaction_of(row: Row, form: Form, values: tuple[str, ...]) -> Interaction:
    """The interaction in a row's first values; raises BadRow. Other readers of the same columns share it."""
    if form.columns[:5] == WITH_IDS.columns:
        head_id, head_name, tail_id, tail_name, sentence = values[:5]
        head = _drug(row, drugbank_id(row, form.columns[0], head_id), head_name, form.columns[0], form.columns[1])
        tail = _drug(row, drugbank_id(row, form.columns[2], tail_id), tail_name, form.columns[2], form.columns[3])
        sentence_column = form.columns[4]
    else:
        head_name, tail_name, sentence = values[:3]
        head = _drug(row, "", head_name, form.columns[0], form.columns[0])
        tail = _drug(row, "", tail_name, form.columns[1], form.columns[1])
        sentence_column = form.columns[2]
    return Interaction(row, head, tail, required(row, sentence_column, sentence, LONGEST_CELL), sentence_column)


def drugbank_id(row: Row, column: str, value: str) -> str:
    """A primary DrugBank id such as DB00682; raises BadRow for anything else."""
    written = required(row, column, value, LONGEST_CELL)
    if not DRUGBANK_ID.fullmatch(written):
        raise row.bad(column, f"{shown(written)} is not a DrugBank id, which is DB and five digits")
    return written


def _drug(row: Row, drug_id: str, name: str, id_column: str, name_column: str) -> NamedDrug:
    return NamedDrug(drug_id, required(row, name_column, name, LONGEST_NAME), id_column, name_column)
