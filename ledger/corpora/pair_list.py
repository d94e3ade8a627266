"""Lists of drug pairs that somebody found synergistic, or antagonistic: two drugs a row.

The form of DrugComb's ASDCD list (synergistic combinations tested in cancer) and of DrugBank's antagonism file: a
header, then one pair a row, by name (`drug1,drug2`, also `Drug A,Drug B`, `drug_row,drug_col`, `drugname1,drugname2`),
by DrugBank id (`drug1_id,drug2_id`, also `DrugBank_ID_1,DrugBank_ID_2`, `drug1_db,drug2_db`), or by both. Other columns
are passed over, except scores: a scored list is a screen, and not every row of a screen is what the list is named for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadFile, BadRow, OnBad, refuse
from ledger.corpora.drugbank import NamedDrug
from ledger.corpora.pair_columns import drug_columns, named_drug
from ledger.corpora.rows import Form, Row, header_of, open_table
from ledger.corpora.scores import looks_like_a_score


@dataclass(frozen=True, slots=True)
class ListedPair:
    """Two drugs as one row names them."""

    row: Row
    first: NamedDrug
    second: NamedDrug

    @property
    def line(self) -> int:
        return self.row.line


def read_pair_list(path: Path, on_bad: OnBad = refuse) -> Iterator[ListedPair]:
    """The list's pairs in order; rows that cannot be used go to `on_bad`."""
    header = header_of(path)
    first, second = drug_columns(path, header)
    if scored := next((column for column in header if looks_like_a_score(column)), None):
        raise BadFile(path, 1, scored, "a list of pairs has no scores", "give a screen with --scores")
    n_first = len(first.columns)
    with open_table(path, [Form("pair list", (*first.columns, *second.columns))]) as table:
        for row in table.rows(on_bad):
            try:
                yield ListedPair(
                    row, named_drug(row, first, row.values[:n_first]), named_drug(row, second, row.values[n_first:])
                )
            except BadRow as bad:
                on_bad(bad)
