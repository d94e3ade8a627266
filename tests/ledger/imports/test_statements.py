from __future__ import annotations

import csv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadFile, BadRow
from ledger.imports import UnsuitableCorpus
from ledger.models import Corpus, Pattern, Statement, Task
from ledger.splits import split_of_pair
from tests.ledger.imports.bringing import GOOD, bring, numbers
from tests.ledger.imports.files import NOW, by_name, counts, interactions

pytestmark = pytest.mark.usefixtures("drugs")


def test_statements_stand_with_mentions_pattern_split_and_identity(tmp_path: Path, task: Task) -> None:
    report = bring(interactions(tmp_path, GOOD), task)
    assert numbers(report) == (3, 3, 0, 0, 0)
    first, turned, nested = Statement.objects.order_by("id")
    assert (first.head_text, first.tail_text) == ("Rivaroxaban", "Warfarin")
    assert (first.head_drug.drugbank_id, first.tail_drug.drugbank_id) == ("DB06228", "DB00682")
    assert first.pattern.text == "⟨1⟩ may thin the blood beside ⟨2⟩."
    assert turned.pattern.text == "⟨2⟩ may thin the blood beside ⟨1⟩."
    assert first.split == split_of_pair("DB06228", "DB00682")
    assert (first.corpus.name, first.corpus.task, first.head_kind, first.document) == ("demo", task, "drug", "")
    assert first.external_id == "DB06228:DB00682:" + _hash12("Rivaroxaban may thin the blood beside Warfarin.")
    assert first.content_hash != turned.content_hash
    # The row calls it "Insulin human", the sentence "Insulin": a synonym, and no part of "Insulin glargine".
    assert (nested.head_text, nested.head_start, nested.tail_text) == ("Insulin", 34, "Insulin glargine")
    assert nested.pattern.text == "⟨2⟩ acts longer than ⟨1⟩."


