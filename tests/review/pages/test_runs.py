from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisIsDown

from ledger.enqueue import WorkerInfo
from ledger.models import ModelVersion, Run, Task
from review.models import ReviewItem
from tests.review.conftest import sign_in

NOW = timezone.now()


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Jobs that would have gone to Redis."""
    jobs: list[tuple[object, ...]] = []
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: jobs.append(job[:3]))
    return jobs


@pytest.fixture
def running(model: ModelVersion, task: Task) -> Run:
    return Run.objects.create(
        kind="inference", task=task, model_version=model, status="running", stage="predicting", n_total=2_000,
        n_done=500, n_flags=12, started_at=timezone.now() - timedelta(seconds=100), heartbeat_at=timezone.now(),
        created_at=NOW,
    )  # fmt: skip


def page_of(run: Run, reader: User, part: str = "run") -> str:
    return sign_in(reader).get(reverse(f"review:{part}", args=[run.pk])).content.decode()


def test_a_running_run_shows_how_far_it_is(running: Run, lead: User) -> None:
    page = page_of(running, lead)
    for shown in ("500 / 2,000", "predicting", 'value="25"', "every 2s", "Cancel"):
        assert shown in page
    assert re.search(r"<dt>time left</dt><dd>5 min \d+ s</dd>", page)


def test_the_fragment_is_what_the_page_includes_and_stops_asking_when_the_run_ends(running: Run, lead: User) -> None:
    fragment = page_of(running, lead, "run_progress")
    assert fragment.startswith('<section id="run"')
    Run.objects.filter(pk=running.pk).update(status="finished", finished_at=NOW)
    assert "every 2s" not in page_of(running, lead, "run_progress")


def test_a_rate_has_its_thousands_apart(running: Run, lead: User) -> None:
    Run.objects.filter(pk=running.pk).update(detail={"statements_per_second": 10731.94})
    assert "a second</dt><dd>10,731.9</dd>" in page_of(running, lead)


@pytest.fixture
def training(model: ModelVersion, task: Task) -> Run:
    detail = {"losses": [[5, 0.7], [10, 0.25]], "validation_losses": [[10, 0.4]], "epoch": 1.5, "steps_per_second": 2.0}
    return Run.objects.create(
        kind="training", task=task, round=model.training_set.round, status="running", stage="train", n_total=30,
        n_done=10, started_at=timezone.now() - timedelta(hours=1), heartbeat_at=timezone.now(), created_at=NOW,
        claim="node-7:12:abc", parameters={"preset": "paper"}, detail=detail,
    )  # fmt: skip


def test_a_training_that_ended_no_longer_counts_its_last_stage(training: Run, lead: User) -> None:
    assert "done of this stage</dt><dd>10 / 30</dd>" in page_of(training, lead)
    Run.objects.filter(pk=training.pk).update(status="finished", finished_at=NOW)
    page = page_of(training, lead)
    assert "10 / 30" not in page
    assert "a second</dt>" not in page
    assert "time taken</dt>" in page


def figure_in(page: str) -> dict[str, Any]:
    found = re.search(r'<pre id="figure-losses" hidden>(.*?)</pre>', page, re.DOTALL)
    assert found is not None
    figure: dict[str, Any] = json.loads(html.unescape(found[1]))
    return figure


def test_a_training_shows_its_losses_and_what_is_left_of_the_stage(training: Run, lead: User) -> None:
    page = page_of(training, lead)
    assert [(trace["x"], trace["y"]) for trace in figure_in(page)["data"]] == [([5, 10], [0.7, 0.25]), ([10], [0.4])]
    assert '<td class="number">10</td><td class="number">0.25</td><td class="number">0.4</td>' in page
    for shown in ("left of this stage</dt><dd>10 s", "On node-7.", "preset paper", "plotly.min.js"):
        assert shown in page


def test_the_losses_are_asked_for_while_the_training_runs(training: Run, lead: User) -> None:
    address = f'hx-get="{reverse("review:run_losses", args=[training.pk])}"'
    rows = page_of(training, lead, "run_losses")
    assert rows.startswith('<div id="loss-rows"')
    assert address in rows
    assert address in page_of(training, lead)
    Run.objects.filter(pk=training.pk).update(status="finished", finished_at=NOW)
    assert "hx-get" not in page_of(training, lead, "run_losses")


def test_a_training_that_told_nothing_yet_says_so(training: Run, lead: User) -> None:
    Run.objects.filter(pk=training.pk).update(detail={})
    assert "No loss has been reported yet" in page_of(training, lead)


def test_other_runs_carry_no_chart(running: Run, lead: User) -> None:
    assert "plotly" not in page_of(running, lead)


def test_the_list_names_the_workers_and_causes_of_death_and_follows_what_runs(
    running: Run, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.queries.runs.broker_is_up", lambda: True)
    monkeypatch.setattr("review.queries.runs.queue_depths", lambda: {"gpu": 3, "default": 0})
    worker = WorkerInfo("node-7.12", ("gpu", "default"), "busy", datetime(2026, 3, 4, 9, 30, 5, tzinfo=UTC))
    monkeypatch.setattr("review.queries.runs.listening_workers", lambda: [worker])
    client = sign_in(lead)
    page = client.get("/runs/").content.decode()
    for shown in ("node-7.12", "gpu, default", "busy", "4 Mar 09:30:05", "3 waiting", "every 5s"):
        assert shown in page
    assert client.get("/runs/", headers={"HX-Request": "true"}).content.decode().startswith('<div id="runs"')
    Run.objects.filter(pk=running.pk).update(status="failed", error="The disk <is> full.")
    page = client.get("/runs/").content.decode()
    assert "The disk &lt;is&gt; full." in page
    assert "every 5s" not in page


@pytest.mark.parametrize(
    ("workers", "silence"),
    [
        ([], True),
        ([WorkerInfo("w", ("default",), "idle", None)], True),
        ([WorkerInfo("w", ("gpu",), "idle", None)], False),
    ],
)
def test_a_waiting_run_says_when_nobody_listens(
    running: Run, lead: User, monkeypatch: pytest.MonkeyPatch, workers: list[WorkerInfo], silence: bool
) -> None:
    Run.objects.filter(pk=running.pk).update(status="queued")
    monkeypatch.setattr("review.queries.runs.broker_is_up", lambda: True)
    monkeypatch.setattr("review.queries.runs.queue_depths", lambda: {"gpu": 1})
    monkeypatch.setattr("review.queries.runs.listening_workers", lambda: workers)
    assert ("No worker is listening on gpu" in page_of(running, lead)) == silence


def test_a_silent_worker_and_a_cause_of_death_are_told(running: Run, lead: User) -> None:
    Run.objects.filter(pk=running.pk).update(heartbeat_at=NOW - timedelta(minutes=2))
    assert "The worker has been silent since" in page_of(running, lead)
    Run.objects.filter(pk=running.pk).update(status="failed", error="LeakyTrainingSet: <b>statement 4</b>")
    page = page_of(running, lead)
    assert "LeakyTrainingSet: &lt;b&gt;statement 4&lt;/b&gt;" in page
    assert "Resume" in page


def test_cancel_asks_once_and_says_when_it_is_too_late(running: Run, lead: User) -> None:
    client, address = sign_in(lead), reverse("review:cancel_run", args=[running.pk])
    for _ in range(2):
        assert client.post(address).status_code == 303
    running.refresh_from_db()
    assert running.cancel_requested
    Run.objects.filter(pk=running.pk).update(status="finished")
    assert "nothing to cancel" in client.post(address, follow=True).content.decode()


def test_a_failed_run_is_resumed_once(
    running: Run, lead: User, pushed: list[tuple[object, ...]], django_capture_on_commit_callbacks: object
) -> None:
    Run.objects.filter(pk=running.pk).update(status="failed", error="died")
    client, address = sign_in(lead), reverse("review:resume_run", args=[running.pk])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(address)
        page = client.post(address, follow=True).content.decode()
    assert "Only a failed or cancelled run can be resumed" in page
    assert pushed == [("gpu", "modeling.jobs.run_inference", running.pk)]


def test_building_a_queue_opens_one_run(
    task: Task, lead: User, pushed: list[tuple[object, ...]], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        response = sign_in(lead).post(reverse("review:build_queue", args=[task.slug]))
    run = Run.objects.get()
    assert response["Location"] == reverse("review:run", args=[run.pk])
    assert (run.kind, run.requested_by) == ("queue", lead)
    assert pushed == [("default", "review.jobs.run_queue_build", run.pk)]


def test_when_redis_is_down_the_run_is_kept_and_a_sentence_says_so(
    task: Task, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**values: object) -> Run:
        Run.objects.create(kind="queue", task=task, created_at=NOW)
        raise RedisIsDown("no socket")

    monkeypatch.setattr("review.views.runs.record.open_queue_build", down)
    page = sign_in(lead).post(reverse("review:build_queue", args=[task.slug]), follow=True).content.decode()
    assert "starts by itself once the server is back" in page
    assert Run.objects.count() == 1


def test_the_list_shows_runs_newest_first_and_pages_by_key(
    running: Run, task: Task, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.queries.runs.PAGE", 1)
    monkeypatch.setattr("review.views.runs.PAGE", 1)
    newer = Run.objects.create(kind="queue", task=task, created_at=NOW)
    client = sign_in(lead)
    page = client.get("/runs/").content.decode()
    assert reverse("review:run", args=[newer.pk]) in page
    assert f'href="?before={newer.pk}"' in page
    assert reverse("review:run", args=[running.pk]) in client.get(f"/runs/?before={newer.pk}").content.decode()


def test_a_run_that_does_not_exist_is_not_found(lead: User, item: ReviewItem) -> None:
    assert sign_in(lead).get("/runs/999999/").status_code == 404


def test_statements_that_could_not_be_read_are_counted_and_named(running: Run, lead: User) -> None:
    why = "The pattern of statement 41 has no ⟨2⟩: import it again."
    detail = {"could_not_be_read": 22, "unread": [[41, why]], "computed_once": 9}
    Run.objects.filter(pk=running.pk).update(status="finished", n_done=1_978, detail=detail, finished_at=NOW)
    page = page_of(running, lead)
    assert "22 statements could not be read and have no prediction</summary>" in page
    assert f'<li><a href="{reverse("review:statement", args=[41])}">{why}</a></li>' in page
    assert "21 more are named in the worker&#x27;s log." in page or "21 more are named in the worker's log." in page
    assert 'value="100"' in page
    assert "could not be read</dt>" not in page
    Run.objects.filter(pk=running.pk).update(detail={"could_not_be_read": 1, "unread": [[41, why]]})
    page = page_of(running, lead, "run_progress")
    assert "One statement could not be read and has no prediction</summary>" in page
    assert "more" not in page.partition("One statement")[2]
