"""Writing a seed corpus: all of it or nothing, and in the form the usual loop works with."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile
from ledger.imports import import_labels
from ledger.integrity import problems
from ledger.models import Corpus, GoldLabel, Statement, Task, TrainingExample
from ledger.record.runs import open_round
from ledger.seed_corpus import Seed, Sources, Written, build_seed, write_seed
from ledger.training_sets import freeze
from tests.ledger.imports.files import NOW, counts
from tests.ledger.seed_corpus.files import ANTAGONISTIC, SYNERGISTIC, free_text, pair_list

PAPERS = [
    ("d0", "Alpha with Beta and Sham is worse.", [("NEG", ["Alpha", "Beta", "Sham"])]),
    ("d3", "Omega helps Psi.", [("POS", ["Omega", "Psi"])]),
]


def seed_of(task: Task, folder: Path) -> Seed:
    sources = Sources(
        synergistic=(pair_list(folder / "asdcd.csv", SYNERGISTIC),),
        antagonistic=(pair_list(folder / "against.csv", ANTAGONISTIC),),
        free_text=(free_text(folder / "papers.jsonl", PAPERS),),
    )
    return build_seed(
        sources=sources, task=task, corpus_name="drugbank", free_text_corpus="papers", seed=0, balance=False
    )


def test_statements_and_labels_go_into_the_ledger_and_a_second_time_nothing_does(corpus: Task, tmp_path: Path) -> None:
    seed = seed_of(corpus, tmp_path)
    assert write_seed(seed=seed, task=corpus, output=None, now=NOW) == Written(4, 12, 0, 0)
    gold = GoldLabel.objects.get(statement__text="Omega helps Psi.")
    assert (gold.label.slug, gold.source, gold.origin) == ("synergistic", "seed", "papers: POS of 2 drugs")
    statement = gold.statement
    assert (statement.document, statement.split, statement.head_text, statement.tail_text) == (
        "d3", "test", "Omega", "Psi",
    )  # fmt: skip
    assert statement.head_drug is not None
    assert statement.head_drug.name == "Omega"
    assert Statement.objects.filter(corpus__name="papers", tail_drug=None).count() == 2  # nobody knows Sham
    assert list(problems()) == []
    again = seed_of(corpus, tmp_path)
    assert write_seed(seed=again, task=corpus, output=None, now=NOW) == Written(0, 0, 12, 0)


def test_a_round_can_be_frozen_over_it(corpus: Task, tmp_path: Path) -> None:
    write_seed(seed=seed_of(corpus, tmp_path), task=corpus, output=None, now=NOW)
    training_set = freeze(round=open_round(task=corpus, by=None, now=NOW), now=NOW)
    roles = [example.role for example in TrainingExample.objects.filter(training_set=training_set)]
    assert {role: roles.count(role) for role in set(roles)} == {
        "train": 7,  # four of the pairs, three of the paper
        "test": 2,
        "one_unseen": 1,
        "validation": 1,
    }


def test_the_label_file_is_one_that_import_labels_reads(corpus: Task, tmp_path: Path) -> None:
    output = tmp_path / "seed.csv"
    seed = seed_of(corpus, tmp_path)
    written = write_seed(seed=seed, task=corpus, output=output, now=NOW)
    assert written.n_rows_in_file == 8
    with output.open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert first == {
        "drug1_id": "DB00001", "drug1_name": "Alpha", "drug2_id": "DB00004", "drug2_name": "Beta",
        "sentence": "Alpha raises Beta.", "label": "synergistic", "source": "asdcd", "origin": "listed",
        "view": "train",
    }  # fmt: skip
    report = import_labels(path=output, corpus_name="drugbank", task=corpus, now=NOW)
    assert (report.n_rows, report.n_added, report.n_already_there) == (8, 0, 8)
    assert report.extra == {"labels_differ_from_the_gold_that_stands": 0}


def test_a_label_file_that_cannot_be_written_leaves_the_ledger_as_it_was(corpus: Task, tmp_path: Path) -> None:
    before = counts()
    seed = seed_of(corpus, tmp_path)
    for output in (tmp_path, tmp_path / "absent" / "seed.csv"):
        with pytest.raises(BadFile, match="the label file can"):
            write_seed(seed=seed, task=corpus, output=output, now=NOW)
    assert counts() == before


def test_a_failure_half_way_leaves_neither_rows_nor_file(
    corpus: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> int:
        raise RuntimeError("the power is out")

    before = counts()
    monkeypatch.setattr("ledger.seed_corpus.write.add_seed_labels", broken)
    seed = seed_of(corpus, tmp_path)
    files = sorted(tmp_path.iterdir())
    with pytest.raises(RuntimeError):
        write_seed(seed=seed, task=corpus, output=tmp_path / "seed.csv", now=NOW)
    assert counts() == before
    assert not Corpus.objects.filter(name="papers").exists()
    assert sorted(tmp_path.iterdir()) == files
