"""Importing the drugs themselves: DrugBank's vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ledger.corpora.bad_input import OnBad
from ledger.corpora.vocabulary import read_vocabulary
from ledger.imports.atc import link_codes_by_name
from ledger.imports.report import ImportReport, OnProgress, in_silence
from ledger.imports.two_passes import Item, Plan, import_file
from ledger.models import DrugName
from ledger.record.statements import DrugDraft, add_drugs


def import_drugs(
    *,
    path: Path,
    skip_bad: bool = False,
    reject_path: Path | None = None,
    now: datetime,
    on_progress: OnProgress = in_silence,
) -> ImportReport:
    """Import a vocabulary: drugs, common names, synonyms; ATC codes already there find their drugs by name."""
    names_before = DrugName.objects.count()
    plan = Plan(
        reader="vocabulary",
        noun="drugs",
        items=lambda on_bad: _items(path, on_bad),
        write=lambda _, drafts: add_drugs(drafts=drafts),
    )
    report = import_file(plan, path=path, skip_bad=skip_bad, reject_path=reject_path, now=now, on_progress=on_progress)
    names = DrugName.objects.count()
    return replace(
        report, extra={"names_added": names - names_before, "ATC_codes_linked_by_name": link_codes_by_name()}
    )


def _items(path: Path, on_bad: OnBad) -> Iterator[Item[DrugDraft]]:
    for drug in read_vocabulary(path, on_bad):
        draft = DrugDraft(drug.drugbank_id, drug.name, drug.synonyms)
        yield Item(drug.row, drug.drugbank_id, f"{drug.drugbank_id} is {drug.name}", "Common name", draft)
