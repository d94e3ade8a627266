"""ChemProt's relations: groups, the evaluated column with its blank, and the gold standard file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.corpora import drugprot
from ledger.corpora.bad_input import BadRow
from ledger.corpora.chemprot import (
    EVALUATED,
    GROUP_OF,
    GROUPS,
    evaluated_rows,
    read_chemprot,
    read_gold_standard,
)
from tests.ledger.corpora.annotated_files import chemprot

GOLD = [("17", "CPR:6", "Arg1:T1", "Arg2:T2")]
ROWS = [("CPR:6", "Y ", "ANTAGONIST", "T1", "T2"), ("CPR:10", "N ", "NOT", "T1", "T3")]


def test_types_and_not_groups_are_read_and_blanks_taken_off(tmp_path: Path) -> None:
    tables = chemprot(tmp_path, ROWS, GOLD)
    (document,) = read_chemprot(tables)
    assert [(one.type, one.head, one.tail) for one in document.relations] == [
        ("ANTAGONIST", "T1", "T2"),
        ("NOT", "T1", "T3"),
    ]
    assert tables.relations
    assert tables.gold_standard
    evaluated = [row for _, row in evaluated_rows(tables.relations)]
    assert evaluated == [row for _, row in read_gold_standard(tables.gold_standard)] == [("17", "CPR:6", "T1", "T2")]


def test_groups_stand_for_the_types_that_drugprot_has() -> None:
    of_drugprot = {group: [type_ for type_ in types if type_ in drugprot.TYPES] for group, types in GROUPS.items()}
    assert of_drugprot["CPR:3"] == ["ACTIVATOR", "INDIRECT-UPREGULATOR"]
    assert of_drugprot["CPR:4"] == ["INDIRECT-DOWNREGULATOR", "INHIBITOR"]
    assert of_drugprot["CPR:9"] == ["PRODUCT-OF", "SUBSTRATE", "SUBSTRATE_PRODUCT-OF"]
    assert of_drugprot["CPR:10"] == of_drugprot["CPR:7"] == []
    assert sum(len(types) for types in of_drugprot.values()) == len(drugprot.TYPES) == 13
    assert {GROUP_OF[type_] for group in EVALUATED for type_ in of_drugprot[group]} == set(EVALUATED)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("CPR:66", "Y ", "ANTAGONIST", "T1", "T2"), "line 1, column group: “CPR:66” is no group, which are CPR:0, "),
        (("CPR:6", "yes", "ANTAGONIST", "T1", "T2"), "line 1, column evaluated: “yes” is neither Y nor N"),
        (("CPR:5", "Y", "ANTAGONIST", "T1", "T2"), "line 1, column group: ANTAGONIST belongs to CPR:6, not to CPR:5"),
        (("CPR:6", "Y", "ENEMY", "T1", "T2"), "line 1, column type: “ENEMY” is no relation type, which are "),
        (("CPR:6", "Y", "ANTAGONIST", "T1", "T8"), "line 1, column arg2: the document 17 has no entity “T8”"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_place(tmp_path: Path, row: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadRow) as refused:
        list(read_chemprot(chemprot(tmp_path, [row])))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        (
            [*GOLD, ("17", "CPR:4", "Arg1:T1", "Arg2:T3")],
            "small_gold_standard.tsv, line 2, column group: small_relations.tsv has no",
        ),
        ([], "small_relations.tsv, line 1, column group: small_gold_standard.tsv has no such evaluated relation"),
        (
            [("17", "CPR:1", "Arg1:T1", "Arg2:T3")],
            "“CPR:1” is no evaluated group, which are CPR:3, CPR:4, CPR:5, CPR:6, CPR:9",
        ),
    ],
)
def test_a_gold_standard_that_differs_is_refused(tmp_path: Path, gold: list[tuple[str, ...]], said: str) -> None:
    with pytest.raises(BadRow) as refused:
        list(read_chemprot(chemprot(tmp_path, ROWS, gold)))
    assert said in str(refused.value)
