"""Model versions are numbered in turn and evaluated once on each set of held-out examples."""

from __future__ import annotations

import pytest

from ledger.integrity import problems
from ledger.models import Evaluation, ModelVersion
from ledger.record.models import add_evaluation
from tests.ledger.facts import NOW
from tests.ledger.together import at_once
from tests.ledger.whole import taught, trained_model


@pytest.fixture
def version(db: None) -> ModelVersion:
    taught()
    return trained_model()


def evaluate(version: ModelVersion, view: str = "test", **metrics: float) -> Evaluation:
    return add_evaluation(
        model_version=version, training_set=version.training_set, view=view, metrics={"n": 4} | metrics, now=NOW
    )


def test_versions_of_a_task_are_numbered_in_turn(version: ModelVersion) -> None:
    assert [version.number, trained_model().number, trained_model().number] == [1, 2, 3]
    assert version.task == version.training_set.round.task
    assert list(problems()) == []


def test_a_model_is_evaluated_once_on_each_view_and_the_first_result_stays(version: ModelVersion) -> None:
    first = evaluate(version, accuracy=0.75)
    assert evaluate(version, accuracy=0.99) == first
    unseen = evaluate(version, view="one_unseen", accuracy=0.5)
    assert {row.view: row.metrics["accuracy"] for row in Evaluation.objects.all()} == {"test": 0.75, "one_unseen": 0.5}
    assert (unseen.n_examples, list(problems())) == (4, [])


def test_the_same_evaluation_sent_at_once_is_one_row(committed_db: str) -> None:
    taught()
    version = trained_model()
    assert at_once(4, lambda number: evaluate(version, accuracy=0.75)) == []
    assert Evaluation.objects.count() == 1
    assert list(problems()) == []
