"""The scoring command: a table of what was worked out by hand, and the shared task's own toy data."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.ledger.corpora.annotated_files import write_lines


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("score_relations", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def files(folder: Path) -> list[object]:
    entities = [("17", "T1", "CHEMICAL", 0, 4, "Zinc"), ("17", "T2", "GENE-Y", 9, 14, "CHRM3")]
    return [
        write_lines(folder / "gold.tsv", [("17", "INHIBITOR", "Arg1:T1", "Arg2:T2")]),
        write_lines(
            folder / "said.tsv",
            [
                ("17", "INHIBITOR", "Arg1:T2", "Arg2:T1"),
                ("17", "AGONIST", "Arg1:T1", "Arg2:T2"),
                ("18", "x", "Arg1:a", "Arg2:b"),
            ],
        ),
        "--entities",
        write_lines(folder / "entities.tsv", entities),
    ]


def test_the_table_says_what_was_scored_and_what_was_not(tmp_path: Path) -> None:
    lines = run(*files(tmp_path), "--types", "INHIBITOR,AGONIST").splitlines()
    assert lines == [
        "relation                     P     R    F1   gold  predicted",
        "INHIBITOR                1.000 1.000 1.000      1          1",
        "all (micro)              0.500 1.000 0.667      1          2",
        "not in the gold standard: AGONIST",
        "left out: 1 rows predicted, of a document that is not scored",
    ]
    facts = json.loads(run(*files(tmp_path), "--json"))
    assert facts["micro"] == {
        "precision": 0.5,
        "recall": 1.0,
        "f1": pytest.approx(2 / 3),
        "gold": 1,
        "predicted": 2,
        "right": 1,
    }


def test_broken_files_and_no_types_are_one_sentence(tmp_path: Path) -> None:
    arguments = files(tmp_path)
    with pytest.raises(CommandError, match="There is no type to score"):
        run(*arguments, "--types", " , ")
    (tmp_path / "said.tsv").write_text("17\tINHIBITOR\tArg1:T1\n")
    with pytest.raises(
        CommandError, match=r"said\.tsv, line 1, column arg2: the row has 3 tab-separated cells where 4"
    ):
        run(*arguments)


def related(path: Path, *rows: tuple[str, str, str]) -> Path:
    return write_lines(path, [("17", type_, f"Arg1:{head}", f"Arg2:{tail}") for type_, head, tail in rows])


def test_other_kinds_are_scored_and_the_order_of_two_alike_makes_no_difference(tmp_path: Path) -> None:
    entities = [
        ("17", f"T{number}", kind, 0, 4, "Zinc") for number, kind in enumerate(("Drug", "drug", "group", "Drug"))
    ]
    arguments = [
        related(tmp_path / "gold.tsv", ("effect", "T0", "T1"), ("int", "T3", "T1")),
        related(tmp_path / "said.tsv", ("effect", "T1", "T0"), ("effect", "T0", "T2")),
        "--entities", write_lines(tmp_path / "entities.tsv", entities), "--types", "effect,int",
    ]  # fmt: skip
    facts = json.loads(run(*arguments, "--kinds", "drug, Drug", "--json"))
    assert (facts["micro"]["gold"], facts["micro"]["predicted"], facts["micro"]["right"]) == (2, 1, 1)
    assert facts["left_out"] == {"predicted, not of a head and a tail of the document": 1}
    with pytest.raises(
        CommandError, match=r"no entity is a chemical or gene; the kinds there are: drug, group\. Name two"
    ):
        run(*arguments)
    with pytest.raises(CommandError, match="“drug” does not name two kinds; give them like --kinds drug,drug"):
        run(*arguments, "--kinds", "drug")


@pytest.mark.realdata
def test_the_toy_data_scores_as_worked_out_by_hand(real_data: Path) -> None:
    """25 gold rows, all different; of 31 predicted ones 3 are of other documents, 2 of no known type and 3 repeated.

    Right are 1 activator, 4 agonists, 3 antagonists, 2 direct regulators, 3 indirect downregulators, 4 inhibitors and
    1 part: 18 of 23 said and of 25 there.
    """
    toy = real_data / "drugprot_scorer_toy"
    facts: dict[str, Any] = json.loads(
        run(
            toy / "gs_relations.tsv",
            toy / "pred_relations.tsv",
            "--json",
            "--entities",
            toy / "gs_entities.tsv",
            "--documents",
            toy / "pmids.txt",
        )
    )
    micro = facts["micro"]
    assert (micro["gold"], micro["predicted"], micro["right"]) == (25, 23, 18)
    assert [round(micro[name], 3) for name in ("precision", "recall", "f1")] == [0.783, 0.72, 0.75]
    by_type = {
        type_: tuple(round(row[name], 3) for name in ("precision", "recall", "f1"))
        for type_, row in facts["by_type"].items()
    }
    assert by_type == {
        "INDIRECT-DOWNREGULATOR": (1.0, 0.5, 0.667),
        "DIRECT-REGULATOR": (1.0, 1.0, 1.0),
        "ACTIVATOR": (1.0, 1.0, 1.0),
        "INHIBITOR": (1.0, 0.8, 0.889),
        "AGONIST": (0.8, 0.667, 0.727),
        "ANTAGONIST": (1.0, 1.0, 1.0),
        "PART-OF": (1.0, 0.5, 0.667),
    }
    assert facts["left_out"] == {
        "predicted, repeated": 3,
        "predicted, of a type outside the set": 2,
        "predicted, of a document that is not scored": 3,
    }


def test_two_documents_give_intervals_of_all_and_of_each_type(tmp_path: Path) -> None:
    kinds = (("T1", "CHEMICAL"), ("T2", "GENE-Y"))
    entities = [(number, name, kind, 0, 4, "Zinc") for number in ("17", "18") for name, kind in kinds]
    rows = [(number, "INHIBITOR", "Arg1:T1", "Arg2:T2") for number in ("17", "18")]
    gold, said = write_lines(tmp_path / "gold.tsv", rows), write_lines(tmp_path / "said.tsv", rows[:1])
    arguments = [gold, said, "--entities", write_lines(tmp_path / "entities.tsv", entities)]
    lines = run(*arguments).splitlines()
    assert "all, middle 95 % over resampled documents: P 1.000 to 1.000, R 0.000 to 1.000, F1 0.000 to 1.000" in lines
    assert any(line.startswith("INHIBITOR, middle 95 % over resampled documents: P 1.000") for line in lines)
    intervals = json.loads(run(*arguments, "--json"))["intervals"]
    assert intervals["by_type"]["INHIBITOR"]["recall"] == intervals["recall"] == [0.0, 1.0]
