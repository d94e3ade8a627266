from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.enqueue import WorkerInfo
from ledger.models import ModelVersion, Run, Task
from review.actions.claim import claim, release
from review.actions.decide import skip
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, sign_in

QUEUE = "/tasks/ddi-polarity/queue/"


def page_for(reader: User, query: str = "") -> str:
    response = sign_in(reader).get(QUEUE + query)
    assert response.status_code == 200
    return response.content.decode()


def counts_for(reader: User, query: str = "") -> dict[str, str]:
    """The named queues with their counts as the page gives them."""
    named = page_for(reader, query).partition('aria-label="Queues"')[2].partition("</nav>")[0]
    return dict(re.findall(r">([^<>]+) <span class=\"count\">([^<]*)</span>", named))


def test_it_counts_what_waits_and_why(make_item: MakeItem, pharmacist: User) -> None:
    make_item("flip")
    make_item("low_confidence", prediction={"said": "synergistic"})
    make_item("low_confidence", state="settled")
    make_item("audit", state="awaiting_second")
    page = page_for(pharmacist)
    assert "Start reviewing" in page
    assert "<dt>open</dt><dd>2</dd>" in page
    assert "<dt>settled</dt><dd>1</dd>" in page
    counts = counts_for(pharmacist)
    assert {name: n for name, n in counts.items() if n != "0"} == {
        "Everything": "3", "Doubtful": "1", "Changed its mind": "1", "Audit": "1", "Second opinions": "1",
    }  # fmt: skip
    assert list(counts) == [
        "Everything", "Doubtful", "Contradictions", "Changed its mind", "Two models differ", "Suspect gold", "Audit",
        "Spot checks", "Asked for", "Second opinions", "Assigned to me", "My skipped",
    ]  # fmt: skip


