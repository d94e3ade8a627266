"""The import commands as a person or a script meets them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper

from ledger.management.printing import Progress
from ledger.models import Corpus, Drug, GoldLabel, Statement
from tests.ledger.imports.files import interactions, labels, vocabulary, write

pytestmark = pytest.mark.django_db

PAIR = "DB06228,Rivaroxaban,DB00682,Warfarin,Rivaroxaban helps Warfarin."


def run(*arguments: object) -> str:
    out, err = StringIO(), StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=out, stderr=err)
    assert err.getvalue() == ""  # no progress where nobody watches
    return out.getvalue()


def test_each_command_prints_a_line_per_fact(tmp_path: Path) -> None:
    drugs, pairs = vocabulary(tmp_path), interactions(tmp_path, [PAIR])
    assert run("import_drugs", drugs).splitlines() == [
        f"{drugs}: 9 rows",
        "9 added, 0 already there (drugs)",
        "20 names added",
    ]
    assert "1 added, 0 already there (statements in corpus interactions)" in run("import_statements", pairs)
    assert "0 added, 1 already there (statements in corpus interactions)" in run("import_statements", pairs)
    assert "1 added, 0 already there (gold labels in corpus interactions)" in run(
        "import_labels", labels(tmp_path, [f"{PAIR},synergistic"])
    )
    index = write(tmp_path / "index.csv", "atc_code,atc_name", ["B01AA03,warfarin"])
    assert "1 drug code links added" in run("import_atc", index)


def test_json_is_one_object_on_one_line(tmp_path: Path) -> None:
    printed = run("import_drugs", vocabulary(tmp_path), "--json")
    assert printed.count("\n") == 1
    facts = json.loads(printed)
    assert (facts["n_rows"], facts["n_added"], facts["extra"]["names_added"]) == (9, 9, 20)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import_drugs", "{}/absent.csv"], "{}/absent.csv: there is no such file; check the path."),
        (["import_atc", "{}"], "{}: this is a folder; name a file in it, or use import_corpus for all of it."),
        (
            ["import_statements", "{}/i.csv"],
            "{}/i.csv, line 2, column drug1_id: no drug has the id DB06228 (Rivaroxaban); "
            "import a vocabulary that has it with import_drugs, or leave the row out with --skip-bad.",
        ),
        (
            ["import_statements", "{}/i.csv", "--task", "x"],
            "There is no task 'x'; there are: ddi-polarity, drugprot, ddi-2013.",
        ),
        (
            ["import_statements", "{}/i.csv", "--corpus", "A B"],
            "{}/i.csv: a corpus cannot be named 'A B'; use at most 50 small letters, digits and hyphens.",
        ),
        (
            ["import_labels", "{}/i.csv", "--corpus", "x"],
            "{}/i.csv: there is no corpus x; import its statements first, or add --add-statements.",
        ),
        (
            ["import_corpus", "{}/i.csv"],
            "{}/i.csv: this is one table (interaction statements); import it with import_statements.",
        ),
        (
            ["import_corpus", "{}/empty"],
            "{}/empty: no file in the folder is of a known kind; see the README for the columns wanted.",
        ),
    ],
)
def test_refusal_is_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    interactions(tmp_path, [PAIR], "i.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError) as refused:
        run(*(argument.format(tmp_path) for argument in arguments))
    assert str(refused.value) == sentence.format(tmp_path)
    assert not Corpus.objects.exists()


def test_skip_bad_and_rejects_are_options_of_the_command(tmp_path: Path) -> None:
    run("import_drugs", vocabulary(tmp_path))
    path = interactions(tmp_path, [PAIR, "DB99999,X,DB00682,Warfarin,X and Warfarin."])
    rejects = tmp_path / "why.csv"
    printed = run("import_statements", path, "--skip-bad", "--rejects", rejects, "--corpus", "mine")
    assert "1 added, 0 already there (statements in corpus mine)" in printed
    assert f"1 rejected: {rejects} says why" in printed
    assert "DB99999" in rejects.read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose names sort in the wrong order for importing."""
    folder = tmp_path / "My Corpus"
    folder.mkdir()
    labels(folder, [f"{PAIR},synergistic"], "a_labels.csv")
    interactions(folder, [PAIR], "b_statements.csv")
    write(folder / "c_codes.tsv", "drugbank_id\tatc_codes", ["DB06228\tB01AX06"])
    write(folder / "d_index.csv", "atc_code,atc_name", ["B01AA03,warfarin"])
    vocabulary(folder).rename(folder / "e_drugs.csv")
    write(folder / "other.csv", "x,y", ["1,2"])
    (folder / "empty.csv").touch()
    (folder / ".hidden").write_text("x")
    (folder / "sub").mkdir()
    return folder


def test_folder_is_imported_in_the_order_its_files_need(folder: Path) -> None:
    lines = run("import_corpus", folder).splitlines()
    assert lines[:9] == [
        "e_drugs.csv holds: drug vocabulary",
        "d_index.csv holds: ATC index",
        "c_codes.tsv holds: ATC codes of drugs",
        "b_statements.csv holds: interaction statements",
        "a_labels.csv holds: labels",
        ".hidden is passed over: it is not looked at",
        "empty.csv is passed over: it cannot be told: the file is empty",
        "other.csv is passed over: it has columns that no importer reads",
        "sub is passed over: it is not looked at",
    ]
    assert (Drug.objects.count(), Statement.objects.count(), GoldLabel.objects.count()) == (9, 1, 1)
    assert Corpus.objects.get().name == "my-corpus"


def test_folder_as_json_and_a_second_time(folder: Path) -> None:
    run("import_corpus", folder, "--corpus", "mine")
    facts = json.loads(run("import_corpus", folder, "--corpus", "mine", "--json"))
    assert [file["n_added"] for file in facts["files"]] == [0, 0, 0, 0, 0]
    assert facts["files"][0]["kind"] == "drug vocabulary"
    assert len(facts["passed_over"]) == 4


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_rewrites_one_line_on_a_terminal_and_clears_it() -> None:
    terminal = Terminal()
    progress = Progress(OutputWrapper(terminal), "f.csv")
    progress("checking", 1_000, None)
    progress("writing", 500, 1_000)
    progress.clear()
    assert "\n" not in terminal.getvalue()
    assert "f.csv: checking, 1,000" in terminal.getvalue()
    assert "f.csv: writing, 500 of 1,000 (50%)" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
