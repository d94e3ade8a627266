"""Combination screens: two drugs, a cell line and what was measured of them, a row each.

Read are DrugComb's summary (`drug_row, drug_col, cell_line_name, synergy_zip, synergy_bliss, synergy_loewe,
synergy_hsa`), tables with one or several of the columns `zip, bliss, loewe, hsa`, and the oncology screen with
DrugBank ids, whose column `synergy` is Loewe. All four are percentage points of response. A column that looks like a
score and is none of these has an unknown unit (ComboScore of NCI-ALMANAC sums differences over a whole dose matrix, so
10 of it means something else) and the file is refused by that column's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from ledger.corpora.bad_input import BadFile, BadRow, OnBad, refuse, shown
from ledger.corpora.drugbank import LONGEST_NAME, NamedDrug
from ledger.corpora.pair_columns import MISSING, column_among, drug_columns, named_drug, plain
from ledger.corpora.rows import Form, Row, header_of, open_table, required
from ledger.polarity import Measurement, Score

SCORES: tuple[Score, ...] = ("zip", "bliss", "loewe", "hsa")
SCORE_OF: dict[str, Score] = {
    written: score for score in SCORES for written in (score, f"synergy{score}", f"{score}score", f"{score}synergy")
}
CELL_LINES = ("cellline", "celllinename", "cell", "cellname")
ONCOLOGY_SCREEN = frozenset({"drug_a_name", "drug_b_name", "cell", "synergy", "drug1_db", "drug2_db"})


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """One row of a screen: two drugs and what was measured; `second` is None where one drug was tested alone."""

    row: Row
    first: NamedDrug
    second: NamedDrug | None
    measurement: Measurement

    @property
    def line(self) -> int:
        return self.row.line


def looks_like_a_score(column: str) -> bool:
    """Whether a column's name claims to measure how two drugs act together."""
    name = plain(column)
    is_score = name in SCORE_OF or any(word in name for word in ("synergy", "score", "antagonism"))
    return is_score and not name.endswith("pvalue")


def score_columns(path: Path, header: Sequence[str]) -> dict[str, Score]:
    """The score each column holds; raises BadFile for a score of unknown unit, a score twice, and for none at all."""
    if {column.casefold() for column in header} >= ONCOLOGY_SCREEN:
        return {next(column for column in header if column.casefold() == "synergy"): "loewe"}
    found: dict[str, Score] = {}
    for column in filter(looks_like_a_score, header):
        score = SCORE_OF.get(plain(column))
        if score is None:
            raise BadFile(
                path,
                1,
                column,
                f"the unit of the score {shown(column)} is not known, so ±10 of it means nothing",
                "take the column out and give ZIP, Bliss, Loewe or HSA in percentage points",
            )
        if score in found.values():
            raise BadFile(path, 1, column, f"the score {score} stands there twice", "take one of the columns out")
        found[column] = score
    if not found:
        raise BadFile(
            path, 1, None, "no column holds a score", "give a column zip, bliss, loewe or hsa in percentage points"
        )
    return found


def read_scores(path: Path, on_bad: OnBad = refuse) -> Iterator[MeasuredPair]:
    """The screen's rows in order; rows that cannot be used go to `on_bad`. A missing score is left out of its row."""
    header = header_of(path)
    first, second = drug_columns(path, header)
    scores = score_columns(path, header)
    cell_line = column_among(header, CELL_LINES)
    if cell_line is None:
        raise BadFile(path, 1, "cell_line_name", "no column names the cell line", "add a column cell_line_name")
    form = Form("screen", (*first.columns, *second.columns, cell_line, *scores))
    n_first, n_drugs = len(first.columns), len(first.columns) + len(second.columns)
    with open_table(path, [form]) as table:
        for row in table.rows(on_bad):
            try:
                cells = row.values[n_first:n_drugs]
                alone = all(cell.strip().casefold() in MISSING for cell in cells)
                yield MeasuredPair(
                    row,
                    named_drug(row, first, row.values[:n_first]),
                    None if alone else named_drug(row, second, cells),
                    Measurement(
                        required(row, cell_line, row.values[n_drugs], LONGEST_NAME),
                        True,
                        tuple(_measured(row, scores, row.values[n_drugs + 1 :])),
                    ),
                )
            except BadRow as bad:
                on_bad(bad)


def _measured(row: Row, scores: dict[str, Score], cells: Sequence[str]) -> Iterator[tuple[Score, float]]:
    for (column, score), cell in zip(scores.items(), cells, strict=True):
        written = cell.strip()
        if written.casefold() in MISSING:
            continue
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise row.bad(column, f"{shown(written)} is not a number")
        yield score, value
