"""`manage.py try_relations` on a made-up annotated corpus."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ddi_site.bench.made_up_relations import write_corpus
from ledger.models import Task
from tests.ledger.corpora.annotated_files import drugprot
from tests.modeling.store.conftest import small_backbone as small_backbone

pytestmark = pytest.mark.django_db
QUICK = ("--set", "max_epochs=1", "--set", "patience=1", "--set", "max_tokens=64")


@pytest.fixture
def corpora(settings: Settings, small_backbone: Path, tmp_path: Path) -> None:
    """Two corpora of 24 documents, which are the same ones."""
    settings.DDI_BACKBONE = str(small_backbone)
    write_corpus(tmp_path, n_documents=24)
    for name in ("first", "second"):
        call_command("import_corpus", str(tmp_path), "--corpus", name, stdout=StringIO(), stderr=StringIO())


def tried(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("try_relations", "--task", "drugprot", *QUICK, *arguments, "--json", stdout=out, stderr=StringIO())
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_a_held_out_part_with_two_seeds_and_both_together(corpora: None) -> None:
    told = tried("--corpus", "first", "--seeds", "2", "--held-out", "0.4")
    (fold,) = told["folds"]
    assert fold["taught_documents"] + fold["tested_documents"] == 24
    assert fold["taught_pairs"] + fold["tested_pairs"] + fold["left_out_pairs"] == 24 * 6 * 4
    assert [run["seed"] for run in told["runs"]] == [42, 43]
    assert told["preset"] == "relations"
    f1 = [run["micro"]["f1"] for run in told["runs"]]
    assert told["mean"]["f1"] == pytest.approx(sum(f1) / 2)
    assert told["ensemble"]["micro"]["gold"] == told["runs"][0]["micro"]["gold"] > 0
    assert told["peak_memory_mb"] > 50


def test_a_run_that_was_cut_off_goes_on_after_the_trainings_it_kept(corpora: None, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    whole = ("--corpus", "first", "--folds", "2", "--keep", str(kept))
    first = tried(*whole)
    files = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert len(files) == 2
    next(iter(files)).unlink()
    again = tried(*whole)
    assert again["runs"][0]["micro"] == first["runs"][0]["micro"]
    assert files.keys() == set(kept.iterdir())
    assert sum(path.stat().st_mtime_ns != at for path, at in files.items()) == 1
    assert len(list(kept.iterdir())) == 2
    tried(*whole, "--set", "learning_rate=0.0003")
    assert len(list(kept.iterdir())) == 4
    next(iter(files)).write_bytes(b"half")
    with pytest.raises(CommandError, match=r"npz is not a training kept whole: delete it"):
        tried(*whole)


def test_fewer_documents_teach_and_the_same_are_tested(corpora: None) -> None:
    (whole,), (half,) = (tried("--corpus", "first", "--taught", share)["folds"] for share in ("1", "0.5"))
    assert 0 < half["taught_documents"] < whole["taught_documents"]
    assert half["tested_pairs"] == whole["tested_pairs"]


def test_folds_test_every_document_and_lines_say_it(corpora: None) -> None:
    out = StringIO()
    call_command(
        "try_relations",
        "--task",
        "drugprot",
        *QUICK,
        "--corpus",
        "first",
        "--folds",
        "2",
        stdout=out,
        stderr=StringIO(),
    )
    lines = out.getvalue().splitlines()
    assert [line.split(" pairs")[0].split()[0] for line in lines[:2]] == ["taught", "taught"]
    assert lines[2].startswith("seed 42: precision ")
    assert lines[-1].startswith("peak memory")


def test_a_corpus_that_shares_documents_with_the_tested_one_is_refused(corpora: None) -> None:
    with pytest.raises(CommandError, match="Nothing is left to teach or to test"):
        tried("--test-corpus", "second")  # every sentence of the first stands in the second too


def test_a_task_without_a_label_for_no_relation_is_sent_elsewhere(corpora: None) -> None:
    with pytest.raises(CommandError, match="score it with"):
        call_command("try_relations", "--task", "ddi-polarity")


def test_one_fold_is_refused(corpora: None) -> None:
    with pytest.raises(CommandError, match="ask for 2 or more"):
        tried("--folds", "1")


def test_a_mention_longer_than_every_input_is_one_sentence(
    settings: Settings, small_backbone: Path, tmp_path: Path
) -> None:
    settings.DDI_BACKBONE = str(small_backbone)
    name = "[T1 CHEMICAL one two three four five six seven] binds [T2 GENE-Y CHRM3] in case"
    types = [label.slug.upper() for label in Task.objects.get(slug="drugprot").labels.filter(negative=False)]
    documents = [(str(number), "A title", f"{name} {number}.") for number in range(110)]
    relations = [(str(number), types[number % 11], "T1", "T2") for number in range(110) if number % 11 < len(types)]
    drugprot(tmp_path, documents, relations)
    call_command("import_corpus", str(tmp_path), "--corpus", "long", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(
        CommandError, match=r"^The mentions of statement \d+ take up to 7 tokens each and 10 are allowed"
    ):
        tried("--set", "max_tokens=10")
