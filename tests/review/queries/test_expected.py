from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger.models import Round, Run, Task, TrainingSet
from review.queries.expected import expected_duration
from tests.ledger import facts


def trained(task: Task, seconds: float, n_taught: int, **changes: Any) -> Run:
    """A finished training of so many examples on the machine `here`."""
    opened = Round.objects.create(task=task, number=Round.objects.count() + 1, opened_at=facts.NOW)
    TrainingSet.objects.create(
        round=opened, content_hash="4" * 64, parameters={}, frozen_at=facts.NOW,
        composition={"examples": {"train": {"gold": {"synergistic": n_taught}}, "test": {"gold": {"synergistic": 9}}}},
    )  # fmt: skip
    values: dict[str, Any] = {
        "kind": "training", "task": task, "round": opened, "status": "finished", "claim": "here:7:abc", "n_claims": 1,
        "parameters": {"preset": "default"}, "created_at": facts.NOW, "started_at": facts.NOW,
        "finished_at": facts.NOW + timedelta(seconds=seconds),
    }  # fmt: skip
    return Run.objects.create(**(values | changes))


def test_it_is_the_median_pace_times_the_examples(task: Task, django_assert_num_queries: Any) -> None:
    for seconds in (100, 300, 200):
        trained(task, seconds, 100)
    with django_assert_num_queries(1):
        found = expected_duration(task, "default", 50)
    assert found is not None
    assert (found.seconds, found.shortest, found.longest) == (100, 50, 150)
    assert (found.n_runs, found.machine) == (3, "here")


def test_only_trainings_like_this_one_count(task: Task) -> None:
    trained(task, 100, 100)
    for changes in (
        {"parameters": {"preset": "paper"}},
        {"parameters": {"preset": "default", "config": {"rank": 4}}},
        {"status": "failed"},
        {"n_claims": 2},  # interrupted, so its time holds a pause
    ):
        trained(task, 9_000, 100, **changes)
    trained(task, 1, 0)
    found = expected_duration(task, "default", 10)
    assert found is not None
    assert (found.seconds, found.n_runs) == (10, 1)
    slow = expected_duration(task, "paper", 10)
    assert slow is not None
    assert slow.seconds == 900


def test_the_machine_that_trained_last_is_the_one_that_counts(task: Task) -> None:
    trained(task, 900, 100, claim="elsewhere:1:x")
    trained(task, 100, 100)
    found = expected_duration(task, "default", 100)
    assert found is not None
    assert (found.seconds, found.machine) == (100, "here")


@pytest.mark.parametrize("n_examples", [0, 10])
def test_without_an_earlier_training_it_is_not_known(task: Task, n_examples: int) -> None:
    assert expected_duration(task, "default", n_examples) is None
