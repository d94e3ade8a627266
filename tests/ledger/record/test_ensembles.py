"""Model versions joined to one: what may be joined, and what is on record of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.integrity import problems
from ledger.models import ModelVersion, Run, Task
from ledger.record.ensembles import NotJoinable, add_ensemble, ensemble_of, members_of, open_joining
from ledger.record.runs import AlreadyActive
from tests.ledger.facts import NOW, model_version, polarity
from tests.ledger.whole import taught, trained_model

FACTS: dict[str, Any] = {
    "backbone": "small", "backbone_sha256": "1" * 64, "artifact": "e" * 64, "code_version": "0.1.0",
    "calibration": {"temperature": 0.8, "method": "fitted", "n": 40},
}  # fmt: skip


@pytest.fixture
def members(db: None) -> list[ModelVersion]:
    taught()
    return [trained_model(), trained_model()]


def joined(members: list[ModelVersion]) -> ModelVersion:
    return add_ensemble(members=members, now=NOW, **FACTS)


def test_an_ensemble_is_a_version_with_its_members_on_record(members: list[ModelVersion]) -> None:
    made = joined(members)
    assert (made.number, made.architecture, made.labels) == (3, "ensemble", members[0].labels)
    assert made.training_set == members[1].training_set
    assert members_of(made) == members
    assert members_of(members[0]) == []
    assert ensemble_of(members) == ensemble_of(members[::-1]) == made
    assert ensemble_of(members[:1]) is None
    assert list(problems()) == []


def twice(members: list[ModelVersion]) -> list[ModelVersion]:
    return [members[0], members[0]]


def of_two_tasks(members: list[ModelVersion]) -> list[ModelVersion]:
    return [members[0], model_version(task=Task.objects.get(slug="drugprot"))]


def of_other_labels(members: list[ModelVersion]) -> list[ModelVersion]:
    return [members[0], trained_model(labels=["antagonistic", "synergistic"])]


def of_an_ensemble(members: list[ModelVersion]) -> list[ModelVersion]:
    return [joined(members), members[0]]


def of_what_is_joined(members: list[ModelVersion]) -> list[ModelVersion]:
    joined(members)
    return members


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (twice, "at least two models, each once: choose others"),
        (of_two_tasks, "are of two tasks, ddi-polarity and drugprot: choose models of one task"),
        (of_other_labels, "Models 1 and 3 have learnt other labels: choose models that have learnt the same"),
        (of_an_ensemble, "Model 3 is itself an ensemble: choose its members in its place"),
        (of_what_is_joined, "answer together already: as model 3"),
    ],
)
def test_what_cannot_be_joined_is_one_sentence_and_writes_nothing(
    members: list[ModelVersion], made: Callable[[list[ModelVersion]], list[ModelVersion]], sentence: str
) -> None:
    chosen = made(members)
    n_before = ModelVersion.objects.count()
    with pytest.raises(NotJoinable, match=sentence):
        joined(chosen)
    with pytest.raises(NotJoinable, match=sentence):
        open_joining(task=polarity(), members=chosen, by=None, now=NOW, wake=False)
    assert (ModelVersion.objects.count(), Run.objects.filter(kind="ensemble").count()) == (n_before, 0)


def test_one_joining_of_a_task_at_a_time(members: list[ModelVersion]) -> None:
    run = open_joining(task=polarity(), members=members, by=None, now=NOW, wake=False)
    assert run.parameters == {"members": [one.pk for one in members]}
    with pytest.raises(AlreadyActive):
        open_joining(task=polarity(), members=members, by=None, now=NOW, wake=False)
