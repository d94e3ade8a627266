from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.models import ModelVersion, Task
from review.queries.own_agreement import own_agreement
from review.queries.throughput import Work, throughput
from tests.ledger.facts import NOW, answer, statement, user
from tests.review.queries.test_agreement import revise, said_by, settle, take_back


def answered(by: str, seconds: float | None, days_ago: int = 0, slug: str = "synergistic") -> Any:
    return answer(
        statement(), slug, by=by, seconds_spent=seconds, now=NOW - timedelta(days=days_ago), reviews_needed=2
    ).decision


def test_median_speed_and_days_by_hand(task: Task) -> None:
    """ana: 10, 20 and 60 s today, 30 s and one without a time yesterday: 120 active s, 4 timed: 120 an hour."""
    for seconds in (60.0, 10.0, 20.0):
        answered("ana", seconds)
    answered("ana", 30.0, days_ago=1)
    answered("ana", None, days_ago=1)
    answered("ben", 5.0)
    ana, ben = throughput(now=NOW, days=30)
    assert (ana.name, ben.name) == ("ana", "ben")
    assert ana.work == Work(n_answers=5, n_timed=4, median_seconds=25.0, active_seconds=120.0)
    assert ana.work.answers_an_hour == pytest.approx(120)
    assert ana.days == [
        (date(2026, 3, 4), Work(3, 3, 20.0, 90.0)),
        (date(2026, 3, 3), Work(2, 1, 30.0, 30.0)),
    ]
    assert ben.work.answers_an_hour is None  # five seconds say nothing of an hour


def test_the_period_begins_at_midnight_of_its_first_day(task: Task) -> None:
    answered("ana", 5.0, days_ago=6)
    answered("ana", 5.0, days_ago=7)
    (ana,) = throughput(now=NOW, days=7)
    assert ana.work.n_answers == 1


def test_one_person_and_one_task(task: Task) -> None:
    answered("ana", 5.0)
    answered("ben", 5.0)
    (ben,) = throughput(now=NOW, days=7, person=user("ben"), task=task)
    assert ben.name == "ben"
    other = Task.objects.create(slug="severity", title="Severity", question="How bad?")
    assert throughput(now=NOW, days=7, task=other) == []


def test_a_revision_adds_time_and_no_answer(task: Task, model: ModelVersion) -> None:
    revise(answered("ana", 40.0), "antagonistic", model)
    settle(statement(), "synergistic", "ana")
    take_back(answered("ana", 30.0))
    (ana,) = throughput(now=NOW, days=7)
    assert (ana.work.n_answers, ana.work.active_seconds) == (2, 70.0)


def test_one_query_for_everybody(task: Task, django_assert_num_queries: Any) -> None:
    for by in ("ana", "ben", "cara"):
        answered(by, 5.0)
        with django_assert_num_queries(1):
            throughput(now=NOW, days=30)


def test_ones_own_answers_beside_other_peoples(task: Task, django_assert_num_queries: Any) -> None:
    """ana: one the same as ben's, one not; the adjudicator sided with her. Alone on a third."""
    for number, ben in enumerate(("synergistic", "antagonistic")):
        one = statement(external_id=f"x{number}")
        said_by(one, "synergistic", "ana")
        said_by(one, ben, "ben")
    settle(one, "synergistic", "cara")
    said_by(statement(external_id="alone"), "synergistic", "ana")
    ana = user("ana")
    with django_assert_num_queries(3):
        found = own_agreement(ana)
    assert (found.others.n, found.others.value) == (2, 0.5)
    assert (found.adjudicated.n, found.adjudicated.value) == (1, 1.0)
    assert own_agreement(user("ben")).adjudicated.value == 0.0
    assert own_agreement(user("dan")).others.value is None
