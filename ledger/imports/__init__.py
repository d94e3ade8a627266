"""Bringing files into the ledger: each checked from end to end before anything of it is written."""

from __future__ import annotations

from ledger.imports.atc import import_atc
from ledger.imports.corpora import UnsuitableCorpus, corpus_name_for
from ledger.imports.documents import import_documents
from ledger.imports.documents_report import DocumentsReport
from ledger.imports.drugs import import_drugs
from ledger.imports.labels import import_labels
from ledger.imports.report import ImportReport
from ledger.imports.statements import import_statements

__all__ = [
    "DocumentsReport",
    "ImportReport",
    "UnsuitableCorpus",
    "corpus_name_for",
    "import_atc",
    "import_documents",
    "import_drugs",
    "import_labels",
    "import_statements",
]
