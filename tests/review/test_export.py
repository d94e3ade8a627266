from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.models import GoldLabel, Task
from ledger.record.gold import add_seed_labels
from review import export
from review.export import COLUMNS, file_name, gold_csv, safe_cell
from review.filters import GoldFilter
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered


def rows_of(chosen: GoldFilter) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(gold_csv(chosen)), newline="")))


def seed(task: Task, n: int, slug: str = "synergistic") -> None:
    label = facts.label(slug)
    add_seed_labels(
        task=task, rows=[(facts.statement().pk, label.pk, "seed.csv") for _ in range(n)], now=timezone.now()
    )


def test_empty_and_unprintable_values_become_readable_cells() -> None:
    assert safe_cell(None) == ""
    assert safe_cell("a\0b") == "a\ufffdb"


def test_a_row_carries_its_lineage(item: ReviewItem, pharmacist: User, task: Task) -> None:
    decision = answered(item, pharmacist, comment="bleeds more")
    (row,) = rows_of(GoldFilter(task))
    statement, gold = item.statement, GoldLabel.objects.get()
    assert tuple(row) == COLUMNS
    assert statement.head_drug is not None
    expected = {
        "gold_id": str(gold.pk), "task": task.slug, "statement_id": str(statement.pk), "corpus": "demo",
        "external_id": statement.external_id, "head_id": statement.head_drug.drugbank_id, "head_name": "Rivaroxaban",
        "tail_name": "Warfarin", "sentence": statement.text, "label": "antagonistic", "source": "single_review",
        "round": str(gold.round_number), "decision_ids": str(decision.pk), "reviewers": "pharmacist",
        "comments": "bleeds more", "model_version_seen": str(item.prediction.model_version.number),
        "model_label": "antagonistic", "model_confidence": "0.600000", "split": "train",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_agreement_names_every_reviewer_and_decision(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, task: Task
) -> None:
    item = make_item(reviews_needed=2)
    decisions = [answered(item, one, comment=f"says {one.username}") for one in (pharmacist, second_pharmacist)]
    (row,) = rows_of(GoldFilter(task))
    assert row["decision_ids"] == f"{decisions[0].pk} {decisions[1].pk}"
    assert row["reviewers"] == "pharmacist second"
    assert row["comments"] == "says pharmacist | says second"


def test_hostile_text_stays_text(make_item: MakeItem, pharmacist: User, task: Task) -> None:
    item = make_item(
        prediction={"head": '=HYPERLINK("http://x","y")', "tail": '"quoted", twice', "wording": "{} \r\n{} <script>"}
    )
    answered(item, pharmacist, comment="@SUM(A1)\n=2+3")
    (row,) = rows_of(GoldFilter(task))
    assert row["head_name"] == """'=HYPERLINK("http://x","y")"""
    assert row["sentence"] == "'" + item.statement.text
    assert row["tail_name"] == '"quoted", twice'
    assert row["comments"] == "'@SUM(A1)\n=2+3"


def test_filters_choose_by_round_label_and_source(item: ReviewItem, pharmacist: User, task: Task) -> None:
    seed(task, 2)
    answered(item, pharmacist)
    number = GoldLabel.objects.first().round_number  # type: ignore[union-attr]
    assert len(rows_of(GoldFilter(task))) == 3
    assert len(rows_of(GoldFilter(task, label="synergistic"))) == 2
    assert len(rows_of(GoldFilter(task, source="single_review"))) == 1
    assert len(rows_of(GoldFilter(task, round=number))) == 3
    assert rows_of(GoldFilter(task, round=number + 1)) == []


def test_only_labels_that_hold_now_are_exported(item: ReviewItem, pharmacist: User, task: Task) -> None:
    from tests.review.actions.test_decide import take_back

    decision = answered(item, pharmacist)
    take_back(decision, pharmacist)
    assert rows_of(GoldFilter(task)) == []
    answered(item, pharmacist, "synergistic")
    assert [row["label"] for row in rows_of(GoldFilter(task))] == ["synergistic"]


def test_labels_confirmed_during_an_export_are_not_in_it(
    task: Task, monkeypatch: pytest.MonkeyPatch, item: ReviewItem, pharmacist: User
) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    seed(task, 4)
    lines: Iterator[str] = gold_csv(GoldFilter(task))
    text = [next(lines), next(lines)]
    answered(item, pharmacist)
    assert len("".join([*text, *lines]).splitlines()) == 1 + 4


def test_memory_is_that_of_one_batch(
    task: Task, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(export, "BATCH", 10)
    seed(task, 35)
    with django_assert_num_queries(1 + 5 + 4):  # the newest id, five looks for a batch, four for decisions
        chunks = list(gold_csv(GoldFilter(task)))
    assert [chunk.count("\r\n") for chunk in chunks] == [1, 10, 10, 10, 5]


def test_file_names_are_made_of_slugs_and_numbers(task: Task) -> None:
    assert file_name(GoldFilter(task, 2, "synergistic", "seed")) == "gold-ddi-polarity-seed-synergistic-round-2.csv"
    assert file_name(GoldFilter(task)) == "gold-ddi-polarity.csv"


def test_the_command_writes_the_same_rows(
    task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str], item: ReviewItem, pharmacist: User
) -> None:
    seed(task, 3)
    answered(item, pharmacist)
    output = tmp_path / "gold.csv"
    call_command("export_gold", output=str(output), json=True)
    assert json.loads(capsys.readouterr().out) == {
        "output": str(output), "rows": 4, "bytes": output.stat().st_size
    }  # fmt: skip
    assert output.read_text(encoding="utf-8").replace("\n", "") == "".join(gold_csv(GoldFilter(task))).replace(
        "\r\n", ""
    )
    call_command("export_gold", source="seed")
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"task": "no-such"}, "There is no task 'no-such'; there are: ddi-polarity"),
        ({"label": "sideways"}, "has no label 'sideways'; it has: synergistic"),
        ({"output": "/proc/nowhere/gold.csv"}, "cannot be written"),
    ],
)
def test_the_command_refuses_in_one_sentence(task: Task, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("export_gold", **options)