def test_a_named_queue_lists_and_gives_out_its_own_items(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    make_item("low_confidence")
    second = make_item("low_confidence", reviews_needed=2, state="awaiting_second")
    mine = make_item("flip", assigned_to=pharmacist)
    for part, item in (("second", second), ("mine", mine)):
        page = page_for(pharmacist, f"?part={part}")
        assert re.findall(r'href="/items/(\d+)/\?part=', page) == [str(item.pk)]
        assert f'name="part" value="{part}"' in page
        given = sign_in(pharmacist).post(reverse("review:next", args=["ddi-polarity"]), {"part": part})
        assert given["Location"] == f"{reverse('review:item', args=[item.pk])}?part={part}"
        release(item=item, reviewer=pharmacist)
    assert "Nothing matches the filter" in page_for(second_pharmacist, "?part=mine")


def test_one_corpus_is_reviewed_alone(make_item: MakeItem, pharmacist: User) -> None:
    make_item("flip")
    assert '<select name="corpus">' not in page_for(pharmacist)
    new = [
        make_item("low_confidence", prediction={"corpus": facts.corpus("new"), "tail": f"Drug {number}"})
        for number in range(2)
    ]
    make_item("flip", prediction={"tail": "Aspirin"})
    assert re.findall(r"<option[^>]*>(demo|new)</option>", page_for(pharmacist)) == ["demo", "new"]
    page = page_for(pharmacist, "?corpus=new")
    assert re.findall(r'href="/items/(\d+)/\?corpus=new"', page) == [str(item.pk) for item in new]
    assert "<option selected>new</option>" in page
    given = sign_in(pharmacist).post(reverse("review:next", args=["ddi-polarity"]), {"corpus": "new"})
    item_page = f"{reverse('review:item', args=[new[0].pk])}?corpus=new"
    assert given["Location"] == item_page
    assert "<option selected>new</option>" in sign_in(pharmacist).get(item_page).content.decode()
    assert "Nothing matches the filter" in page_for(pharmacist, "?corpus=none")


def test_where_answers_are_given_blind_a_corpus_may_still_be_chosen(
    make_item: MakeItem, task: Task, pharmacist: User
) -> None:
    Task.objects.update(blind=True)
    make_item("flip")
    new = make_item("flip", prediction={"corpus": facts.corpus("new"), "tail": "Aspirin"})
    page = page_for(pharmacist, "?corpus=new")
    assert '<select name="corpus">' in page
    assert '<select name="said">' not in page
    assert re.findall(r'class="row-link" href="/items/(\d+)/', page) == [str(new.pk)]


def test_what_is_assigned_to_one_is_in_nobody_elses_queue(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    make_item("flip", assigned_to=pharmacist)
    assert "<h2>Done</h2>" in page_for(second_pharmacist)
    assert "Start reviewing" in page_for(pharmacist)


def test_skipped_items_are_listed_and_counted(make_item: MakeItem, pharmacist: User) -> None:
    make_item("flip")
    aside = make_item("flip")
    skip(item=aside, by=pharmacist, now=timezone.now())
    assert counts_for(pharmacist)["My skipped"] == "1"
    page = page_for(pharmacist, "?part=skipped")
    assert re.findall(r'href="/items/(\d+)/\?part=skipped"', page) == [str(aside.pk)]
    assert "Bring them back" in page


def test_counts_stop_where_they_say(make_item: MakeItem, pharmacist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.queries.queue.MOST", 3)
    for _ in range(4):
        make_item("flip")
    make_item("audit")
    assert counts_for(pharmacist)["Changed its mind"] == "3+"
    assert counts_for(pharmacist)["Audit"] == "1"


def test_a_blind_task_tells_nothing_of_the_model_s_answers(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    Task.objects.update(blind=True)
    make_item("flip", prediction={"said": "synergistic", "confidence": 0.612})
    make_item("audit", prediction={"said": "antagonistic", "confidence": 0.612})
    page = page_for(pharmacist)
    assert list(counts_for(pharmacist)) == [
        "Everything", "Audit", "Spot checks", "Asked for", "Second opinions", "Assigned to me", "My skipped",
    ]  # fmt: skip
    assert "ynergistic" not in page
    assert "0.61" not in page
    assert "changed its mind" not in page
    for query in ("?said=synergistic", "?reason=flip"):
        assert len(re.findall(r'class="row-link" href="/items/', page_for(pharmacist, query))) == 2


def test_a_second_opinion_is_asked_for_blind(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    item = make_item("low_confidence", prediction={"said": "antagonistic"}, reviews_needed=2)
    answered(item, pharmacist, "undetermined", comment="nothing is stated")
    for address in (QUEUE, f"{QUEUE}?part=second", reverse("review:item", args=[item.pk])):
        page = sign_in(second_pharmacist).get(address).content.decode()
        seen = page.partition('<main id="work"')[2]
        assert "nothing is stated" not in seen
        assert not re.search(r"undetermined|Not determinable", re.sub(r"(?s)<(dl|select|button).*?</\1>", "", seen))
        assert ">pharmacist<" not in seen
        assert "by pharmacist" not in seen


def test_an_unknown_task_is_not_found(pharmacist: User, db: None) -> None:
    assert sign_in(pharmacist).get("/tasks/no-such-task/queue/").status_code == 404


def test_next_claims_an_item_and_goes_there(item: ReviewItem, pharmacist: User) -> None:
    response = sign_in(pharmacist).post(reverse("review:next", args=["ddi-polarity"]))
    assert (response.status_code, response["Location"]) == (303, reverse("review:item", args=[item.pk]))
    again = sign_in(pharmacist).post(reverse("review:next", args=["ddi-polarity"]))
    assert again["Location"] == response["Location"]


def test_done_is_said_when_everything_is_answered(item: ReviewItem, pharmacist: User) -> None:
    answered(item, pharmacist)
    assert "<h2>Done</h2>" in page_for(pharmacist)


def test_items_others_hold_are_not_called_an_empty_queue(
    item: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    item.refresh_from_db()
    assert item.lease_until is not None
    page = page_for(pharmacist)
    assert "Others are on it" in page
    assert f"{item.lease_until:%H:%M}" in page


def test_a_filter_that_hides_items_says_how_many(make_item: MakeItem, pharmacist: User) -> None:
    make_item("flip")
    make_item("flip")
    assert "The filter hides 2 items you could answer." in page_for(pharmacist, "?reason=audit")


def test_a_filter_is_taken_from_known_fields_alone(item: ReviewItem, pharmacist: User) -> None:
    assert "Start reviewing" in page_for(pharmacist, "?reason=statement__corpus&lease_by__password=x")


def test_skipped_items_can_be_brought_back(item: ReviewItem, pharmacist: User) -> None:
    skip(item=item, by=pharmacist, now=timezone.now())
    assert "You skipped one item" in page_for(pharmacist)
    response = sign_in(pharmacist).post(reverse("review:bring_back", args=["ddi-polarity"]))
    assert response["Location"] == reverse("review:item", args=[item.pk])


def test_without_a_model_it_says_what_is_missing(task: Task, pharmacist: User) -> None:
    assert "No model yet" in page_for(pharmacist)


def test_with_a_model_and_no_items_it_says_that_the_queue_is_not_built(model: ModelVersion, pharmacist: User) -> None:
    assert "The queue has not been built" in page_for(pharmacist)


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        ([], "no worker is listening on the queue “default”"),
        ([WorkerInfo("one", ("default",), "idle", None)], "The queue is being built"),
    ],
)
def test_a_queue_that_waits_for_a_worker_says_so(
    model: ModelVersion, task: Task, pharmacist: User, monkeypatch: pytest.MonkeyPatch,
    workers: list[WorkerInfo], said: str,
) -> None:  # fmt: skip
    Run.objects.create(kind="queue", task=task, created_at=timezone.now())
    monkeypatch.setattr("review.queries.queue.listening_workers", lambda: workers)
    assert said in page_for(pharmacist)


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        ([WorkerInfo("one", ("default",), "idle", None)], "no worker is listening on the queue “gpu”"),
        ([WorkerInfo("one", ("gpu",), "busy", None)], "The live model is reading the statements"),
    ],
)
def test_a_live_model_that_has_yet_to_read_the_statements_is_why_the_queue_is_empty(
    model: ModelVersion, pharmacist: User, monkeypatch: pytest.MonkeyPatch, workers: list[WorkerInfo], said: str
) -> None:
    monkeypatch.setattr("review.queries.queue.listening_workers", lambda: workers)
    Run.objects.create(
        kind="inference", task=model.task, model_version=facts.model_version(), created_at=timezone.now()
    )
    assert "The queue has not been built" in page_for(pharmacist), "another model's reading brings no items"
    Run.objects.create(kind="inference", task=model.task, model_version=model, created_at=timezone.now())
    assert said in page_for(pharmacist)


def test_a_first_model_that_waits_for_a_worker_says_so(
    task: Task, pharmacist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = facts.model_version().training_set.round
    monkeypatch.setattr("review.queries.queue.listening_workers", list)
    Run.objects.create(kind="training", task=task, round=trained, created_at=timezone.now())
    assert "A first model is to be trained, but no worker" in page_for(pharmacist)


def test_the_number_of_queries_does_not_grow(make_item: MakeItem, pharmacist: User) -> None:
    counts = []
    client = sign_in(pharmacist)
    for _ in range(2):
        for reason in ("flip", "audit", "low_confidence"):
            make_item(reason)
        with CaptureQueriesContext(connection) as captured:
            client.get(QUEUE)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14


def test_an_expired_lease_does_not_hide_an_item(item: ReviewItem, pharmacist: User, second_pharmacist: User) -> None:
    claim(item=item, reviewer=second_pharmacist, now=timezone.now() - timedelta(hours=1))
    assert "Start reviewing" in page_for(pharmacist)


def test_other_tasks_are_one_step_away_on_the_same_page(pharmacist: User, task: Task) -> None:
    facts.corpus()
    client = sign_in(pharmacist)
    for name in ("queue", "ledger", "patterns", "dashboard"):
        address = reverse(f"review:{name}", args=["drugprot"])
        assert f'href="{address}"' not in client.get(reverse(f"review:{name}", args=[task.slug])).content.decode()
    facts.corpus_of("drugprot")
    for name in ("queue", "ledger", "patterns", "dashboard"):
        address = reverse(f"review:{name}", args=["drugprot"])
        page = client.get(reverse(f"review:{name}", args=[task.slug])).content.decode()
        assert f'<a href="{address}">' in page
        assert client.get(address).status_code == 200
