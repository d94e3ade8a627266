"""The next item's page is read ahead: nobody is given it by that, and it comes in place once it is theirs."""

from __future__ import annotations

import itertools
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.models import ModelVersion, Run, Task
from review.actions.claim import claim
from review.models import Preference, ReviewItem
from review.views.following import STAMP
from tests.conftest import person
from tests.review.conftest import MakeItem, answered, predict, sign_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def make_item(make_item: MakeItem) -> MakeItem:
    """Items of which none is evidence for another: each has a pair and a wording of its own."""
    numbers = itertools.count()

    def make(reason: str = "low_confidence", *, prediction: dict[str, Any] | None = None, **changes: Any) -> ReviewItem:
        number = next(numbers)
        own = {
            "head": f"Ahead{number}",
            "tail": f"Behind{number}",
            "wording": f"{{}} and {{}} in case {chr(65 + number)}.",
        }
        return make_item(reason, prediction=own | (prediction or {}), **changes)

    return make


def read_ahead(client: Client, shown: ReviewItem, query: str = "", **headers: str) -> HttpResponse:
    address = reverse("review:following", args=[shown.pk])
    response: Any = client.get(address + query, headers=HTMX | headers)
    return response


def stamp_in(response: HttpResponse) -> str:
    found = re.findall(r'data-stamp="([^"]+)"', response.content.decode())
    assert len(found) == 1
    return str(found[0])


def decide(client: Client, item: ReviewItem, stamp: str, **changes: object) -> HttpResponse:
    values = {"label": "antagonistic", "prediction_seen": item.prediction_id, "idempotency_key": uuid.uuid4()}
    headers = HTMX | {STAMP: stamp}
    response: Any = client.post(reverse("review:decide", args=[item.pk]), values | changes, headers=headers)
    return response


def without_what_is_new(page: str) -> str:
    """A page of an item without the parts that come when it is claimed, and without what is drawn anew each time."""
    for start, end in (
        ('<div id="status-line"', "</div>"),
        ('<section id="progress"', "</section>"),
        ('<section id="latest"', "</section>"),
    ):
        page = re.sub(f"{start}.*?{end}", "", page, flags=re.DOTALL)
    page = re.sub(r' data-stamp="[^"]+"', "", page)
    return re.sub(r'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]+"', "", page)


