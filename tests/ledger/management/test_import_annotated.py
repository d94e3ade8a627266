"""`import_corpus` on annotated corpora, and `export_submission`, as a person or a script meets them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ledger.models import Corpus, GoldLabel, Import, Prediction, PredictionChunk, Statement, Task, pack_scores
from tests.ledger import facts
from tests.ledger.corpora.annotated_files import ddi_document, ddi_sentence, ddi_zip, drugprot

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out, err = StringIO(), StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=out, stderr=err)
    assert err.getvalue() == ""  # no progress where nobody watches
    return out.getvalue()


def test_it_prints_what_the_corpus_holds_and_what_came_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "Drug Prot"
    folder.mkdir()
    tables = drugprot(folder)
    lines = run("import_corpus", folder).splitlines()
    assert lines[0] == f"{tables.abstracts}, {tables.entities}, {tables.relations}:"
    assert lines[1:5] == [
        "1 documents of 3 sentences",
        "entities: 2 CHEMICAL, 1 GENE-Y, 1 GENE-N",
        "1 relation rows: 1 ANTAGONIST",
        "0 rows repeat another, 0 pairs have several types",
    ]
    assert lines[-2].startswith("2 added, 0 already there (statements in corpus drug-prot): 2 ")
    assert lines[-1] == "2 gold labels added"
    assert Corpus.objects.get().task.slug == "drugprot"
    (report,) = json.loads(run("import_corpus", folder, "--json"))["corpora"]
    assert (report["added"], report["already_there"], report["share_lost"]) == (0, 2, 0.0)


def test_the_form_tells_the_task_and_another_one_of_the_same_kinds_may_be_named(tmp_path: Path) -> None:
    path = ddi_zip(tmp_path, {"a.xml": ddi_document([ddi_sentence(0, "[e0 drug A] and [e1 drug B].", [])])})
    run("import_corpus", path)
    run("import_corpus", path, "--task", "ddi-polarity", "--corpus", "polarity")
    assert dict(Corpus.objects.values_list("name", "task__slug")) == {"ddi": "ddi-2013", "polarity": "ddi-polarity"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            [],
            "{0}/small_relations.tsv, line 1, column arg2: the document 17 has no entity “T9”; correct the row, or "
            "take its document out of all of the corpus's files.",
        ),
        (
            ["--task", "ddi-2013"],
            "{0}: its pairs are of chemical and gene, the task ddi-2013 asks about drug and drug; name "
            "another with --task.",
        ),
        (
            ["--skip-bad"],
            "{0}: a document without one of its rows would say what its corpus does not, so --skip-bad is for "
            "tables of statements; correct the row, or take its document out of all files.",
        ),
    ],
)
def test_refusal_is_one_sentence_and_nothing_is_imported(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    drugprot(tmp_path, relations=[("17", "ANTAGONIST", "T1", "T9")])
    with pytest.raises(CommandError) as refused:
        run("import_corpus", tmp_path, *arguments)
    assert str(refused.value) == sentence.format(tmp_path)
    assert not Corpus.objects.exists()
    assert not Import.objects.exists()


def test_no_part_is_written_where_another_one_is_broken(tmp_path: Path) -> None:
    for part in ("development", "training"):
        drugprot(tmp_path, part=part)
    relations = tmp_path / "training_relations.tsv"
    relations.write_text(relations.read_text() + "17\tINHIBITOR\tArg1:T1\tArg2:T99\n")
    with pytest.raises(CommandError, match=r"training_relations\.tsv, line 2, column arg2"):
        run("import_corpus", tmp_path)
    assert not Statement.objects.exists()
    assert not Import.objects.exists()


def test_what_lies_beside_an_annotated_corpus_is_named(tmp_path: Path) -> None:
    drugprot(tmp_path)
    (tmp_path / "more").mkdir()
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "README.md").write_text("About these files.\n")
    (tmp_path / "drugs.csv").write_text("DrugBank ID,Common name,Synonyms\n")
    (tmp_path / "training_relations.tsv").write_text("17\tINHIBITOR\tArg1:T1\tArg2:T99\n")
    lines = run("import_corpus", tmp_path).splitlines()
    assert lines[:4] == [
        "README.md is passed over: it belongs to none of the annotated corpora here",
        "drugs.csv is passed over: it holds the drug vocabulary of another corpus, for import_drugs",
        "more is passed over: it is a folder, which is imported by itself",
        "training_relations.tsv is passed over: it belongs to none of the annotated corpora here",
    ]
    told = json.loads(run("import_corpus", tmp_path, "--json"))
    assert [Path(one["file"]).name for one in told["passed_over"]] == [
        "README.md", "drugs.csv", "more", "training_relations.tsv",
    ]  # fmt: skip


def test_a_folder_with_corpora_of_two_tasks_is_not_imported(tmp_path: Path) -> None:
    drugprot(tmp_path)
    ddi_zip(tmp_path, {"a.xml": ddi_document([ddi_sentence(0, "[e0 drug A] and [e1 drug B].", [])])})
    with pytest.raises(CommandError) as refused:
        run("import_corpus", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: the folder holds corpora for the tasks ddi-2013 and drugprot; name one file or folder after "
        "the other."
    )
    assert not Corpus.objects.exists()


def test_two_sources_that_differ_about_a_document_are_not_imported(tmp_path: Path) -> None:
    body = "[T1 CHEMICAL Zinc] binds [T2 GENE-Y CHRM3]{}."
    drugprot(tmp_path, [("17", "A title", body.format(" in men"))], None, part="development")
    drugprot(tmp_path, [("17", "A title", body.format(" in mice"))], None, part="training")
    with pytest.raises(CommandError) as refused:
        run("import_corpus", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}/training_abstracts.tsv, line 1, column document: the document 17 has another text or other "
        f"mentions in {tmp_path}/development_abstracts.tsv, line 1; take one of them out, or import the files "
        "one by one, each into a corpus of its own with --corpus."
    )
    assert not Import.objects.exists()
    drugprot(tmp_path, [("17", "A title", body.format(" in men"))], None, part="training")
    run("import_corpus", tmp_path)
    assert Statement.objects.count() == 1


def test_predicted_relations_are_exported_and_those_called_unrelated_are_not(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    drugprot(tmp_path / "small", relations=None)
    run("import_corpus", tmp_path / "small")
    task = Task.objects.get(slug="drugprot")
    version = facts.model_version(task=task)
    path = tmp_path / "out.tsv"
    asked = ["export_submission", path, "--task", "drugprot", "--corpus", "small", "--model", version.number]
    with pytest.raises(CommandError, match="has predicted nothing in small; run infer first"):
        run(*asked)
    chunk = PredictionChunk.objects.create(
        run=facts.inference_run(version), first_statement=1, last_statement=9, n_predictions=2, n_flags=0,
        sha256="0" * 64, committed_at=facts.NOW,
    )  # fmt: skip
    for statement, slug in zip(Statement.objects.order_by("id"), ("indirect-upregulator", "no-relation"), strict=True):
        Prediction.objects.create(
            statement=statement, model_version=version, chunk=chunk, label=task.labels.get(slug=slug),
            confidence=0.9, scores=b"",
        )  # fmt: skip
    assert run(*asked) == f"1 relations among 2 pairs written to {path} (model version {version.number})\n"
    assert path.read_text() == "17\tINDIRECT-UPREGULATOR\tArg1:T1\tArg2:T2\n"
    assert json.loads(run(*asked, "--json"))["relations"] == 1
    with pytest.raises(CommandError, match=r"the file cannot be written \(.*\); name another"):
        run("export_submission", tmp_path, *asked[2:])


def test_a_part_is_exported_with_its_documents_and_what_holds_in_them(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    drugprot(tmp_path / "small")
    run("import_corpus", tmp_path / "small")
    task = Task.objects.get(slug="drugprot")
    version = facts.model_version(task=task)
    chunk = PredictionChunk.objects.create(
        run=facts.inference_run(version), first_statement=1, last_statement=9, n_predictions=2, n_flags=0,
        sha256="0" * 64, committed_at=facts.NOW,
    )  # fmt: skip
    pairs = list(Statement.objects.order_by("id"))
    for statement in pairs:
        Prediction.objects.create(
            statement=statement, model_version=version, chunk=chunk, label=task.labels.get(slug="agonist"),
            confidence=0.9, scores=b"",
        )  # fmt: skip
    split = pairs[0].split
    out, documents, gold = (tmp_path / name for name in ("out.tsv", "documents.txt", "gold.tsv"))
    asked = ["export_submission", out, "--task", "drugprot", "--corpus", "small", "--model", version.number]
    told = json.loads(run(*asked, "--split", split, "--documents", documents, "--gold", gold, "--json"))
    of_split = [one for one in pairs if one.split == split]
    assert told["pairs"] == told["relations"] == len(of_split)
    assert documents.read_text().split() == sorted({one.document for one in of_split})
    held = GoldLabel.objects.filter(statement__in=of_split).exclude(label__negative=True)
    assert held.exists()
    assert told["gold_relations"] == len(gold.read_text().splitlines()) == held.count()
    other = next(one for one in ("train", "validation", "test") if one not in {pair.split for pair in pairs})
    with pytest.raises(CommandError, match=f"has predicted nothing in the {other} part of small; run infer first"):
        run(*asked, "--split", other)


def test_a_pair_of_which_a_model_says_two_types_has_two_rows(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    drugprot(tmp_path / "small", relations=None)
    run("import_corpus", tmp_path / "small")
    task = Task.objects.get(slug="drugprot")
    version = facts.model_version(task=task, labels=["agonist", "inhibitor", "no-relation"])
    chunk = PredictionChunk.objects.create(
        run=facts.inference_run(version), first_statement=1, last_statement=9, n_predictions=2, n_flags=0,
        sha256="0" * 64, committed_at=facts.NOW,
    )  # fmt: skip
    both, only = ("inhibitor", (0.625, 0.75, 0.25)), ("inhibitor", (0.25, 0.75, 0.25))
    for statement, (slug, scores) in zip(Statement.objects.order_by("id"), (both, only), strict=True):
        Prediction.objects.create(
            statement=statement, model_version=version, chunk=chunk, label=task.labels.get(slug=slug),
            confidence=0.75, scores=pack_scores(scores),
        )  # fmt: skip
    path = tmp_path / "out.tsv"
    run("export_submission", path, "--task", "drugprot", "--corpus", "small", "--model", version.number)
    assert [line.split("\t")[1:] for line in path.read_text().splitlines()] == [
        ["INHIBITOR", "Arg1:T1", "Arg2:T2"], ["AGONIST", "Arg1:T1", "Arg2:T2"], ["INHIBITOR", "Arg1:T1", "Arg2:T3"],
    ]  # fmt: skip


def test_only_annotated_corpora_can_be_exported(tmp_path: Path) -> None:
    facts.statement("Rivaroxaban", "Warfarin")
    export = ("export_submission", tmp_path / "o.tsv", "--corpus")
    with pytest.raises(CommandError, match="was not imported as annotated documents, so its pairs have no ids"):
        run(*export, "demo")
    with pytest.raises(CommandError, match="has no corpus 'absent'; import it with import_corpus first"):
        run(*export, "absent")
