"""Importing statements: sentences about pairs of drugs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ledger.corpora.bad_input import BadRow, OnBad
from ledger.corpora.drugbank import read_interactions
from ledger.imports.corpora import check_corpus, make_corpus
from ledger.imports.drafts import statement_of
from ledger.imports.names import DrugNames
from ledger.imports.report import ImportReport, OnProgress, in_silence
from ledger.imports.two_passes import Item, Plan, import_file
from ledger.models import Corpus, Task
from ledger.record.statements import StatementDraft, add_statements


def import_statements(
    *,
    path: Path,
    corpus_name: str,
    task: Task,
    skip_bad: bool = False,
    reject_path: Path | None = None,
    now: datetime,
    on_progress: OnProgress = in_silence,
) -> ImportReport:
    """Import DrugBank interactions, with ids or with names only, into a corpus that is made when it is not there."""
    check_corpus(corpus_name, task)
    drugs = DrugNames()

    def items(on_bad: OnBad) -> Iterator[Item[StatementDraft]]:
        for interaction in read_interactions(path, on_bad):
            try:
                draft = statement_of(interaction, drugs, task)
            except BadRow as bad:
                on_bad(bad)
                continue
            yield Item(interaction.row, draft.external_id, "", interaction.sentence_column, draft)

    def write(corpus: Corpus | None, drafts: list[StatementDraft]) -> int:
        assert corpus is not None
        return add_statements(corpus=corpus, drafts=drafts)

    plan = Plan("drugbank-interactions", "statements", items, write, lambda: make_corpus(corpus_name, task, now))
    return import_file(plan, path=path, skip_bad=skip_bad, reject_path=reject_path, now=now, on_progress=on_progress)
