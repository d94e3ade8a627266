"""DrugBank's open vocabulary: ids, common names and synonyms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadRow, OnBad, refuse, shown
from ledger.corpora.drugbank import LONGEST_NAME, drugbank_id
from ledger.corpora.rows import Form, Row, open_table, required

VOCABULARY = Form("vocabulary", ("DrugBank ID", "Common name", "Synonyms"))
BETWEEN_SYNONYMS = " | "
LONGEST_SYNONYM = 500


@dataclass(frozen=True, slots=True)
class VocabularyDrug:
    """One drug with its common name and the other names it goes by."""

    row: Row
    drugbank_id: str
    name: str
    synonyms: tuple[str, ...]

    @property
    def line(self) -> int:
        return self.row.line


def read_vocabulary(path: Path, on_bad: OnBad = refuse) -> Iterator[VocabularyDrug]:
    """The file's drugs in order; rows that cannot be used go to `on_bad`."""
    with open_table(path, (VOCABULARY,)) as table:
        for row in table.rows(on_bad):
            try:
                yield _drug(row)
            except BadRow as bad:
                on_bad(bad)


def _drug(row: Row) -> VocabularyDrug:
    id_column, name_column, synonyms_column = VOCABULARY.columns
    written_id, written_name, written_synonyms = row.values
    synonyms = tuple(name for part in written_synonyms.split(BETWEEN_SYNONYMS) if (name := part.strip()))
    for synonym in synonyms:
        if len(synonym) > LONGEST_SYNONYM:
            raise row.bad(
                synonyms_column,
                f"the synonym {shown(synonym)} has {len(synonym):,} characters where {LONGEST_SYNONYM} are allowed",
            )
    return VocabularyDrug(
        row,
        drugbank_id(row, id_column, written_id),
        required(row, name_column, written_name, LONGEST_NAME),
        synonyms,
    )
