from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.corpora.bad_input import BadRow
from ledger.imports import ImportReport, UnsuitableCorpus, import_labels, import_statements, two_passes
from ledger.models import Corpus, GoldLabel, Statement, Task
from tests.ledger.imports.files import NOW, by_name, counts, interactions, labels, write

pytestmark = pytest.mark.usefixtures("drugs")

PAIR = "DB06228,Rivaroxaban,DB00682,Warfarin"
FIRST = f"{PAIR},Rivaroxaban helps Warfarin."
SECOND = f"{PAIR},Rivaroxaban spoils Warfarin."


@pytest.fixture
def statements(drugs: None, task: Task, tmp_path: Path) -> None:
    bring = interactions(tmp_path, [FIRST, SECOND])
    import_statements(path=bring, corpus_name="demo", task=task, now=NOW)


def bring(path: Path, task: Task, **options: Any) -> ImportReport:
    return import_labels(path=path, **{"task": task, "now": NOW, **options})


def gold() -> list[tuple[str, str, str, str]]:
    rows = GoldLabel.objects.order_by("id").values_list("statement__text", "label__slug", "source", "origin")
    return [(text, label, source, origin) for text, label, source, origin in rows]


@pytest.mark.usefixtures("statements")
def test_labels_become_gold_of_the_statements_they_name(tmp_path: Path, task: Task) -> None:
    path = labels(tmp_path, [f"{FIRST},synergistic", f"{SECOND},Undetermined", f"{FIRST},synergistic"])
    report = bring(path, task)
    assert (report.n_rows, report.n_added, report.n_repeated, report.corpus) == (3, 2, 1, "demo")
    assert gold() == [
        ("Rivaroxaban helps Warfarin.", "synergistic", "seed", "labels.csv"),
        ("Rivaroxaban spoils Warfarin.", "undetermined", "seed", "labels.csv"),
    ]
    again = bring(path, task)
    assert (again.n_added, again.n_already_there) == (0, 2)
    assert len(gold()) == 2


@pytest.mark.usefixtures("statements")
def test_labels_with_names_only(tmp_path: Path, task: Task) -> None:
    header = "Drug 1,Drug 2,Interaction Description,label"
    path = write(tmp_path / "l.csv", header, ["Xarelto,Warfarin,Rivaroxaban helps Warfarin.,synergistic"])
    assert bring(path, task).n_added == 1


@pytest.mark.usefixtures("statements")
def test_gold_that_stands_is_kept_and_a_difference_is_told(tmp_path: Path, task: Task) -> None:
    bring(labels(tmp_path, [f"{FIRST},synergistic"]), task)
    report = bring(labels(tmp_path, [f"{FIRST},antagonistic"]), task)
    assert (report.n_added, report.n_already_there) == (0, 1)
    assert report.extra == {"labels_differ_from_the_gold_that_stands": 1}
    assert [label for _, label, _, _ in gold()] == ["synergistic"]


@pytest.mark.usefixtures("statements")
@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (f"{FIRST},", "label", "the label is empty where one of synergistic, antagonistic, undetermined is wanted"),
        (f"{FIRST},additive", "label", "“additive” is not one of the task's labels"),
        (f"{SECOND},antagonistic", "label", "line 3 says antagonistic where line 2 says synergistic; keep the one"),
        (
            f"{PAIR},Rivaroxaban ignores Warfarin.,synergistic",
            "sentence",
            "the corpus demo does not hold this statement; import its statements first, "
            "name another with --corpus, or add it with --add-statements",
        ),
        (
            "DB00682,Warfarin,DB06228,Rivaroxaban,Rivaroxaban helps Warfarin.,synergistic",
            "sentence",
            "does not hold this statement",
        ),
        (f"{PAIR},Nothing here.,synergistic", "sentence", "does not hold Rivaroxaban"),
        ("DB99999,X,DB00682,Warfarin,X and Warfarin.,synergistic", "drug1_id", "no drug has the id DB99999"),
    ],
)
def test_bad_label_row_writes_nothing(tmp_path: Path, task: Task, row: str, column: str, words: str) -> None:
    path = labels(tmp_path, [f"{SECOND},synergistic", row])
    before = counts()
    with pytest.raises(BadRow) as refused:
        bring(path, task)
    assert str(refused.value).startswith(f"{path}, line 3, column {column}: ")
    assert words in str(refused.value)
    assert counts() == before
    report = bring(path, task, skip_bad=True)
    assert (report.n_rows, report.n_added, report.n_rejected) == (2, 1, 1)
    assert [label for _, label, _, _ in gold()] == ["synergistic"]


def test_missing_statements_are_added_when_asked(tmp_path: Path, task: Task) -> None:
    path = labels(tmp_path, [f"{FIRST},synergistic", f"{SECOND},antagonistic"])
    with pytest.raises(UnsuitableCorpus, match="there is no corpus labels; import its statements first, or add"):
        bring(path, task)
    assert not Corpus.objects.exists()
    report = bring(path, task, add_missing=True)
    assert (report.n_added, report.corpus, Statement.objects.count()) == (2, "labels", 2)


@pytest.mark.usefixtures("statements")
def test_corpus_must_be_named_where_there_are_several(tmp_path: Path, task: Task) -> None:
    import_statements(path=by_name(tmp_path, ["ASA,Warfarin,ASA and Warfarin."]), corpus_name="b", task=task, now=NOW)
    path = labels(tmp_path, [f"{FIRST},synergistic"])
    with pytest.raises(UnsuitableCorpus, match="any of the corpora demo, b; name one with --corpus"):
        bring(path, task)
    assert bring(path, task, corpus_name="demo").n_added == 1


@pytest.mark.usefixtures("statements")
def test_killed_label_import_goes_on(tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_passes, "BATCH", 1)
    path = labels(tmp_path, [f"{FIRST},synergistic", f"{SECOND},antagonistic"])

    class Killed(Exception):
        pass

    def kill(stage: str, n_done: int, n_total: int | None) -> None:
        if stage == "writing":
            raise Killed

    with pytest.raises(Killed):
        bring(path, task, on_progress=kill)
    assert len(gold()) == 1
    report = bring(path, task)
    assert (report.n_added, report.n_already_there, report.resumed_after) == (2, 0, 1)
    assert len(gold()) == 2
