"""Which columns of a table name two drugs, whatever the source calls them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadFile, printable
from ledger.corpora.drugbank import DRUGBANK_ID, LONGEST_NAME, NamedDrug, drugbank_id
from ledger.corpora.rows import Row, required

FIRST_NAMES = ("drug1", "druga", "drugrow", "drugname1", "drug1name", "druganame", "drugnamea", "drugone")
SECOND_NAMES = ("drug2", "drugb", "drugcol", "drugname2", "drug2name", "drugbname", "drugnameb", "drugtwo")
FIRST_IDS = ("drug1id", "drug1db", "drugaid", "drugadb", "drugbankid1", "drugbank1", "drug1drugbankid", "drugrowid")
SECOND_IDS = ("drug2id", "drug2db", "drugbid", "drugbdb", "drugbankid2", "drugbank2", "drug2drugbankid", "drugcolid")

MISSING = frozenset({"", "na", "nan", "null", "none", r"\n", "n/a", "-"})
"""How tables write that a cell holds nothing, folded."""


@dataclass(frozen=True, slots=True)
class DrugColumns:
    """Where one drug of the pair stands: a column with its DrugBank id, one with its name, or both."""

    id_column: str | None
    name_column: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for column in (self.id_column, self.name_column) if column)


def plain(column: str) -> str:
    """A column's name without case, blanks and punctuation: `Drug_1 (name)` → `drug1name`."""
    return re.sub(r"[^a-z0-9]", "", column.casefold())


def column_among(header: Sequence[str], known: Sequence[str]) -> str | None:
    """The first column of the header that goes by one of the known plain names."""
    return next((column for column in header if plain(column) in known), None)


def drug_columns(path: Path, header: Sequence[str]) -> tuple[DrugColumns, DrugColumns]:
    """The columns of both drugs; raises BadFile where one of them has none."""
    first = DrugColumns(column_among(header, FIRST_IDS), column_among(header, FIRST_NAMES))
    second = DrugColumns(column_among(header, SECOND_IDS), column_among(header, SECOND_NAMES))
    for which, wanted, found in (("first", "drug1", first), ("second", "drug2", second)):
        if not found.columns:
            has = printable(", ".join(name[:40] for name in header[:12])) or "nothing"
            raise BadFile(
                path,
                1,
                wanted,
                f"no column names the {which} drug of the pair (the header has {has})",
                "call the columns drug1 and drug2, or drug1_id and drug2_id for DrugBank ids",
            )
    return first, second


def named_drug(row: Row, columns: DrugColumns, cells: Sequence[str]) -> NamedDrug:
    """The drug in the cells of its columns, by id where the row has one; raises BadRow.

    A DrugBank id in the name's column is taken as one.
    """
    by_column = dict(zip(columns.columns, cells, strict=True))
    written_id = by_column.get(columns.id_column or "", "").strip()
    written_name = by_column.get(columns.name_column or "", "").strip()
    name_column = columns.name_column or columns.columns[0]
    if columns.id_column and (written_id.casefold() not in MISSING or not columns.name_column):
        found = drugbank_id(row, columns.id_column, written_id)
        return NamedDrug(found, written_name or found, columns.id_column, name_column)
    name = required(row, name_column, "" if written_name.casefold() in MISSING else written_name, LONGEST_NAME)
    return NamedDrug(name if DRUGBANK_ID.fullmatch(name) else "", name, name_column, name_column)