def test_what_is_read_ahead_is_the_page_that_comes_and_only_what_is_new_comes_then(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    following = make_item()
    client = sign_in(pharmacist)
    ahead = read_ahead(client, held)
    assert f'data-item="{following.pk}"' in ahead.content.decode()
    assert "HX-Push-Url" not in ahead
    response = decide(client, held, stamp_in(ahead))
    assert response[STAMP] == stamp_in(ahead)
    assert response["HX-Push-Url"] == reverse("review:item", args=[following.pk])
    new = response.content.decode()
    assert "<main" not in new
    assert f"#{held.pk} <strong>antagonistic</strong> · saved" in new
    assert "held for you until" in new
    assert re.findall(r'^(?:<\w+) id="([\w-]+)"', new, re.MULTILINE) == ["status-line", "progress", "latest"]
    following.refresh_from_db()
    assert following.lease_by == pharmacist
    come = client.get(reverse("review:item", args=[following.pk]), headers=HTMX).content.decode()
    assert without_what_is_new(come) == without_what_is_new(ahead.content.decode())
    for part in ("status-line", "progress", "latest"):
        assert come.count(f'id="{part}"') == ahead.content.decode().count(f'id="{part}"') == 1


def test_reading_ahead_writes_nothing_and_costs_a_fixed_number_of_queries(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    following = make_item()
    client = sign_in(pharmacist)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            read_ahead(client, held)
        counts.append(len(captured))
        assert not [one for one in captured if one["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
        for _ in range(5):
            make_item()
    assert counts[0] == counts[1] <= 15
    following.refresh_from_db()
    assert following.lease_by is None


def test_what_has_been_read_ahead_saves_the_queries_of_a_page(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, django_assert_num_queries: Any
) -> None:
    make_item()
    client = sign_in(pharmacist)
    stamp = stamp_in(read_ahead(client, held))
    # who it is, item and labels, the answer in its transaction, the claim, one's latest answers
    with django_assert_num_queries(3 + 2 + (13 + 2) + 3 + 1):
        decide(client, held, stamp)


def test_what_somebody_else_took_meanwhile_is_not_shown_and_the_page_of_another_comes(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    following, another = make_item(), make_item()
    client = sign_in(pharmacist)
    ahead = read_ahead(client, held)
    assert claim(item=following, reviewer=second_pharmacist, now=timezone.now())
    response = decide(client, held, stamp_in(ahead))
    assert STAMP not in response
    assert f'data-item="{another.pk}"' in response.content.decode()


@pytest.mark.parametrize("alike", [{"wording": "{} with {}."}, {"head": "Ibuprofen", "tail": "Codeine"}])
def test_a_page_of_which_this_answer_will_be_a_part_is_not_read_ahead(
    make_item: MakeItem, pharmacist: User, alike: dict[str, str]
) -> None:
    shown = make_item(prediction={"head": "Codeine", "tail": "Ibuprofen", "wording": "{} with {}."})
    make_item(prediction=alike)
    assert read_ahead(sign_in(pharmacist), shown).status_code == 204


@pytest.mark.parametrize("change", ["reasons", "prediction", "blind", "language", "person"])
def test_a_page_that_is_no_longer_the_page_of_now_is_sent_anew(
    held: ReviewItem, make_item: MakeItem, model: ModelVersion, pharmacist: User, second_pharmacist: User,
    task: Task, change: str,
) -> None:  # fmt: skip
    following = make_item()
    client = sign_in(pharmacist)
    stamp = stamp_in(read_ahead(client, held))
    item = ReviewItem.objects.filter(pk=following.pk)
    if change == "reasons":
        item.update(reasons=[{"rule": "requested", "explanation": "The lead asks.", "atc_rule": None}])
    elif change == "prediction":
        item.update(prediction=predict(model, "flip"))
    elif change == "blind":
        task.blind = True
        task.save()
    elif change == "language":
        Preference.objects.create(person=pharmacist, language="ro")
    else:
        ReviewItem.objects.filter(pk=held.pk).update(lease_by=second_pharmacist)
        client = sign_in(second_pharmacist)
    response = decide(client, held, stamp, prediction_seen=held.prediction_id)
    assert STAMP not in response
    assert '<main id="work"' in response.content.decode()


def test_a_stamp_that_is_none_does_no_harm(held: ReviewItem, make_item: MakeItem, pharmacist: User) -> None:
    following = make_item()
    response = decide(sign_in(pharmacist), held, f"{'9' * 40}-<script>")
    assert f'data-item="{following.pk}"' in response.content.decode()


def test_skipping_leads_on_too(held: ReviewItem, make_item: MakeItem, pharmacist: User) -> None:
    make_item()
    client = sign_in(pharmacist)
    stamp = stamp_in(read_ahead(client, held))
    response: Any = client.post(reverse("review:skip", args=[held.pk]), headers=HTMX | {STAMP: stamp})
    assert response[STAMP] == stamp


def test_the_chosen_part_of_the_queue_is_what_is_read_ahead(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    make_item()
    chosen = make_item("flip")
    client = sign_in(pharmacist)
    page = client.get(reverse("review:item", args=[held.pk]) + "?reason=flip").content.decode()
    assert f'data-following="{reverse("review:following", args=[held.pk])}?reason=flip"' in page
    ahead = read_ahead(client, held, "?reason=flip")
    assert f'data-item="{chosen.pk}"' in ahead.content.decode()
    assert decide(client, held, stamp_in(ahead), reason="flip")[STAMP] == stamp_in(ahead)


def test_where_nothing_follows_nothing_is_sent(held: ReviewItem, pharmacist: User) -> None:
    response = read_ahead(sign_in(pharmacist), held)
    assert (response.status_code, response.content) == (204, b"")
    assert read_ahead(sign_in(pharmacist), ReviewItem(pk=2**40)).status_code == 404


def test_without_htmx_it_is_no_page(held: ReviewItem, make_item: MakeItem, pharmacist: User) -> None:
    make_item()
    assert sign_in(pharmacist).get(reverse("review:following", args=[held.pk])).status_code == 404


def test_a_blind_task_reads_ahead_only_once_the_answer_is_given_and_tells_nothing_of_the_model(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, task: Task
) -> None:
    following = make_item("flip", prediction={"said": "synergistic", "confidence": 0.8125})
    task.blind = True
    task.save()
    client = sign_in(pharmacist)
    address = reverse("review:item", args=[held.pk])
    assert "data-following" not in client.get(address).content.decode()
    assert STAMP not in decide(client, held, "")
    assert "data-following" in client.get(address).content.decode()
    ahead = read_ahead(client, held)
    page = ahead.content.decode()
    assert f'data-item="{following.pk}"' in page
    for trace in (f"Model {following.prediction.model_version.number}", "0.81", "prediction_seen", "because of flip"):
        assert trace not in page
    revised: Any = client.post(
        reverse("review:revise", args=[held.pk]),
        {"label": "antagonistic", "idempotency_key": uuid.uuid4()},
        headers=HTMX | {STAMP: stamp_in(ahead)},
    )
    assert revised[STAMP] == stamp_in(ahead)


def test_people_at_work_on_one_queue_read_different_pages_ahead_and_each_gets_their_own(
    make_item: MakeItem, build: Run
) -> None:
    people = [person(f"p{number}", "pharmacist") for number in range(3)]
    items = [make_item() for _ in range(12)]
    shown = {}
    for one, item in zip(people, items, strict=False):
        assert claim(item=item, reviewer=one, now=timezone.now())
        shown[one] = item
    clients = {one: sign_in(one) for one in people}
    stamps = {one: stamp_in(read_ahead(clients[one], shown[one])) for one in people}
    assert len(set(stamps.values())) == 3
    for one in people:
        assert decide(clients[one], shown[one], stamps[one])[STAMP] == stamps[one]


def test_who_works_alone_reads_ahead_what_a_claim_gives(make_item: MakeItem, pharmacist: User) -> None:
    items = [make_item() for _ in range(4)]
    past = timezone.now() - timedelta(minutes=1)
    ReviewItem.objects.filter(pk=items[1].pk).update(lease_by=person("gone", "pharmacist"), lease_until=past)
    assert claim(item=items[0], reviewer=pharmacist, now=timezone.now())
    client = sign_in(pharmacist)
    for item, following in itertools.pairwise(items):
        stamp = stamp_in(read_ahead(client, item))
        assert stamp.startswith(f"{following.pk}-")
        assert decide(client, item, stamp)[STAMP] == stamp


def test_an_answer_that_is_refused_is_told_as_ever(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    make_item()
    client = sign_in(pharmacist)
    stamp = stamp_in(read_ahead(client, held))
    answered(held, pharmacist)
    response = decide(client, held, stamp)
    assert (response.status_code, STAMP in response) == (409, False)
