"""ChemProt: DrugProt's forerunner, in the same tables but for its relations.

Relation rows are `document, CPR group, evaluated ("Y " or "N "), type, Arg1:T-id, Arg2:T-id`; the gold standard file
holds the evaluated rows without their type, each once. Of the same pairs in DrugProt's training part, types that both
corpora have agree in 95 of 100 rows, and 98 of 100 pairs of the vaguer types below are not related there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.corpora.bad_input import shown
from ledger.corpora.documents import Document, Place, Relation
from ledger.corpora.drugprot import Tables, argument, document_id, read_tables
from ledger.corpora.tab_rows import TabRow, tab_rows

GROUPS: dict[str, tuple[str, ...]] = {
    "CPR:0": ("UNDEFINED",),
    "CPR:1": ("PART-OF",),
    "CPR:2": ("DIRECT-REGULATOR", "INDIRECT-REGULATOR", "REGULATOR"),
    "CPR:3": ("ACTIVATOR", "INDIRECT-UPREGULATOR", "UPREGULATOR"),
    "CPR:4": ("DOWNREGULATOR", "INDIRECT-DOWNREGULATOR", "INHIBITOR"),
    "CPR:5": ("AGONIST", "AGONIST-ACTIVATOR", "AGONIST-INHIBITOR"),
    "CPR:6": ("ANTAGONIST",),
    "CPR:7": ("MODULATOR", "MODULATOR-ACTIVATOR", "MODULATOR-INHIBITOR"),
    "CPR:8": ("COFACTOR",),
    "CPR:9": ("PRODUCT-OF", "SUBSTRATE", "SUBSTRATE_PRODUCT-OF"),
    "CPR:10": ("NOT",),
}
"""The types of each group: those that DrugProt has too are its, so CPR:3 is ACTIVATOR or INDIRECT-UPREGULATOR there."""

EVALUATED = ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")
NEGATED = "NOT"
TYPES = tuple(type_ for types in GROUPS.values() for type_ in types)
GROUP_OF = {type_: group for group, types in GROUPS.items() for type_ in types}

RELATION_COLUMNS = ("document", "group", "evaluated", "type", "arg1", "arg2")
GOLD_COLUMNS = ("document", "group", "arg1", "arg2")

Evaluated = tuple[str, str, str, str]
"""Document, CPR group, and the entity ids of chemical and gene."""


def read_chemprot(tables: Tables) -> Iterator[Document]:
    """The documents in the order of the abstracts, every offset checked. Raises BadFile or BadRow.

    Where there is a gold standard file, it must hold the evaluated relation rows and nothing else.
    """
    if tables.relations and tables.gold_standard:
        compare_gold_standard(tables.relations, tables.gold_standard)
    yield from read_tables(tables, RELATION_COLUMNS, _relation_of, TYPES)


def read_gold_standard(path: Path) -> Iterator[tuple[Place, Evaluated]]:
    """The file's pairs, each with where it stands. Raises BadFile or BadRow."""
    for row in tab_rows(path, GOLD_COLUMNS):
        group = row.cells[1].strip()
        if group not in EVALUATED:
            raise row.place.bad("group", f"{shown(group)} is no evaluated group, which are {', '.join(EVALUATED)}")
        arg1, arg2 = argument(row, "arg1", row.cells[2]), argument(row, "arg2", row.cells[3])
        yield row.place, (document_id(row), group, arg1, arg2)


def evaluated_rows(path: Path) -> Iterator[tuple[Place, Evaluated]]:
    """The relation rows marked Y in the gold standard's form, pairs of two types twice. Raises BadFile or BadRow."""
    for row in tab_rows(path, RELATION_COLUMNS):
        document, relation = _relation_of(row)
        if row.cells[2].strip() == "Y":
            yield row.place, (document, row.cells[1].strip(), relation.head, relation.tail)


def compare_gold_standard(relations: Path, gold_standard: Path) -> None:
    """Raise BadRow for the first row of either file that the other one lacks."""
    in_relations = {row: place for place, row in evaluated_rows(relations)}
    in_gold = {row: place for place, row in read_gold_standard(gold_standard)}
    for these, those, other in ((in_gold, in_relations, relations), (in_relations, in_gold, gold_standard)):
        for row, place in these.items():
            if row not in those:
                raise place.bad("group", f"{other.name} has no such evaluated relation")


def _relation_of(row: TabRow) -> tuple[str, Relation]:
    document, group, evaluated, type_, arg1, arg2 = (cell.strip() for cell in row.cells)
    if group not in GROUPS:
        raise row.place.bad("group", f"{shown(group)} is no group, which are {', '.join(GROUPS)}")
    if evaluated not in ("Y", "N"):
        raise row.place.bad("evaluated", f"{shown(evaluated)} is neither Y nor N")
    if type_ in GROUP_OF and GROUP_OF[type_] != group:
        raise row.place.bad("group", f"{type_} belongs to {GROUP_OF[type_]}, not to {group}")
    return document, Relation(type_, argument(row, "arg1", arg1), argument(row, "arg2", arg2), row.place)