def _hash12(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def test_second_import_adds_nothing_and_says_so(tmp_path: Path, task: Task) -> None:
    path = interactions(tmp_path, GOOD)
    bring(path, task)
    before = counts() | {"Import": 3}
    report = bring(path, task)
    assert numbers(report) == (3, 0, 3, 0, 0)
    assert "0 added, 3 already there (statements in corpus demo)" in report.facts()
    assert counts() == before


def test_a_grown_file_adds_only_what_is_new(tmp_path: Path, task: Task) -> None:
    bring(interactions(tmp_path, GOOD[:1]), task)
    assert numbers(bring(interactions(tmp_path, GOOD), task)) == (3, 2, 1, 0, 0)


def test_repeated_rows_are_counted_and_written_once(tmp_path: Path, task: Task) -> None:
    path = interactions(tmp_path, [GOOD[0], *GOOD, GOOD[0]])
    assert numbers(bring(path, task)) == (5, 3, 0, 2, 0)
    assert numbers(bring(path, task)) == (5, 0, 3, 2, 0)


def test_names_are_resolved_by_common_name_then_synonym(tmp_path: Path, task: Task) -> None:
    path = by_name(tmp_path, ["xarelto,COUMADIN,Xarelto beside coumadin.", "TMP,Warfarin,TMP beside Warfarin."])
    assert numbers(bring(path, task)) == (2, 2, 0, 0, 0)
    by_synonym, by_common_name = Statement.objects.order_by("id")
    assert (by_synonym.head_drug.name, by_synonym.tail_drug.name) == ("Rivaroxaban", "Warfarin")
    assert (by_synonym.head_text, by_synonym.tail_text) == ("Xarelto", "coumadin")
    assert by_common_name.head_drug.drugbank_id == "DB04243"


def test_both_forms_of_a_statement_are_the_same_one(tmp_path: Path, task: Task) -> None:
    bring(interactions(tmp_path, GOOD[:1]), task)
    report = bring(by_name(tmp_path, ["Rivaroxaban,Warfarin,Rivaroxaban may thin the blood beside Warfarin."]), task)
    assert numbers(report) == (1, 0, 1, 0, 0)


def test_same_statement_in_another_corpus_is_another_row_with_the_same_content(tmp_path: Path, task: Task) -> None:
    path = interactions(tmp_path, GOOD[:1])
    bring(path, task)
    assert numbers(bring(path, task, corpus_name="other")) == (1, 1, 0, 0, 0)
    assert len(set(Statement.objects.values_list("content_hash", flat=True))) == 1
    assert Pattern.objects.count() == 1


def test_older_name_of_a_drug_is_taken_with_its_id(tmp_path: Path, task: Task) -> None:
    bring(interactions(tmp_path, ["DB00682,Oldfarin,DB06228,Rivaroxaban,Oldfarin beside Rivaroxaban."]), task)
    statement = Statement.objects.get()
    assert (statement.head_text, statement.head_drug.name) == ("Oldfarin", "Warfarin")


BAD: list[tuple[Callable[[Path, list[str]], Path], str, str, str]] = [
    (
        interactions,
        "DB99999,X,DB00682,Warfarin,X beside Warfarin.",
        "drug1_id",
        "no drug has the id DB99999 (X); import a vocabulary that has it with import_drugs",
    ),
    (
        by_name,
        "Warfarin,Nonesuch,Nonesuch beside Warfarin.",
        "Drug 2",
        "no drug goes by the name “Nonesuch”; import a vocabulary",
    ),
    (
        by_name,
        "Shared name,Warfarin,Shared name beside Warfarin.",
        "Drug 1",
        "belongs to several drugs: First (DB90001), Second (DB90002); write the common name",
    ),
    (
        interactions,
        "DB90001,Shared name,DB00682,Warfarin,Third beside Warfarin.",
        "sentence",
        "does not hold Shared name",
    ),
    (
        interactions,
        "DB00682,Aspirin,DB06228,Rivaroxaban,Aspirin beside Rivaroxaban.",
        "drug1_name",
        "DB00682 is Warfarin and “Aspirin” is DB00945",
    ),
    (
        interactions,
        "DB00682,Warfarin,DB00682,Coumadin,Warfarin beside Coumadin.",
        "drug2_name",
        "both drugs of the row are Warfarin (DB00682)",
    ),
    (by_name, "Warfarin,Coumadin,Warfarin beside Coumadin.", "Drug 2", "both drugs of the row are Warfarin (DB00682)"),
    (
        interactions,
        "DB00682,Warfarin,DB06228,Rivaroxaban,Warfarin beside nothing.",
        "sentence",
        "does not hold Rivaroxaban nor any of its 1 other names",
    ),
    (
        interactions,
        "DB00682,Warfarin,DB06228,Rivaroxaban,Superwarfarin beside Rivaroxaban.",
        "sentence",
        "does not hold Warfarin nor any of its 2 other names",
    ),
    (
        interactions,
        "DB00030,Insulin,DB00047,Insulin glargine,Insulin glargine alone.",
        "sentence",
        "does not hold Insulin ",
    ),
    (
        interactions,
        f"DB00682,Warfarin,DB06228,Rivaroxaban,Warfarin {'x' * 100_000} Rivaroxaban",
        "sentence",
        "more than the 20,000 allowed",
    ),
    (interactions, "DB00682,Warfarin,DB06228,Rivaroxaban,Warfarin beside\0Rivaroxaban", "sentence", "NUL"),
    (interactions, "DB00682,Warfarin,DB06228", "drug2_name", "3 cells where the header has 5"),
    (interactions, 'DB00682,Warfarin,DB06228,Rivaroxaban,"Warfarin beside Rivaroxaban', "sentence", "quotes"),
]


@pytest.mark.parametrize(("form", "row", "column", "words"), BAD)
def test_bad_row_stops_the_import_before_anything_is_written(
    tmp_path: Path, task: Task, form: Callable[[Path, list[str]], Path], row: str, column: str, words: str
) -> None:
    fine = "DB06228,Rivaroxaban,DB00682,Warfarin," if form is interactions else "Rivaroxaban,Warfarin,"
    rows = [*(f"{fine}Rivaroxaban meets Warfarin {n}." for n in range(3)), row]
    path = form(tmp_path, rows)
    before = counts()
    with pytest.raises(BadRow) as refused:
        bring(path, task)
    assert str(refused.value).startswith(f"{path}, line 5, column {column}: ")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert counts() == before
    # and with --skip-bad the good rows are kept and the reject file says why
    report = bring(path, task, skip_bad=True)
    assert numbers(report) == (4, 3, 0, 0, 1)
    assert Statement.objects.count() == 3
    with Path(str(report.rejects)).open(newline="", encoding="utf-8") as file:
        (reject,) = csv.DictReader(file)
    assert (reject["line"], reject["column"]) == ("5", column)
    assert words.split(";")[0] in reject["problem"]
    assert reject["remedy"]


@pytest.mark.parametrize(
    "content",
    [b"", b"drug1_id,drug1_name\nDB00682,Warfarin\n", b"\xff\xfea\0", b"\x1f\x8bnothing"],
    ids=["empty", "columns missing", "UTF-16", "broken gzip"],
)
@pytest.mark.parametrize("skip_bad", [False, True])
def test_unusable_file_writes_nothing_even_with_skip_bad(
    tmp_path: Path, task: Task, content: bytes, skip_bad: bool
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    before = counts()
    with pytest.raises(BadFile, match=r"f\.csv, line 1"):
        bring(path, task, skip_bad=skip_bad)
    assert counts() == before
    assert list(tmp_path.iterdir()) == [path]


def test_reject_file_is_safe_in_a_spreadsheet_and_goes_where_it_is_sent(tmp_path: Path, task: Task) -> None:
    path = by_name(tmp_path, ["=HYPERLINK(1),Warfarin,@x", "Rivaroxaban,Warfarin,Rivaroxaban meets Warfarin."])
    rejects = tmp_path / "why.csv"
    report = bring(path, task, skip_bad=True, reject_path=rejects)
    assert report.rejects == str(rejects)
    with rejects.open(newline="", encoding="utf-8") as file:
        header, cells = csv.reader(file)
    assert header == ["line", "column", "problem", "remedy", "Drug 1", "Drug 2", "Interaction Description"]
    assert cells[4:] == ["'=HYPERLINK(1)", "Warfarin", "'@x"]
    assert not (tmp_path / "by_name.rejects.csv").exists()


def test_no_rejects_no_reject_file(tmp_path: Path, task: Task) -> None:
    path = interactions(tmp_path, GOOD)
    assert bring(path, task, skip_bad=True).rejects is None
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("where", ["by_name.csv", "absent/why.csv", "."])
def test_reject_file_that_cannot_be_written_stops_the_import(tmp_path: Path, task: Task, where: str) -> None:
    path = by_name(tmp_path, ["Nonesuch,Warfarin,x"])
    before, content = counts(), path.read_bytes()
    with pytest.raises(BadFile, match="name another with --rejects"):
        bring(path, task, skip_bad=True, reject_path=tmp_path / where)
    assert counts() == before
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["Not A Slug", "a/b", "x" * 51, "ünï", ""])
def test_unsuitable_corpus_name_is_refused(tmp_path: Path, task: Task, name: str) -> None:
    with pytest.raises(UnsuitableCorpus, match="cannot be named"):
        bring(interactions(tmp_path, GOOD), task, corpus_name=name)
    assert not Corpus.objects.exists()


def test_corpus_of_another_task_is_refused(tmp_path: Path, task: Task) -> None:
    other = Task.objects.create(slug="other", title="Other", question="?")
    Corpus.objects.create(name="demo", title="demo", task=other, created_at=NOW)
    with pytest.raises(UnsuitableCorpus, match="belongs to the task other, not ddi-polarity"):
        bring(interactions(tmp_path, GOOD), task)
    assert not Statement.objects.exists()


def test_hostile_text_is_kept_as_data(tmp_path: Path, task: Task) -> None:
    text = "<script>alert(1)</script> Warfarin & Rivaroxaban '; DROP TABLE ledger_statement; -- %s ⟨1⟩"
    bring(interactions(tmp_path, [f"DB00682,Warfarin,DB06228,Rivaroxaban,{text}"]), task)
    assert Statement.objects.get().text == text
