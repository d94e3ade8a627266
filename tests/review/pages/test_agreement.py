from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import ModelVersion, Task
from tests.conftest import person
from tests.ledger.facts import answer, statement
from tests.review.conftest import sign_in
from tests.review.queries.test_agreement import revise, said_by

PAGE = "/tasks/ddi-polarity/agreement/"
FILE = "/tasks/ddi-polarity/agreement/reviewers.csv"


def text(by: User, address: str = PAGE) -> str:
    page = sign_in(by).get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def compared(task: Task) -> None:
    """ana and ben on twenty statements: the same on sixteen."""
    for number in range(20):
        one = statement(external_id=f"x{number}")
        said_by(one, "synergistic" if number % 2 else "antagonistic", "ana", now=timezone.now())
        same = number >= 4
        said_by(one, "synergistic" if bool(number % 2) == same else "antagonistic", "ben", now=timezone.now())


def test_figures_are_shown_with_their_intervals(compared: None, lead: User) -> None:
    page = text(lead)
    assert "20 statements that several people answered" in page
    assert re.search(r"the same answer 0\.800 0\.\d{3} – [01]\.\d{3}", page)
    assert re.search(r"ana, ben 20 0\.800 .* 0\.600 0\.\d{3} – [01]\.\d{3}", page)  # kappa of 8 2 / 2 8
    assert "not determinable 0" in page


def test_where_nobody_can_be_compared_the_page_says_so(task: Task, lead: User) -> None:
    said_by(statement(), "synergistic", "ana")
    page = text(lead)
    assert "There is 1 answer, and no statement that two people answered" in page
    assert "its pull cannot be told" not in page  # the one answer was given without a model in sight


def test_one_class_throughout_is_called_undefined(task: Task, lead: User) -> None:
    for number in range(12):
        one = statement(external_id=f"x{number}")
        for by in ("ana", "ben"):
            said_by(one, "synergistic", by)
    page = text(lead)
    assert "Alpha is undefined: everybody gave the same answer throughout" in page
    assert "the same answer 1.000 no spread" in page


def test_the_pull_is_shown_or_its_absence_explained(task: Task, model: ModelVersion, lead: User) -> None:
    assert "Make the task blind to measure it" in text(lead)
    for number in range(12):
        decision = said_by(statement(external_id=f"x{number}"), "synergistic", "ana")
        revise(decision, "antagonistic" if number < 3 else "synergistic", model)
    page = text(lead)
    assert "12 answers were given before the model's was shown. 12 were kept or changed after it was." in page
    assert re.search(r"changed to the model's, of those that differed from it 12 0\.250 0\.\d{3} – 0\.\d{3}", page)


def test_work_by_person_is_shown_and_downloaded(task: Task, lead: User) -> None:
    for seconds in (40.0, 20.0, 60.0):
        answer(statement(), "synergistic", by="=ana", seconds_spent=seconds, now=timezone.now())
    answer(statement(), "synergistic", by="=ana", seconds_spent=60.0, now=timezone.now() - timedelta(days=8))
    assert "=ana 4 50 s 3 min 0 s 80 2" in text(lead)
    assert "=ana 3 40 s 2 min 0 s 90 1" in text(lead, f"{PAGE}?days=7")
    response = sign_in(lead).get(f"{FILE}?days=7")
    assert response["Content-Disposition"] == 'attachment; filename="reviewers-ddi-polarity-7-days.csv"'
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert [row["reviewer"] for row in rows] == ["'=ana", "'=ana"]
    assert rows[0] == {
        "reviewer": "'=ana", "period": "latest 7 days", "answers": "3", "timed_answers": "3", "median_seconds": "40.0",
        "active_seconds": "120.0", "answers_an_active_hour": "90.0",
    }  # fmt: skip
    assert rows[1]["period"] == timezone.localdate().isoformat()


@pytest.mark.parametrize("days", ["", "0", "-1", "8", "x", "99999999999"])
def test_a_period_that_is_none_of_the_choices_is_thirty_days(compared: None, lead: User, days: str) -> None:
    assert 'value="30" selected' in sign_in(lead).get(f"{PAGE}?days={days}").content.decode()


def test_nobody_but_the_lead_sees_everybodys_figures(compared: None, pharmacist: User, adjudicator: User) -> None:
    for somebody in (pharmacist, adjudicator):
        for address in (PAGE, FILE):
            assert sign_in(somebody).get(address).status_code == 403


def test_ones_own_figures_are_ones_own(task: Task, pharmacist: User) -> None:
    one = statement()
    answer(one, "synergistic", by="pharmacist", seconds_spent=90.0, now=timezone.now(), reviews_needed=2)
    answer(one, "synergistic", by="ben", seconds_spent=7.0, now=timezone.now(), reviews_needed=2)
    page = text(pharmacist, "/me/statistics/")
    assert "answers 1 median time each 1 min 30 s" in page
    assert "another pharmacist's, too 1 1.000 too few for an interval" in page
    assert "7 s" not in page
    assert "ben" not in page


def test_nothing_yet_is_said_kindly(db: None) -> None:
    page = text(person("new", "pharmacist"), "/me/statistics/")
    assert "counted here from the first one on" in page
    assert "nothing to compare" in page


def test_a_task_that_does_not_exist_is_not_found(lead: User) -> None:
    for name in ("agreement", "reviewers_csv"):
        assert sign_in(lead).get(reverse(f"review:{name}", args=["nothing"])).status_code == 404


def test_the_pages_cost_the_same_however_many_answered(
    compared: None, lead: User, django_assert_num_queries: Any
) -> None:
    client = sign_in(lead)
    for by in ("cara", "dan"):
        said_by(statement(external_id=by), "synergistic", by, now=timezone.now())
        with django_assert_num_queries(13):  # session, person, roles, and ten of the page
            client.get(PAGE)
        with django_assert_num_queries(7):
            client.get("/me/statistics/")
