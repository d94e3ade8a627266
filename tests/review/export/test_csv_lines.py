from __future__ import annotations

from django.contrib.auth.models import User

from ledger.models import Task
from review.export.csv_lines import safe_cell
from review.filters import GoldFilter
from tests.review.conftest import MakeItem, answered
from tests.review.export.making import csv_rows


def test_unprintable_values_become_readable_cells() -> None:
    assert safe_cell("a\0b") == "a\ufffdb"


def test_hostile_text_stays_text(make_item: MakeItem, pharmacist: User, task: Task) -> None:
    item = make_item(
        prediction={"head": '=HYPERLINK("http://x","y")', "tail": '"quoted", twice', "wording": "{} \r\n{} <script>"}
    )
    answered(item, pharmacist, comment="@SUM(A1)\n=2+3")
    (row,) = csv_rows(GoldFilter(task))
    assert row["head_name"] == """'=HYPERLINK("http://x","y")"""
    assert row["sentence"] == "'" + item.statement.text
    assert row["tail_name"] == '"quoted", twice'
    assert row["comments"] == "'@SUM(A1)\n=2+3"
