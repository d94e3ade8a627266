"""Annotated documents in the ledger: statements, gold of what the corpus says and does not say, and splits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from ledger.corpora.bad_input import BadInput
from ledger.imports import UnsuitableCorpus
from ledger.integrity import problems
from ledger.models import GoldLabel, Import, Statement, Task
from ledger.splits import split_of_document
from ledger.triggers import missing_triggers
from tests.ledger.corpora.annotated_files import (
    BODY,
    TITLE,
    chemprot,
    ddi_document,
    ddi_sentence,
    ddi_zip,
    drugprot,
    pubtator,
)
from tests.ledger.imports.bringing import bring_documents as bring
from tests.ledger.imports.files import counts

pytestmark = pytest.mark.django_db


def gold() -> dict[str, str | None]:
    rows = GoldLabel.objects.order_by("statement__external_id").values_list("statement__external_id", "label__slug")
    return dict(rows)


def test_every_pair_becomes_a_statement_and_the_unrelated_ones_are_gold_too(tmp_path: Path) -> None:
    drugprot(tmp_path)
    report = bring(tmp_path)
    assert (report.n_added, report.n_labels_added, report.counts.n_documents) == (2, 2, 1)
    assert gold() == {"17:T1:T2": "antagonist", "17:T1:T3": "no-relation"}
    said = Statement.objects.get(external_id="17:T1:T2")
    assert (said.head_text, said.tail_text, said.head_kind, said.tail_kind) == (
        "Atropine", "M3 receptor", "chemical", "gene",
    )  # fmt: skip
    assert said.text == "Atropine blocks the M3 receptor but not calmodulin."
    assert said.other_mentions == [[40, 50, "gene"]]
    assert (said.document, said.split) == ("17", split_of_document("17"))
    assert (said.head_drug, said.tail_drug) == (None, None)
    origins = dict(GoldLabel.objects.values_list("statement__external_id", "origin"))
    assert origins == {"17:T1:T2": "small_relations.tsv, line 1", "17:T1:T3": "small_relations.tsv, no row"}
    assert set(GoldLabel.objects.values_list("source", flat=True)) == {GoldLabel.Source.SEED}
    assert list(problems()) == []
    assert missing_triggers(connection) == []


def test_a_second_time_adds_nothing(tmp_path: Path) -> None:
    drugprot(tmp_path)
    bring(tmp_path)
    before = counts()
    report = bring(tmp_path)
    assert (report.n_added, report.n_already_there, report.n_labels_added) == (0, 2, 0)
    assert {**counts(), "Import": before["Import"]} == before


def test_a_pair_of_several_types_keeps_them_all_and_the_chain_holds_them(tmp_path: Path) -> None:
    types = ("ANTAGONIST", "DIRECT-REGULATOR", "ANTAGONIST")
    drugprot(tmp_path, relations=[("17", type_, "T1", "T2") for type_ in types])
    bring(tmp_path)
    label = GoldLabel.objects.get(statement__external_id="17:T1:T2")
    assert label.label
    assert (label.label.slug, label.further) == ("antagonist", ["direct-regulator"])
    assert label.origin == "small_relations.tsv, line 1 and 2 and 3"
    assert list(problems()) == []


def test_types_the_task_lacks_are_left_without_a_label_or_get_one(tmp_path: Path) -> None:
    drugprot(tmp_path, relations=[("17", "AGONIST-INHIBITOR", "T1", "T2")])
    report = bring(tmp_path)
    assert report.unlabelled == {"AGONIST-INHIBITOR": 1}
    assert gold() == {"17:T1:T3": "no-relation"}
    report = bring(tmp_path, add_labels=True)
    assert (report.labels_made, report.unlabelled, report.n_labels_added) == (("agonist-inhibitor",), {}, 1)
    label = Task.objects.get(slug="drugprot").labels.get(slug="agonist-inhibitor")
    assert (label.title, label.key, label.trainable) == ("Agonist inhibitor", "b", True)
    assert gold()["17:T1:T2"] == "agonist-inhibitor"


def test_chemprot_s_denials_are_no_relation_and_its_vaguer_types_nothing(tmp_path: Path) -> None:
    rows = [("CPR:10", "N ", "NOT", "T1", "T2"), ("CPR:2", "N ", "REGULATOR", "T1", "T3")]
    chemprot(tmp_path, rows, [])
    report = bring(tmp_path)
    assert gold() == {"17:T1:T2": "no-relation"}
    assert report.unlabelled == {"REGULATOR": 1}


def test_ddi_2013_goes_to_its_own_task(tmp_path: Path) -> None:
    sentence = ddi_sentence(
        0, "[e0 drug Quinidine] raises [e1 drug digoxin].", [("e0", "e1", "mechanism")], "DDI-MedLine.d0"
    )
    ddi_zip(tmp_path, {"MedLine/321.xml": ddi_document([sentence], "DDI-MedLine.d0")})
    bring(tmp_path, "ddi-2013")
    assert gold() == {"321:DDI-MedLine.d0.s0.e0:DDI-MedLine.d0.s0.e1": "mechanism"}
    assert GoldLabel.objects.get().origin == "321.xml, line 6"


def test_pairs_that_ddi_2013_does_not_list_get_no_gold(tmp_path: Path) -> None:
    sentence = ddi_sentence(
        0, "[e0 drug Quinidine], [e1 drug digoxin] and [e2 drug zinc].",
        [("e1", "e0", "false"), ("e0", "e2", "effect")], "DDI-MedLine.d0",
    )  # fmt: skip
    ddi_zip(tmp_path, {"MedLine/321.xml": ddi_document([sentence], "DDI-MedLine.d0")})
    report = bring(tmp_path, "ddi-2013")
    start = "321:DDI-MedLine.d0.s0."
    assert gold() == {
        f"{start}e0:DDI-MedLine.d0.s0.e1": "none", f"{start}e0:DDI-MedLine.d0.s0.e2": "effect",
    }  # fmt: skip
    assert (report.n_added, report.n_labels_added, report.n_not_judged) == (3, 2, 1)
    assert "1 pairs left without a label, for the corpus says nothing of them" in report.facts()


def test_what_is_to_be_predicted_gets_no_gold(tmp_path: Path) -> None:
    (tmp_path / "batch.txt").write_text(
        pubtator("17", "T", "[a Chemical Zinc] spares [b Gene CHRM3] in [c Species men].")
    )
    report = bring(tmp_path)
    assert (report.n_added, report.n_labels_added, GoldLabel.objects.count()) == (1, 0, 0)
    assert Statement.objects.get().other_mentions == [[21, 24, "species"]]


def test_nothing_is_written_of_a_corpus_with_a_broken_row_at_its_end(tmp_path: Path) -> None:
    tables = drugprot(tmp_path, [(str(number), TITLE, BODY) for number in range(250)], [])
    assert tables.relations
    tables.relations.write_text("249\tINHIBITOR\tArg1:T1\tArg2:T9\n")
    before = counts()
    with pytest.raises(
        BadInput, match=r"small_relations\.tsv, line 1, column arg2: the document 249 has no entity “T9”"
    ):
        bring(tmp_path, add_labels=True)
    assert counts() == before
    assert Task.objects.get(slug="drugprot").labels.count() == 11


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drugprot(tmp_path, [(str(number), TITLE, BODY) for number in range(250)], [("3", "AGONIST", "T1", "T2")])
    from ledger.imports import documents

    add_statements, calls = documents.add_statements, []

    def cut_off(**facts: object) -> int:
        calls.append(facts)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return add_statements(**facts)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "add_statements", cut_off)
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path)
    assert (Statement.objects.count(), GoldLabel.objects.count()) == (200, 200)
    monkeypatch.undo()
    report = bring(tmp_path)
    assert (report.resumed_after, report.n_added, report.n_labels_added) == (100, 500, 300)
    assert Statement.objects.count() == GoldLabel.objects.count() == 500
    done = Import.objects.get()
    assert (done.reader, done.n_rows, done.n_added, done.finished_at is None) == ("drugprot", 250, 500, False)


def test_another_task_s_kinds_are_refused(tmp_path: Path) -> None:
    drugprot(tmp_path)
    with pytest.raises(UnsuitableCorpus, match="its pairs are of chemical and gene, the task ddi-2013 asks about drug"):
        bring(tmp_path, "ddi-2013")
    assert not Import.objects.exists()


def of_drugprot(folder: Path, body: str) -> None:
    drugprot(folder, [("16", "Before", "Nothing."), ("17", TITLE, body)])


def of_chemprot(folder: Path, body: str) -> None:
    chemprot(folder, [("CPR:6", "N ", "ANTAGONIST", "T1", "T2")], [])
    drugprot(folder, [("17", TITLE, body)], None)  # writes over the abstracts and entities


def of_ddi(folder: Path, body: str) -> None:
    names = {"T1 CHEMICAL": "e0 drug", "T2 GENE-Y": "e1 drug", "T3 GENE-N": "e2 drug", "T4 CHEMICAL": "e3 drug"}
    for written, name in names.items():
        body = body.replace(written, name)
    ddi_zip(folder, {"a.xml": ddi_document([ddi_sentence(0, body, [])])})


def of_pubtator(folder: Path, body: str) -> None:
    for written, name in (("CHEMICAL", "Chemical"), ("GENE-Y", "Gene"), ("GENE-N", "Gene")):
        body = body.replace(written, name)
    (folder / "batch.txt").write_text(pubtator("16", "Before", "Nothing.") + pubtator("17", TITLE, body))


CHANGES = {
    "other text": ("blocks the", "barely blocks the"),
    "other mention": ("[T2 GENE-Y M3 receptor]", "[T2 GENE-Y M3] receptor"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    ("write", "task", "document", "where"),
    [
        (of_drugprot, "drugprot", "17", r"small_abstracts\.tsv, line 2, column document"),
        (of_chemprot, "drugprot", "17", r"small_abstracts\.tsv, line 1, column document"),
        (of_ddi, "ddi-2013", "DDI-Own.d0", r"ddi\.zip/a\.xml, line 2, column document"),
        (of_pubtator, "drugprot", "17", r"batch\.txt, line 4, column document"),
    ],
)
def test_a_changed_document_under_a_known_id_is_refused_by_name(
    tmp_path: Path,
    write: Callable[[Path, str], None],
    task: str,
    document: str,
    where: str,
    change: tuple[str, str],
) -> None:
    write(tmp_path, BODY)
    bring(tmp_path, task)
    before = counts()
    write(tmp_path, BODY.replace(*change))
    with pytest.raises(
        BadInput,
        match=f"{where}: the corpus small holds the document {document} with another text or other mentions "
        r"\(at the pair \S+ and \S+\); take the document out, or import it into another corpus with --corpus",
    ):
        bring(tmp_path, task)
    assert counts() == before
    write(tmp_path, BODY)
    assert bring(tmp_path, task).n_added == 0


def test_pubtator_is_read_for_the_kinds_of_any_task(tmp_path: Path) -> None:
    Task.objects.create(slug="disease", title="d", question="?", head_kind="chemical", tail_kind="disease")
    body = "[a Chemical Zinc] spares [b Gene CHRM3] in [c Disease fever]."
    (tmp_path / "batch.txt").write_text(pubtator("17", "T", body))
    assert bring(tmp_path, "disease").n_added == 1
    said = Statement.objects.get()
    assert (said.head_text, said.tail_text, said.head_kind, said.tail_kind) == ("Zinc", "fever", "chemical", "disease")
    assert said.other_mentions == [[12, 17, "gene"]]
    assert bring(tmp_path, "drugprot", "other").n_added == 1


def test_a_file_without_a_pair_of_the_task_s_kinds_is_refused_with_those_it_has(tmp_path: Path) -> None:
    (tmp_path / "batch.txt").write_text(pubtator("17", "T", "[a Chemical Zinc] spares [b Chemical iron] in [c X men]."))
    with pytest.raises(UnsuitableCorpus) as refused:
        bring(tmp_path)
    assert str(refused.value) == (
        "no sentence of batch.txt mentions a pair of chemical and gene, which the task drugprot asks about; its "
        "mentions are: 2 chemical, 1 x. Name a task for these kinds with --task"
    )
    assert not Import.objects.exists()
