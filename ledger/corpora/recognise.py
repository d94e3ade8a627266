"""What kind of file this is, told by its header."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from ledger.corpora import atc, drugbank, label_csv, vocabulary
from ledger.corpora.rows import header_of


class FileKind(Enum):
    """The files the importers read, in the order in which a folder of them is imported."""

    DRUGS = "drug vocabulary"
    ATC_INDEX = "ATC index"
    DRUG_CODES = "ATC codes of drugs"
    STATEMENTS = "interaction statements"
    LABELS = "labels"


# Labels before statements: a label file has every column of a statement file, and one more.
_BY_HEADER = (
    (FileKind.DRUGS, (vocabulary.VOCABULARY,)),
    (FileKind.ATC_INDEX, (atc.INDEX,)),
    (FileKind.DRUG_CODES, (atc.DRUG_CODES,)),
    (FileKind.LABELS, label_csv.FORMS),
    (FileKind.STATEMENTS, drugbank.FORMS),
)


def kind_of(path: Path) -> FileKind | None:
    """The kind of file, or None for one that no importer reads; raises BadFile where there is no header to tell by."""
    found = {name.casefold() for name in header_of(path)}
    for kind, forms in _BY_HEADER:
        if any(found >= {name.casefold() for name in form.columns} for form in forms):
            return kind
    return None
