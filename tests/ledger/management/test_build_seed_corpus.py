"""`build_seed_corpus` as a person or a script meets it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ledger.models import GoldLabel, Task
from tests.ledger.imports.files import counts
from tests.ledger.seed_corpus.conftest import corpus, task
from tests.ledger.seed_corpus.files import ANTAGONISTIC, SYNERGISTIC, pair_list

__all__ = ["corpus", "task"]


def run(*arguments: object) -> str:
    out, err = StringIO(), StringIO()
    call_command("build_seed_corpus", *(str(argument) for argument in arguments), stdout=out, stderr=err)
    assert err.getvalue() == ""  # no progress where nobody watches
    return out.getvalue()


@pytest.fixture
def arguments(tmp_path: Path) -> list[object]:
    return [
        "--synergistic", pair_list(tmp_path / "asdcd.csv", [*SYNERGISTIC, "Alpha,Nobody"]),
        "--antagonistic", pair_list(tmp_path / "against.csv", ANTAGONISTIC),
        "--corpus", "drugbank",
    ]  # fmt: skip


def test_a_dry_run_prints_the_papers_table_and_writes_nothing(corpus: Task, arguments: list[object]) -> None:
    before = counts()
    lines = run(*arguments, "--no-balance", "--dry-run").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("drugbank"))
    assert [line.split() for line in lines[at : at + 6]] == [
        ["drugbank", "Synergistic", "Antagonistic", "Total"],
        ["Training", "3", "1", "4"],
        ["Testing", "1", "0", "1"],
        ["Validation", "0", "1", "1"],
        ["One", "drug", "unseen", "1", "0", "1"],
        ["Other", "bridges", "0", "1", "1"],
    ]
    assert lines[:2] == [
        "asdcd (synergistic pairs): 6 rows, 5 pairs; synergistic 5",
        "asdcd: rows dropped for: a drug is not resolved 1",
    ]
    assert "pairs: 1 unresolved: Nobody" in lines
    assert "drugbank: distinct wordings: antagonistic 1, synergistic 1" in lines
    assert "per-pattern oracle: 100.0% of 8 (2 patterns, 0 of them once; the commonest label alone: 62.5%)" in lines
    assert lines[-1] == "nothing written: this was a dry run"
    assert counts() == before


def test_json_is_one_object_and_the_labels_are_gold(corpus: Task, tmp_path: Path, arguments: list[object]) -> None:
    printed = run(*arguments, "--seed", 3, "--output", tmp_path / "seed.csv", "--json")
    assert printed.count("\n") == 1
    facts = json.loads(printed)
    assert facts["views"] == {"drugbank": {"train": {"synergistic": 1, "antagonistic": 1}}}
    assert (facts["n_before"], facts["n_kept"], facts["oracle"]["accuracy"]) == (8, 2, 1.0)
    assert facts["sources"][0]["rows_dropped"] == {"a drug is not resolved": 1}
    assert facts["written"] == {
        "n_statements_added": 0, "n_labels_added": 2, "n_labels_standing": 0, "n_rows_in_file": 2,
    }  # fmt: skip
    assert GoldLabel.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([], "There is nothing to build from; give --synergistic, --antagonistic, --scores, --labels or --free-text."),
        (
            ["--scores", "{}/almanac.csv", "--corpus", "drugbank"],
            "{}/almanac.csv, line 1, column ComboScore: the unit of the score “ComboScore” is not known, so ±10 of it "
            "means nothing; take the column out and give ZIP, Bliss, Loewe or HSA in percentage points.",
        ),
        (
            ["--labels", "{}/almanac.csv"],
            "Pairs and labels need statements; name the corpus that has them with --corpus.",
        ),
        (
            ["--labels", "{}/absent.csv", "--corpus", "drugbank"],
            "{}/absent.csv: there is no such file; check the path.",
        ),
        (
            ["--labels", "x", "--dry-run", "--output", "y"],
            "--dry-run writes nothing, so --output has no use beside it; leave one of them out.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_written(
    corpus: Task, tmp_path: Path, wrong: list[str], sentence: str
) -> None:
    (tmp_path / "almanac.csv").write_text("drug1,drug2,cell_line,ComboScore\nAlpha,Beta,A,40\n", encoding="utf-8")
    before = counts()
    with pytest.raises(CommandError) as refusal:
        run(*(argument.format(tmp_path) for argument in wrong))
    assert str(refusal.value) == sentence.format(tmp_path)
    assert counts() == before
