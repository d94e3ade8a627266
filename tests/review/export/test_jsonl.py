from __future__ import annotations

from django.contrib.auth.models import User

from ledger.models import Task
from review.export.rows import COLUMNS
from review.filters import GoldFilter
from review.models import ReviewItem
from tests.review.conftest import MakeItem, answered
from tests.review.export.making import objects, seed


def test_texts_are_exact_and_numbers_are_numbers(make_item: MakeItem, pharmacist: User, task: Task) -> None:
    item = make_item(prediction={"head": "=1+1", "tail": "β-blocker\u2028", "wording": "{} \r\n{} <script>"})
    decision = answered(item, pharmacist, comment="@SUM(A1)")
    (row,) = objects(GoldFilter(task))
    assert list(row) == [*COLUMNS, "decisions"]
    assert (row["sentence"], row["head_name"], row["tail_name"]) == (item.statement.text, "=1+1", "β-blocker\u2028")
    assert (row["decision_ids"], row["comments"], row["model_confidence"]) == ([decision.pk], ["@SUM(A1)"], 0.6)
    assert row["decisions"] == [
        {
            "id": decision.pk, "kind": "answer", "reviewer": "pharmacist", "label": "antagonistic",
            "comment": "@SUM(A1)", "decided_at": decision.decided_at.isoformat(), "seconds_spent": 3.0,
            "model_version_seen": item.prediction.model_version.number, "model_label": "antagonistic",
            "model_confidence": 0.6,
        }
    ]  # fmt: skip


def test_what_nobody_decided_has_no_decisions(task: Task, item: ReviewItem) -> None:
    seed(task, 1)
    (row,) = objects(GoldFilter(task))
    assert (row["decisions"], row["model_version_seen"], row["reviewers"]) == ([], None, [])
