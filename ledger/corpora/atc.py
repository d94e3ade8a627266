"""The WHO ATC index, and lists of which DrugBank drug carries which codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadRow, OnBad, refuse, shown
from ledger.corpora.drugbank import LONGEST_NAME, drugbank_id
from ledger.corpora.rows import Form, Row, open_table, required

INDEX = Form("WHO index", ("atc_code", "atc_name"))
DRUG_CODES = Form("codes of drugs", ("drugbank_id", "atc_codes"))
BETWEEN_CODES = "|"
ATC_CODE = re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One code of any level and its name; the index repeats a code for every dose and route it lists."""

    row: Row
    code: str
    name: str

    @property
    def line(self) -> int:
        return self.row.line


@dataclass(frozen=True, slots=True)
class DrugCodes:
    """The codes one drug carries."""

    row: Row
    drugbank_id: str
    codes: tuple[str, ...]

    @property
    def line(self) -> int:
        return self.row.line


def read_index(path: Path, on_bad: OnBad = refuse) -> Iterator[IndexEntry]:
    """The index's rows in order; rows that cannot be used go to `on_bad`."""
    code_column, name_column = INDEX.columns
    with open_table(path, (INDEX,)) as table:
        for row in table.rows(on_bad):
            code, name = row.values
            try:
                yield IndexEntry(row, _code(row, code_column, code), required(row, name_column, name, LONGEST_NAME))
            except BadRow as bad:
                on_bad(bad)


def read_drug_codes(path: Path, on_bad: OnBad = refuse) -> Iterator[DrugCodes]:
    """The file's drugs with their codes; rows that cannot be used go to `on_bad`."""
    id_column, codes_column = DRUG_CODES.columns
    with open_table(path, (DRUG_CODES,)) as table:
        for row in table.rows(on_bad):
            written_id, written_codes = row.values
            try:
                codes = tuple(
                    dict.fromkeys(_code(row, codes_column, code) for code in written_codes.split(BETWEEN_CODES))
                )
                yield DrugCodes(row, drugbank_id(row, id_column, written_id), codes)
            except BadRow as bad:
                on_bad(bad)


def _code(row: Row, column: str, value: str) -> str:
    code = required(row, column, value, LONGEST_NAME)
    if not ATC_CODE.fullmatch(code):
        raise row.bad(column, f"{shown(code)} is not an ATC code, which is written like B, B01, B01A, B01AA or B01AA03")
    return code
