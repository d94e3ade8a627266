from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger.models import Corpus, Task
from tests.review.conftest import MakeItem, answered, sign_in


def imported(task: Task) -> None:
    Corpus.objects.create(name=f"for-{task.slug}", title="", task=task, created_at=timezone.now())


def test_it_shows_each_task_and_what_to_do_next(make_item: MakeItem, pharmacist: User) -> None:
    done = make_item()
    make_item()
    answered(done, pharmacist)
    page = sign_in(pharmacist).get("/").content.decode()
    assert "Start reviewing" in page
    assert "<dt>waiting</dt><dd>1</dd>" in page
    assert "<dt>my answers today</dt><dd>1</dd>" in page
    assert ">Runs<" not in page


def test_an_adjudicator_is_not_asked_to_review(make_item: MakeItem, adjudicator: User) -> None:
    make_item()
    page = sign_in(adjudicator).get("/").content.decode()
    assert "Start reviewing" not in page
    assert "Adjudication" in page


def test_the_lead_sees_the_leads_pages(lead: User, task: Task) -> None:
    page = sign_in(lead).get("/").content.decode()
    for name in ("Runs", "Models", "Rounds", "Export"):
        assert f">{name}</a>" in page
    assert "Import a corpus with manage.py import_corpus" in page
    assert f">{task.title}</a>" in page.partition("Tasks without statements yet:")[2]
    imported(task)
    page = sign_in(lead).get("/").content.decode()
    assert "No model is live yet" in page
    assert f">{task.title}</a>" not in page


def test_a_pharmacist_sees_the_tasks_that_have_statements(pharmacist: User, task: Task) -> None:
    page = sign_in(pharmacist).get("/").content.decode()
    assert "The lead imports statements" in page
    assert "Tasks without statements" not in page
    imported(task)
    assert task.title in sign_in(pharmacist).get("/").content.decode()


def test_somebody_without_a_role_is_told_whom_to_ask(newcomer: User, task: Task) -> None:
    page = sign_in(newcomer).get("/").content.decode()
    assert "Your account has no role yet" in page
    assert task.title not in page


def test_more_tasks_cost_no_more_queries(pharmacist: User, task: Task) -> None:
    counts = []
    client = sign_in(pharmacist)
    for number in range(2):
        imported(Task.objects.create(slug=f"task-{number}", title="t", question=str(timezone.now())))
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9


def test_one_is_not_many(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    for n, said in enumerate(("1 item waits", "2 items wait"), start=1):
        answered(make_item(reviews_needed=2), second_pharmacist)
        answered(make_item(), pharmacist)
        page = sign_in(pharmacist).get("/").content.decode()
        assert f"{said} for a second pharmacist." in page
        assert ("1 gold label came" if n == 1 else "2 gold labels came") in page
        assert ("1 answer was yours" if n == 1 else "2 answers were yours") in page
