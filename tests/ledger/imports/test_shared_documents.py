"""Documents that stand in several corpora, or whose text does: one group, one lesson, and no leak."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from ledger.candidates import Copies, LeakyTrainingSet
from ledger.models import Statement, Task
from ledger.record.runs import UnknownCorpus, open_round
from ledger.record.tasks import add_label
from ledger.splits import split_of_document
from ledger.training_sets import NOT_CHOSEN, choice_of, choose, freeze
from tests.ledger.corpora.annotated_files import BODY, TITLE, chemprot, drugprot
from tests.ledger.facts import answer
from tests.ledger.imports.bringing import bring_documents as bring
from tests.ledger.imports.files import NOW

pytestmark = pytest.mark.django_db

SHARED = "[T1 CHEMICAL Zinc] binds [T2 GENE-Y CHRM3] in every document."


def in_group(group: str) -> str:
    """A document's id that falls in the group."""
    return next(str(number) for number in range(1_000) if split_of_document(str(number)) == group)


def test_a_text_in_documents_of_different_groups_neither_teaches_nor_tests(tmp_path: Path) -> None:
    taught, tested = in_group("train"), in_group("test")
    own = "[T3 CHEMICAL Quinine] spares [T4 GENE-Y ADRB2] in document"
    documents = [(name, "A title", f"{SHARED} {own} {name}.") for name in (taught, tested)]
    drugprot(tmp_path, documents, [(name, "INHIBITOR", "T1", "T2") for name in (taught, tested)])
    report = bring(tmp_path)
    assert report.splits == {"bridge": 2, "train": 1, "test": 1}
    task = Task.objects.get(slug="drugprot")
    composition = choose(task, choice_of(task))[1]
    assert composition.left_out == {"bridge: its text stands in documents of different groups": 2}
    assert (composition.n("train"), composition.n("test")) == (1, 1)


def test_a_document_that_teaches_in_one_corpus_and_tests_in_another_is_refused_by_name(tmp_path: Path) -> None:
    """A document has one group in every corpus, so this takes a split that somebody set by hand.

    Of the pair that both corpora label one copy is used; the other pair is ChemProt's alone, and in the same sentence.
    """
    bring_both(tmp_path, [("ANTAGONIST", "T1", "T2"), ("AGONIST-INHIBITOR", "T1", "T3")])
    assert len(set(Statement.objects.values_list("split", flat=True))) == 1
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_statement_refuses_update" + on_table())
        cursor.execute(
            "UPDATE ledger_statement SET split = 'test' WHERE corpus_id = (SELECT max(id) FROM ledger_corpus)"
        )
    opened = open_round(task=Task.objects.get(slug="drugprot"), by=None, now=NOW, wake=False)
    with pytest.raises(LeakyTrainingSet, match=r"shares its (exact text|document 17) with test statement"):
        freeze(round=opened, now=NOW)


def test_what_two_corpora_have_in_common_teaches_once(tmp_path: Path) -> None:
    bring_both(tmp_path, [("INHIBITOR", "T1", "T2")])
    task = Task.objects.get(slug="drugprot")
    split = Statement.objects.values_list("split", flat=True)[0]
    candidates, composition = choose(task, choice_of(task))
    assert composition.gold_by_corpus == {split: {"drugprot": {"inhibitor": 1, "no-relation": 1}}}
    assert composition.left_out == {Copies.REASON: 2}
    assert {one.role for one in candidates} == {split}

    composition = choose(task, choice_of(task, ["chemprot"]))[1]
    assert composition.gold_by_corpus == {split: {"chemprot": {"antagonist": 1, "no-relation": 1}}}
    assert composition.left_out == {NOT_CHOSEN: 2}


def test_what_a_person_said_of_a_copy_comes_before_what_was_imported(tmp_path: Path) -> None:
    bring_both(tmp_path, [("INHIBITOR", "T1", "T2")])
    task = Task.objects.get(slug="drugprot")
    said = Statement.objects.get(corpus__name="chemprot", external_id="17:T1:T2")
    answer(said, "", task=task, label=task.labels.get(slug="agonist"))
    composition = choose(task, choice_of(task))[1]
    assert composition.gold_by_corpus[said.split] == {
        "drugprot": {"no-relation": 1}, "chemprot": {"agonist": 1},
    }  # fmt: skip


def test_where_a_person_gave_an_answer_that_is_not_learnt_no_copy_teaches(tmp_path: Path) -> None:
    bring_both(tmp_path, [("INHIBITOR", "T1", "T2")])
    task = Task.objects.get(slug="drugprot")
    said = Statement.objects.get(corpus__name="chemprot", external_id="17:T1:T2")
    unclear = add_label(
        task=task, slug="unclear", trainable=False, title="Unclear", meaning="Nobody can tell.", key="u"
    )
    answer(said, "", task=task, label=unclear)
    composition = choose(task, choice_of(task))[1]
    assert composition.gold_by_corpus[said.split] == {"drugprot": {"no-relation": 1}}
    assert composition.left_out == {"an answer only people give": 1, Copies.REASON: 2}


def test_a_corpus_that_is_not_there_is_named(tmp_path: Path) -> None:
    bring_both(tmp_path, [("INHIBITOR", "T1", "T2")])
    with pytest.raises(UnknownCorpus, match="no corpus 'bioc' for drugprot; there are: drugprot, chemprot"):
        choice_of(Task.objects.get(slug="drugprot"), ["bioc"])


def bring_both(folder: Path, relations: list[tuple[str, str, str]]) -> None:
    """The small document from DrugProt with these relations, and again from ChemProt, where T1 blocks T2."""
    for name in ("drugprot", "chemprot"):
        (folder / name).mkdir()
    drugprot(folder / "drugprot", [("17", TITLE, BODY)], [("17", *row) for row in relations])
    chemprot(folder / "chemprot", [("CPR:6", "Y ", "ANTAGONIST", "T1", "T2")], [("17", "CPR:6", "Arg1:T1", "Arg2:T2")])
    for name in ("drugprot", "chemprot"):
        bring(folder / name, corpus=name)


def on_table() -> str:
    return " ON ledger_statement" if connection.vendor == "postgresql" else ""
