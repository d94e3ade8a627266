"""Labelled DrugBank sentences: the interaction columns, in either form, and a column `label`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import BadRow, OnBad, refuse
from ledger.corpora.drugbank import NAMES_ONLY, WITH_IDS, Interaction, interaction_of
from ledger.corpora.rows import Form, Row, open_table
from ledger.labels import UnknownLabel, Unlabelled, read_label

LABEL_COLUMN = "label"
FORMS = tuple(Form(f"labels {form.name}", (*form.columns, LABEL_COLUMN)) for form in (WITH_IDS, NAMES_ONLY))


@dataclass(frozen=True, slots=True)
class LabelledInteraction:
    """One sentence about a pair of drugs and the label somebody gave it, as the task's slug."""

    interaction: Interaction
    label: str

    @property
    def row(self) -> Row:
        return self.interaction.row

    @property
    def line(self) -> int:
        return self.row.line


def read_labels(path: Path, allowed: Sequence[str], on_bad: OnBad = refuse) -> Iterator[LabelledInteraction]:
    """The file's labelled sentences in order; `allowed` are the task's label slugs. Bad rows go to `on_bad`."""
    with open_table(path, FORMS) as table:
        for row in table.rows(on_bad):
            try:
                interaction = interaction_of(row, table.form, row.values)
                yield LabelledInteraction(interaction, _label(row, allowed))
            except BadRow as bad:
                on_bad(bad)


def _label(row: Row, allowed: Sequence[str]) -> str:
    try:
        return read_label(row.values[-1], allowed)
    except (Unlabelled, UnknownLabel) as error:
        raise row.bad(LABEL_COLUMN, str(error))
