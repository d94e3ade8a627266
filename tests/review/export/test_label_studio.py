from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from django.contrib.auth.models import User

from ledger.models import Task
from review.export.label_studio import configuration, label_studio_tasks
from review.filters import GoldFilter
from tests.review.conftest import MakeItem, answered
from tests.review.export.making import decided_pattern, now_of, seed


def tasks(task: Task) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(b"".join(label_studio_tasks(now_of(GoldFilter(task)))))
    return found


def choices(entry: dict[str, Any]) -> list[str]:
    return [one["value"]["choices"][0] for one in entry["result"] if one["type"] == "choices"]


def test_a_task_holds_gold_answers_and_what_the_model_had_said(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, task: Task
) -> None:
    item = make_item(reviews_needed=2, prediction={"said": "synergistic"})
    for one in (pharmacist, second_pharmacist):
        answered(item, one, comment=f"says {one.username}")
    (made,) = tasks(task)
    assert made["data"]["text"] == item.statement.text
    (prediction,) = made["predictions"]
    assert (choices(prediction), prediction["score"]) == (["synergistic"], 0.6)
    assert prediction["model_version"] == str(item.prediction.model_version)
    assert [choices(one) for one in made["annotations"]] == [["antagonistic"]] * 3
    assert [one["ground_truth"] for one in made["annotations"]] == [True, False, False]
    notes = [one["result"][-1]["meta"]["text"] for one in made["annotations"][1:]]
    assert notes == [["pharmacist: says pharmacist"], ["second: says second"]]
    assert [one["lead_time"] for one in made["annotations"][1:]] == [3.0, 3.0]


def test_mentions_are_where_a_browser_counts_them(task: Task) -> None:
    seed(task, 1, head="A𝜷B", tail="Warfarin", wording="𝜷 {} thins {}.")
    (made,) = tasks(task)
    text = made["data"]["text"].encode("utf-16-le")
    for region in made["annotations"][0]["result"][:2]:
        value = region["value"]
        assert text[2 * value["start"] : 2 * value["end"]].decode("utf-16-le") == value["text"]
    assert [one["value"]["labels"] for one in made["annotations"][0]["result"][:2]] == [["head"], ["tail"]]


def test_gold_of_a_pattern_says_so(task: Task, pharmacist: User) -> None:
    decided_pattern(task, pharmacist)
    (made,) = tasks(task)
    assert made["data"]["source"] == "pattern_review"
    assert (made["predictions"], len(made["annotations"])) == ([], 1)


def test_no_rows_are_an_empty_array(task: Task) -> None:
    assert tasks(task) == []


def test_the_configuration_names_what_the_tasks_use(task: Task) -> None:
    label = task.labels.first()
    assert label is not None
    label.slug = 'a"<b>'
    found = ElementTree.fromstring(configuration([label, *task.labels.all()[1:]]))
    assert [one.get("value") for one in found.iter("Choice")] == [
        'a"<b>',
        *task.labels.values_list("slug", flat=True)[1:],
    ]
    assert {one.tag: (one.get("name"), one.get("toName")) for one in found} == {
        "Labels": ("mention", "text"), "Text": ("text", None), "Choices": ("label", "text"),
    }  # fmt: skip
