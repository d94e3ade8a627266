"""`import_corpus` on annotated corpora, and `export_submission`, as a person or a script meets them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ledger.models import Corpus, Import, Prediction, PredictionChunk, Statement, Task
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


def test_only_annotated_corpora_can_be_exported(tmp_path: Path) -> None:
    facts.statement("Rivaroxaban", "Warfarin")
    export = ("export_submission", tmp_path / "o.tsv", "--corpus")
    with pytest.raises(CommandError, match="was not imported as annotated documents, so its pairs have no ids"):
        run(*export, "demo")
    with pytest.raises(CommandError, match="has no corpus 'absent'; import it with import_corpus first"):
        run(*export, "absent")
