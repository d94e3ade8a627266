"""DrugProt: abstracts, their chemicals and genes, and the relations between them, in three tables.

Abstracts are `document, title, abstract`; entities `document, T-id, kind, start, end, text`; relations `document,
type, Arg1:T-id, Arg2:T-id`. Offsets count the characters of title, one blank and abstract; the end is exclusive. Genes
are GENE-Y (with an identifier) and GENE-N in the training part, GENE in the test part. Rows may repeat, a pair may
have several types, and the files list documents in different orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.corpora.bad_input import shown
from ledger.corpora.documents import (
    LONGEST_DOCUMENT_ID,
    LONGEST_MENTION_ID,
    Document,
    Mention,
    Place,
    Relation,
    check_place,
    check_relation,
)
from ledger.corpora.tab_rows import TabRow, need_rows, number, tab_rows
from ledger.patterns import Span

TYPES = (
    "INDIRECT-DOWNREGULATOR", "INDIRECT-UPREGULATOR", "DIRECT-REGULATOR", "ACTIVATOR", "INHIBITOR", "AGONIST",
    "AGONIST-ACTIVATOR", "AGONIST-INHIBITOR", "ANTAGONIST", "PRODUCT-OF", "SUBSTRATE", "SUBSTRATE_PRODUCT-OF",
    "PART-OF",
)  # fmt: skip
"""The thirteen relation types, in the order of the official scorer."""

KINDS = ("chemical", "gene")
KIND_OF = {"CHEMICAL": "chemical", "GENE": "gene", "GENE-Y": "gene", "GENE-N": "gene"}
ABSTRACT_COLUMNS = ("document", "title", "abstract")
ENTITY_COLUMNS = ("document", "id", "kind", "start", "end", "text")
RELATION_COLUMNS = ("document", "type", "arg1", "arg2")

ReadRelation = Callable[[TabRow], tuple[str, Relation]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The files of one part of a corpus; without relations its pairs are to be predicted. ChemProt has all four."""

    abstracts: Path
    entities: Path
    relations: Path | None
    gold_standard: Path | None = None


def read_drugprot(tables: Tables, types: Collection[str] = TYPES) -> Iterator[Document]:
    """The documents in the order of the abstracts, every offset checked. Raises BadFile or BadRow.

    Abstracts are streamed; entities and relations are held, about 300 bytes a row.
    """
    return read_tables(tables, RELATION_COLUMNS, relation_of, types)


def read_tables(
    tables: Tables, relation_columns: tuple[str, ...], read_relation: ReadRelation, types: Collection[str]
) -> Iterator[Document]:
    """Documents of three tables in this form; `read_relation` gives a relation row's document and relation."""
    relations: dict[str, list[Relation]] = defaultdict(list)
    if tables.relations:
        for row in tab_rows(tables.relations, relation_columns):
            document, relation = read_relation(row)
            relations[document].append(relation)
        need_rows(tables.relations, len(relations))  # cut off to nothing, it would say that no pair is related
    entities: dict[str, list[TabRow]] = defaultdict(list)
    for row in tab_rows(tables.entities, ENTITY_COLUMNS):
        entities[row.cells[0].strip()].append(row)
    lines: dict[str, int] = {}
    for row in tab_rows(tables.abstracts, ABSTRACT_COLUMNS):
        document = document_id(row)
        if document in lines:
            raise row.place.bad("document", f"the document {document} stands on line {lines[document]} already")
        lines[document] = row.place.line
        yield _document(row, entities.pop(document, []), relations.pop(document, []), tables, types)
    need_rows(tables.abstracts, len(lines))
    left = [rows[0].place for rows in entities.values()] + [rows[0].place for rows in relations.values()]
    if left:
        name = next(iter(entities or relations))
        raise left[0].bad("document", f"there is no abstract of the document {shown(name)}")


def relation_of(row: TabRow) -> tuple[str, Relation]:
    """The document and relation of a row `document, type, Arg1:T-id, Arg2:T-id`; raises BadRow."""
    document, type_, arg1, arg2 = row.cells
    relation = Relation(type_.strip(), argument(row, "arg1", arg1), argument(row, "arg2", arg2), row.place)
    return document.strip(), relation


def argument(row: TabRow, column: str, cell: str) -> str:
    """The entity's id in a cell such as `Arg1:T12`; raises BadRow."""
    name, colon, mention_id = cell.strip().partition(":")
    if not colon or name.casefold() != column or not mention_id:
        raise row.place.bad(column, f"{shown(cell)} is not {column.capitalize()}, a colon and an entity's id")
    return mention_id


def document_id(row: TabRow) -> str:
    """The first cell as a document's id; raises BadRow."""
    written = row.cells[0].strip()
    if not written or len(written) > LONGEST_DOCUMENT_ID or ":" in written:
        raise row.place.bad("document", f"{shown(written)} cannot be a document's id")
    return written


def mention_of(row: TabRow, text: str, kind: str, cells: tuple[str, str, str, str]) -> Mention:
    """The mention in the cells id, start, end and text, whose offsets must fit `text`; raises BadRow."""
    mention_id, start, end, written = cells
    if not mention_id.strip() or len(mention_id) > LONGEST_MENTION_ID or ":" in mention_id:
        raise row.place.bad("id", f"{shown(mention_id)} cannot be an entity's id")
    span = Span(number(row, "start", start), number(row, "end", end))
    check_place(row.place, text, span, written, ("start", "end", "text"))
    return Mention(mention_id.strip(), kind, cells[0], (span,), row.place)


def _document(
    row: TabRow, entities: list[TabRow], relations: list[Relation], tables: Tables, types: Collection[str]
) -> Document:
    document, title, abstract = row.cells
    text = f"{title} {abstract}"
    mentions: dict[str, Mention] = {}
    for entity in entities:
        mention = _mention(entity, text)
        if mention.id in mentions:
            earlier = mentions[mention.id].place.line
            raise entity.place.bad("id", f"the entity {mention.id} of {document} stands on line {earlier} already")
        mentions[mention.id] = mention
    for relation in relations:
        check_relation(relation, mentions, types, KINDS, document)
    return Document(
        document.strip(),
        text,
        tuple(mentions.values()),
        tuple(relations),
        Place(row.place.path, row.place.line),
        title_end=len(title),
        is_labelled=tables.relations is not None,
    )


def _mention(row: TabRow, text: str) -> Mention:
    _, mention_id, written_kind, start, end, written = row.cells
    kind = KIND_OF.get(written_kind.strip())
    if kind is None:
        raise row.place.bad("kind", f"{shown(written_kind)} is no kind of entity, which are {', '.join(KIND_OF)}")
    found = mention_of(row, text, kind, (mention_id, start, end, written))
    return Mention(found.id, kind, written_kind.strip(), found.pieces, row.place)
