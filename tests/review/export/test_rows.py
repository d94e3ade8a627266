from __future__ import annotations

import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import GoldLabel, Task
from ledger.record.gold import add_seed_labels
from review.export import rows as module
from review.export.csv_lines import csv_lines
from review.export.label_studio import label_studio_tasks
from review.export.parquet import parquet_file
from review.export.rows import COLUMNS
from review.filters import GoldFilter, Selection
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.actions.test_decide import take_back
from tests.review.conftest import MakeItem, answered
from tests.review.export.making import csv_rows, decided_pattern, now_of, objects, seed


def test_a_row_carries_its_lineage(item: ReviewItem, pharmacist: User, task: Task) -> None:
    decision = answered(item, pharmacist, comment="bleeds more")
    (row,) = csv_rows(GoldFilter(task))
    statement, gold = item.statement, GoldLabel.objects.get()
    assert tuple(row) == tuple(COLUMNS)
    assert statement.head_drug is not None
    expected = {
        "gold_id": str(gold.pk), "task": task.slug, "statement_id": str(statement.pk), "corpus": "demo",
        "external_id": statement.external_id, "head_id": statement.head_drug.drugbank_id, "head_name": "Rivaroxaban",
        "head_start": "0", "head_end": "11", "pattern_id": str(statement.pattern_id), "pattern_decision_id": "",
        "tail_name": "Warfarin", "sentence": statement.text, "label": "antagonistic", "source": "single_review",
        "round": str(gold.round_number), "decision_ids": str(decision.pk), "reviewers": "pharmacist",
        "comments": "bleeds more", "model_version_seen": str(item.prediction.model_version.number),
        "model_label": "antagonistic", "model_confidence": "0.600000", "split": "train",
        "confirmed_at": gold.confirmed_at.isoformat(),
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_agreement_names_every_reviewer_and_decision(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, task: Task
) -> None:
    item = make_item(reviews_needed=2)
    decisions = [answered(item, one, comment=f"says {one.username}") for one in (pharmacist, second_pharmacist)]
    (row,) = csv_rows(GoldFilter(task))
    assert row["decision_ids"] == f"{decisions[0].pk} {decisions[1].pk}"
    assert row["reviewers"] == "pharmacist second"
    assert row["comments"] == "says pharmacist | says second"
    (exact,) = objects(GoldFilter(task))
    assert [(one["id"], one["reviewer"], one["label"]) for one in exact["decisions"]] == [
        (decisions[0].pk, "pharmacist", "antagonistic"),
        (decisions[1].pk, "second", "antagonistic"),
    ]


def test_gold_from_a_pattern_is_marked_and_names_its_decision(task: Task, pharmacist: User) -> None:
    gold = decided_pattern(task, pharmacist)
    (row,) = csv_rows(GoldFilter(task))
    assert (row["source"], row["reviewers"], row["comments"]) == ("pattern_review", "pharmacist", "one wording")
    assert row["pattern_decision_id"] == str(gold.pattern_evidence.decision_id)
    (exact,) = objects(GoldFilter(task))
    assert (exact["source"], exact["decisions"]) == ("pattern_review", [])


def test_a_pair_with_two_types_has_both(task: Task) -> None:
    statement = facts.statement()
    rows = [(statement.pk, facts.label("synergistic").pk, "corpus")]
    add_seed_labels(task=task, rows=rows, now=timezone.now(), further={statement.pk: ["antagonistic", "undetermined"]})
    seed(task, 1)
    assert [row["further"] for row in csv_rows(GoldFilter(task))] == ["antagonistic undetermined", ""]
    assert [one["further"] for one in objects(GoldFilter(task))] == [["antagonistic", "undetermined"], []]
    table = pq.read_table(io.BytesIO(b"".join(parquet_file(now_of(GoldFilter(task))))))
    assert table["further"].to_pylist() == [["antagonistic", "undetermined"], []]
    first, _ = json.loads(b"".join(label_studio_tasks(now_of(GoldFilter(task)))))
    assert first["data"]["further"] == ["antagonistic", "undetermined"]


def test_filters_choose_by_round_label_and_source(item: ReviewItem, pharmacist: User, task: Task) -> None:
    seed(task, 2)
    answered(item, pharmacist)
    number = GoldLabel.objects.first().round_number  # type: ignore[union-attr]
    assert len(csv_rows(GoldFilter(task))) == 3
    assert len(csv_rows(GoldFilter(task, label="synergistic"))) == 2
    assert len(csv_rows(GoldFilter(task, source="single_review"))) == 1
    assert len(csv_rows(GoldFilter(task, round=number))) == 3
    assert csv_rows(GoldFilter(task, round=number + 1)) == []


def test_only_labels_that_held_then_are_exported(item: ReviewItem, pharmacist: User, task: Task) -> None:
    decision = answered(item, pharmacist)
    then = now_of(GoldFilter(task))
    take_back(decision, pharmacist)
    assert csv_rows(GoldFilter(task)) == []
    answered(item, pharmacist, "synergistic")
    assert [row["label"] for row in csv_rows(GoldFilter(task))] == ["synergistic"]
    assert b"antagonistic" in b"".join(csv_lines(then))


def test_memory_is_that_of_one_batch(
    task: Task, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    seed(task, 35)
    selection = Selection(GoldFilter(task), 2**40)
    with django_assert_num_queries(5 + 4):  # five looks for a batch, four for decisions
        chunks = list(csv_lines(selection))
    assert [chunk.count(b"\r\n") for chunk in chunks] == [1, 10, 10, 10, 5]
