from __future__ import annotations

import io
import json
import re
from hashlib import sha256
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User

from ledger.models import Task
from review.export import parquet, rows
from review.export.hugging_face import hugging_face_zip
from review.export.rows import COLUMNS
from review.filters import GoldFilter
from tests.review.export.making import decided_pattern, now_of, seed


@pytest.fixture
def archive(task: Task, pharmacist: User, monkeypatch: pytest.MonkeyPatch) -> ZipFile:
    """Seven training rows, two test rows, one bridge, in groups of four."""
    monkeypatch.setattr(rows, "BATCH", 3)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 4)
    seed(task, 3)
    seed(task, 2, split="test")
    seed(task, 3, "antagonistic")
    decided_pattern(task, pharmacist)
    seed(task, 1, split="bridge")
    return ZipFile(io.BytesIO(b"".join(hugging_face_zip(now_of(GoldFilter(task))))))


def test_one_file_a_split(archive: ZipFile) -> None:
    files = [f"data/{split}-00000-of-00001.parquet" for split in ("train", "test", "bridge")]
    assert archive.namelist() == ["README.md", *files, "manifest.json"]
    tables = {name: pq.read_table(io.BytesIO(archive.read(name))) for name in files}
    assert [table.num_rows for table in tables.values()] == [7, 2, 1]
    assert {table.column_names == list(COLUMNS) for table in tables.values()} == {True}
    assert tables[files[0]].column("source").to_pylist().count("pattern_review") == 1
    assert set(tables[files[1]].column("split").to_pylist()) == {"test"}


def test_the_card_names_splits_and_features(archive: ZipFile) -> None:
    card = archive.read("README.md").decode()
    front = card.split("---\n")[1]
    assert re.findall(r"- split: (\w+)", front) == ["train", "test", "bridge"]
    features = front[front.index("  features:") : front.index("  splits:")]
    assert re.findall(r"- name: (\w+)", features) == list(COLUMNS)
    assert re.findall(r"num_examples: (\d+)", front) == ["7", "2", "1"]
    assert "`pattern_review`: decided for all statements of one wording together" in card


def test_the_manifest_inside_has_the_hash_of_every_file(archive: ZipFile) -> None:
    found = json.loads(archive.read("manifest.json"))
    names = [one["name"] for one in found["files"]]
    assert names == archive.namelist()[:-1]
    for one in found["files"]:
        content = archive.read(one["name"])
        assert (one["bytes"], one["sha256"]) == (len(content), sha256(content).hexdigest())
    assert found["rows"] == 10


def test_times_and_modes_are_fixed(archive: ZipFile) -> None:
    assert {(one.date_time, one.external_attr >> 16) for one in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0o644)}
