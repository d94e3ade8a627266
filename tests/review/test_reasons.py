"""Items are found by any of their reasons, through an index of its own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from ledger.models import Task
from review.filters import QueueFilter
from review.models import REASONS, ReviewItem
from review.queries.queue import queue_counts
from review.reasons import NotARule, names_rule
from tests.review.conftest import MakeItem

BOTH = [
    {"rule": "audit", "explanation": "Drawn at random.", "atc_rule": None},
    {"rule": "atc_contradiction", "explanation": 'says "rule": "flip"', "atc_rule": 3},
]


def test_every_reason_has_its_indexes() -> None:
    assert set(REASONS) == set(ReviewItem.Reason.values)


def test_an_item_is_in_the_part_of_each_of_its_reasons(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    both = make_item("audit", reasons=BOTH)
    flip = make_item("flip")
    found = {rule: list(QueueFilter(reason=rule).items(task, pharmacist)) for rule in REASONS}
    assert found == {rule: [] for rule in REASONS} | {"audit": [both], "atc_contradiction": [both], "flip": [flip]}


def test_the_named_queue_of_contradictions_counts_one_that_is_also_audited(
    make_item: MakeItem, task: Task, pharmacist: User
) -> None:
    make_item("audit", reasons=BOTH)
    queues = {one.title: one.count for one in queue_counts(task, pharmacist, QueueFilter()).queues}
    assert (queues["Contradictions"], queues["Audit"], queues["Changed its mind"]) == ("1", "1", "0")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's plan")
@pytest.mark.parametrize("rule", REASONS)
def test_the_next_item_of_a_reason_is_a_seek(task: Task, pharmacist: User, rule: str) -> None:
    items = QueueFilter(reason=rule).items(task, pharmacist).answerable_by(pharmacist)
    plan = items.filter(state="open").order_by("-priority", "id")[:1].explain()
    assert f"INDEX item_{rule}_place (task_id=? AND state=?)" in plan
    assert "TEMP B-TREE" not in plan.split("SCALAR SUBQUERY")[0]


def test_only_a_name_is_written_into_the_sql() -> None:
    for rule in ("", "flip' OR 1=1 --", 'a"', "a b"):
        with pytest.raises(NotARule):
            names_rule(connection.vendor, "reasons", rule)
