"""Relations as the shared task exchanges them: document, type, Arg1:T-id, Arg2:T-id, tab-separated, no header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ledger.corpora.bad_input import shown
from ledger.corpora.drugprot import ENTITY_COLUMNS, KIND_OF, RELATION_COLUMNS, argument
from ledger.corpora.tab_rows import tab_rows


@dataclass(frozen=True, slots=True)
class SubmittedRelation:
    """One row: which two mentions of a document are said to be related, and how."""

    document: str
    type: str
    head: str
    tail: str


def read_submission(path: Path) -> Iterator[SubmittedRelation]:
    """The file's rows in order, whatever their types and documents. Raises BadFile or BadRow."""
    for row in tab_rows(path, RELATION_COLUMNS):
        document, type_, arg1, arg2 = (cell.strip() for cell in row.cells)
        yield SubmittedRelation(document, type_, argument(row, "arg1", arg1), argument(row, "arg2", arg2))


def write_submission(file: TextIO, relations: Iterable[SubmittedRelation]) -> int:
    """Write rows in the form `read_submission` reads; returns how many."""
    n_rows = 0
    for one in relations:
        file.write(f"{one.document}\t{one.type}\tArg1:{one.head}\tArg2:{one.tail}\n")
        n_rows += 1
    return n_rows


def submitted(external_id: str, slug: str) -> SubmittedRelation:
    """The row that says of a statement of an annotated corpus that its pair is related as the label `slug` means."""
    document, head, tail = external_id.split(":")
    return SubmittedRelation(document, slug.upper(), head, tail)


def read_entity_kinds(path: Path) -> dict[str, dict[str, str]]:
    """The kind of every entity by document and id, those of DrugProt as a task names them. Raises BadFile or BadRow."""
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for row in tab_rows(path, ENTITY_COLUMNS):
        document, mention_id, written_kind = (cell.strip() for cell in row.cells[:3])
        if not written_kind:
            raise row.place.bad("kind", f"the entity {shown(mention_id)} has no kind")
        kinds[document][mention_id] = KIND_OF.get(written_kind, written_kind.casefold())
    return dict(kinds)


def read_documents(path: Path) -> list[str]:
    """The documents a list names, one a line. Raises BadFile or BadRow."""
    return [row.cells[0].strip() for row in tab_rows(path, ("document",))]
