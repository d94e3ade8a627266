from __future__ import annotations

import io
from datetime import UTC

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User

from ledger.models import GoldLabel, Task
from review.export import parquet, rows
from review.export.parquet import parquet_file
from review.export.rows import COLUMNS
from review.filters import GoldFilter
from review.models import ReviewItem
from tests.review.conftest import answered
from tests.review.export.making import now_of, seed


def read(parts: list[bytes]) -> pa.Table:
    return pq.read_table(io.BytesIO(b"".join(parts)))


def test_columns_are_typed(item: ReviewItem, pharmacist: User, task: Task) -> None:
    decision = answered(item, pharmacist, comment="=bleeds")
    table = read(list(parquet_file(now_of(GoldFilter(task)))))
    assert table.column_names == list(COLUMNS)
    (row,) = table.to_pylist()
    gold = GoldLabel.objects.get()
    assert (row["gold_id"], row["decision_ids"], row["comments"]) == (gold.pk, [decision.pk], ["=bleeds"])
    assert row["confirmed_at"].astimezone(UTC) == gold.confirmed_at
    assert (row["model_confidence"], row["pattern_decision_id"]) == (0.6, None)


def test_row_groups_are_written_as_they_fill(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 4)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 8)
    seed(task, 19)
    parts = list(parquet_file(now_of(GoldFilter(task))))
    file = pq.ParquetFile(io.BytesIO(b"".join(parts)))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [8, 8, 3]
    assert len(parts) == 3
    assert all(parts)
    assert file.read().column("gold_id").to_pylist() == sorted(GoldLabel.objects.values_list("id", flat=True))


def test_an_empty_selection_is_a_readable_file(task: Task) -> None:
    assert read(list(parquet_file(now_of(GoldFilter(task))))).num_rows == 0
