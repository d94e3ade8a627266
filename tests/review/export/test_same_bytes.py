"""The same moment gives the same bytes, whatever people decide in between."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import ChainLink, GoldLabel, Task
from review.export.formats import FORMATS
from review.export.manifest import as_bytes
from review.filters import GoldFilter, Selection
from review.queries.exports import gold_id_at
from tests.review.actions.test_decide import take_back
from tests.review.conftest import MakeItem, answered
from tests.review.export.making import now_of, seed


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("source", ["", "single_review"])
def test_later_decisions_change_nothing(
    task: Task, make_item: MakeItem, pharmacist: User, second_pharmacist: User, name: str, source: str
) -> None:
    seed(task, 3)
    items = [make_item() for _ in range(3)]
    kept, changed, _ = items
    answered(kept, pharmacist, comment="stays")
    first = answered(changed, pharmacist)
    form, moment = FORMATS[name], timezone.now()
    selection = Selection(GoldFilter(task, source=source), gold_id_at(task, moment))
    before, facts = b"".join(form.parts(selection)), as_bytes(form.manifest(selection))

    take_back(first, pharmacist)
    answered(changed, pharmacist, "synergistic")
    answered(items[2], second_pharmacist)
    seed(task, 2)
    assert GoldLabel.objects.latest("id").pk > selection.gold_id

    again = Selection(GoldFilter(task, source=source), gold_id_at(task, moment))
    assert again == selection
    assert b"".join(form.parts(again)) == before
    assert as_bytes(form.manifest(again)) == facts
    assert b"".join(form.parts(now_of(GoldFilter(task, source=source)))) != before


def test_the_manifest_says_what_came_out(task: Task, make_item: MakeItem, pharmacist: User) -> None:
    seed(task, 2)
    answered(make_item(), pharmacist)
    form, selection = FORMATS["jsonl"], now_of(GoldFilter(task, source="seed"))
    found = form.manifest(selection)
    content = b"".join(form.parts(selection))
    link = ChainLink.objects.filter(kind="gold").latest("position")
    assert json.loads(as_bytes(found)) == found
    assert (found["task"], found["format"], found["rows"]) == (task.slug, "jsonl", 2)
    assert found["filters"] == {"round": None, "label": None, "source": "seed"}
    assert found["as_of"] == {
        "gold_id": selection.gold_id,
        "confirmed_at": GoldLabel.objects.get(pk=selection.gold_id).confirmed_at.isoformat(),
    }
    assert found["files"] == [
        {"name": form.file_name(selection), "bytes": len(content), "sha256": sha256(content).hexdigest()}
    ]
    assert found["chain"] == {"position": link.position, "hash": link.hash}
    assert found["code_version"]


def test_an_empty_export_has_a_manifest_too(task: Task) -> None:
    found = FORMATS["csv"].manifest(now_of(GoldFilter(task)))
    assert (found["rows"], found["chain"], found["as_of"]) == (0, None, {"gold_id": 0, "confirmed_at": None})


def test_a_moment_is_the_last_label_before_the_first_later_one(task: Task) -> None:
    start = timezone.now()
    assert gold_id_at(task, start) == 0
    seed(task, 2)
    middle = timezone.now()
    newest = GoldLabel.objects.latest("id").pk
    assert gold_id_at(task, middle) == gold_id_at(task, None) == newest
    seed(task, 1)
    assert gold_id_at(task, middle) == newest
    assert gold_id_at(task, start) == 0
    assert gold_id_at(task, None) == gold_id_at(task, middle + timedelta(days=1)) == newest + 1


def test_file_names_are_made_of_slugs_and_numbers(task: Task) -> None:
    full = Selection(GoldFilter(task, 2, "synergistic", "seed"), 12)
    assert FORMATS["csv"].file_name(full) == "gold-ddi-polarity-seed-synergistic-round-2-as-of-12.csv"
    assert FORMATS["hugging-face"].file_name(Selection(GoldFilter(task), 7)) == "gold-ddi-polarity-as-of-7.zip"
