from __future__ import annotations

from typing import Any

import pytest

from ledger.models import AtcRule, Label, Round, Run, Task
from ledger.record.labels import TooFewToLearn, TrainingUnderWay
from ledger.record.tasks import (
    ChangedSince,
    KeyIsTaken,
    KindsAreInUse,
    LabelIsInUse,
    NameIsTaken,
    RuleEndsByTwo,
    add_label,
    add_task,
    change_label,
    change_task,
    remove_label,
    state_of,
)
from tests.ledger.facts import NOW, answer, label, model_version, polarity, statement


def changed(task: Task, seen: str | None = None, **settings: Any) -> Task:
    return change_task(task=task, settings=settings, seen=seen or state_of(task))


def relabelled(one: Label, seen: str | None = None, **facts: Any) -> Label:
    trainable = facts.pop("trainable", one.trainable)
    return change_label(label=one, trainable=trainable, facts=facts, seen=seen or state_of(one))


def added(task: Task, slug: str = "neutral", key: str = "4", trainable: bool = False) -> Label:
    return add_label(task=task, slug=slug, trainable=trainable, title=slug.title(), meaning="Neither.", key=key)


def training_under_way(task: Task) -> Run:
    opened = Round.objects.create(task=task, number=1, opened_at=NOW)
    return Run.objects.create(kind="training", task=task, round=opened, status="running", created_at=NOW)


def places(task: Task) -> list[str]:
    return list(task.labels.order_by("position").values_list("slug", flat=True))


def test_a_task_starts_without_labels(db: None) -> None:
    made = add_task(slug="severity", settings={"title": "Severity", "question": "How bad is it?"})
    assert (made.labels.count(), made.blind, made.two_person_rule) == (0, False, False)


def test_settings_change_together(task: Task) -> None:
    changed(task, doubt_threshold=0.8, blind=True)
    task.refresh_from_db()
    assert (task.doubt_threshold, task.blind) == (0.8, True)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(task: Task) -> None:
    seen = state_of(task)
    changed(task, blind=True)
    with pytest.raises(ChangedSince):
        changed(task, seen, doubt_threshold=0.5)
    task.refresh_from_db()
    assert (task.blind, task.doubt_threshold) == (True, 0.9)


def test_kinds_stay_once_statements_came(task: Task) -> None:
    task = changed(task, head_kind="chemical")
    statement()
    with pytest.raises(KindsAreInUse):
        changed(task, head_kind="drug")
    assert changed(task, head_kind="chemical", title="Polarity").title == "Polarity"


def test_one_person_cannot_end_the_two_person_rule(task: Task) -> None:
    task = changed(task, two_person_rule=True)
    with pytest.raises(RuleEndsByTwo):
        changed(task, two_person_rule=False)
    assert changed(task, two_person_rule=True, title="Polarity").two_person_rule


def test_a_new_label_comes_last(task: Task) -> None:
    assert added(task).trainable is False
    assert places(task) == ["synergistic", "antagonistic", "undetermined", "neutral"]
    assert added(task, "severe", "5", trainable=True).trainable


def test_names_and_keys_are_the_tasks_own(task: Task) -> None:
    with pytest.raises(NameIsTaken):
        added(task, slug="synergistic")
    with pytest.raises(KeyIsTaken):
        added(task, key="1")
    with pytest.raises(KeyIsTaken):
        relabelled(label("antagonistic"), key="1")
    other = add_task(slug="severity", settings={"title": "Severity", "question": "How bad?"})
    assert added(other, slug="synergistic", key="1").task == other


def test_what_models_learn_does_not_change_under_a_training(task: Task) -> None:
    training_under_way(task)
    with pytest.raises(TrainingUnderWay):
        added(task, trainable=True)
    with pytest.raises(TrainingUnderWay):
        relabelled(label("undetermined"), trainable=True)
    assert task.labels.count() == 3
    assert added(task).slug == "neutral"  # people may give it at once


def test_words_key_and_learning_change_and_the_slug_stays(task: Task) -> None:
    relabelled(label("undetermined"), title="Not told", meaning="No outcome.", key="n", trainable=True)
    found = label("undetermined")
    assert (found.title, found.meaning, found.key, found.trainable) == ("Not told", "No outcome.", "n", True)


def test_nothing_of_a_refused_change_is_kept(task: Task) -> None:
    with pytest.raises(TooFewToLearn):
        relabelled(label("synergistic"), title="Wanted", trainable=False)
    assert label("synergistic").title == "Synergistic"
    with pytest.raises(ChangedSince):
        relabelled(label("synergistic"), "0" * 16, title="Wanted")


def test_a_taken_place_is_swapped(task: Task) -> None:
    relabelled(label("undetermined"), position=0)
    assert places(task) == ["undetermined", "antagonistic", "synergistic"]
    relabelled(label("undetermined"), position=9)
    assert places(task) == ["antagonistic", "synergistic", "undetermined"]


def test_an_unused_label_goes(task: Task) -> None:
    remove_label(label=added(task))
    assert places(task) == ["synergistic", "antagonistic", "undetermined"]


def test_a_trainable_label_does_not_go_under_a_training(task: Task) -> None:
    made = added(task, trainable=True)
    training_under_way(task)
    with pytest.raises(TrainingUnderWay):
        remove_label(label=made)


@pytest.mark.parametrize("used", ["answer", "model", "rule"])
def test_a_used_label_stays(task: Task, used: str) -> None:
    made = added(task, trainable=True)
    if used == "answer":
        answer(statement(), "neutral")
    elif used == "model":
        model_version(labels=["synergistic", "neutral"])
    else:
        AtcRule.objects.create(
            task=task, table="t", prefix_a="A", prefix_b="B", expected=made, mechanism="m", reference="r",
            source="curated",
        )  # fmt: skip
    with pytest.raises(LabelIsInUse):
        remove_label(label=made)
    assert polarity().labels.filter(pk=made.pk).exists()
