"""Signed out in mid-work: what was typed is on the page again after signing in, until it is saved."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.models import Comment, PatternDecision
from review.models import ReviewItem
from review.views.keeping import KEPT, MOST
from tests.review.conftest import Flagged, MakeItem, answered, sign_in
from tests.review.patterned import read_mixed, together

TYPED = "typed before the session ended"
AGAIN = "You were signed out before"


def signed_out_and_in(address: str, by: User, form: dict[str, Any], **headers: str) -> tuple[Client, str, str]:
    """Sent without a session; the client signed in again, the page it was led to, and that page's text."""
    client = Client()
    sent = client.post(address, form | {"idempotency_key": uuid.uuid4()}, headers=headers)
    login, back = (sent.headers.get("HX-Redirect") or sent.headers["Location"]).split("?next=")
    assert login == reverse("login")
    client.force_login(by)
    back = unquote(back)
    return client, back, client.get(back).content.decode()


@pytest.fixture
def disputed(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> ReviewItem:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "synergistic")
    answered(item, second_pharmacist, "antagonistic")
    item.refresh_from_db()
    return item


def test_an_adjudication_is_there_again_with_its_cause_and_label(disputed: ReviewItem, adjudicator: User) -> None:
    form = {"label": "antagonistic", "cause": "ambiguous", "comment": TYPED}
    address = reverse("review:adjudicate", args=[disputed.pk])
    client, back, page = signed_out_and_in(address, adjudicator, form)
    assert back == reverse("review:adjudication", args=[disputed.pk])
    assert TYPED in page
    assert AGAIN in page
    assert 'value="ambiguous" selected' in page
    assert 'class="answer antagonistic kept"' in page
    saved = client.post(address, form | {"idempotency_key": uuid.uuid4()}, headers={"HX-Request": "true"})
    assert (saved.status_code, saved["HX-Redirect"]) == (200, reverse("review:adjudication_list"))
    assert client.session[KEPT] == {}


def test_a_patterns_answer_is_there_again_with_the_label_it_was_about(flagged: Flagged, pharmacist: User) -> None:
    said = read_mixed(flagged)[0]
    place = {"task": "ddi-polarity", "pattern_id": said.statement.pattern_id}
    address = reverse("review:decide_pattern", kwargs=place)
    form = {"label": "antagonistic", "shown": "antagonistic", "comment": TYPED, "sample": str(said.statement_id)}
    client, back, page = signed_out_and_in(address, pharmacist, form)
    assert back == reverse("review:pattern", kwargs=place)
    assert TYPED in page
    assert AGAIN in page
    assert 'name="shown" value="antagonistic"' in page
    saved = client.post(address, form | {"idempotency_key": uuid.uuid4()}, headers={"HX-Request": "true"})
    assert (saved.status_code, saved["HX-Redirect"]) == (200, back)
    assert PatternDecision.objects.get().comment == TYPED
    assert client.session[KEPT] == {}


def test_why_a_pattern_is_withdrawn_is_there_again(flagged: Flagged, pharmacist: User) -> None:
    decision = together(read_mixed(flagged)[0], pharmacist).decision
    address = reverse("review:withdraw_pattern", args=[decision.pk])
    client, _, page = signed_out_and_in(address, pharmacist, {"reason": TYPED})
    assert TYPED in page
    assert "<details open>" in page
    client.post(address, {"reason": TYPED, "idempotency_key": uuid.uuid4()})
    assert client.session[KEPT] == {}
    assert Client().post(reverse("review:withdraw_pattern", args=[999_999])).status_code == 302


def test_a_comment_is_there_again_and_leads_back_to_the_page_it_was_typed_on(
    item: ReviewItem, pharmacist: User
) -> None:
    address = reverse("review:comment", args=[item.pk])
    shown = f"{reverse('review:item', args=[item.pk])}?reason=audit"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{shown}"}
    client, back, _ = signed_out_and_in(address, pharmacist, {"text": TYPED, "answers": ""}, **headers)
    assert back == shown
    thread = client.get(reverse("review:comments", args=[item.pk]), headers={"HX-Request": "true"}).content.decode()
    assert thread.count(TYPED) == 1
    assert AGAIN in thread
    client.post(address, {"text": TYPED, "answers": "", "idempotency_key": uuid.uuid4()})
    assert client.session[KEPT] == {}
    assert Comment.objects.count() == 1


def test_a_reply_stands_in_the_field_of_what_it_replies_to(item: ReviewItem, pharmacist: User) -> None:
    address = reverse("review:comment", args=[item.pk])
    for text in ("first", "second"):
        sign_in(pharmacist).post(address, {"text": text, "answers": "", "idempotency_key": uuid.uuid4()})
    first = Comment.objects.earliest("id")
    _, back, page = signed_out_and_in(address, pharmacist, {"text": TYPED, "answers": first.pk})
    assert back == reverse("review:comments", args=[item.pk])
    assert page.count(TYPED) == 1
    assert page.count("<details open>") == 1
    reply = page.split("<details open>")[1].split("</details>")[0]
    assert f'name="answers" value="{first.pk}"' in reply
    assert TYPED in reply


def test_why_a_second_opinion_is_wanted_is_there_again(item: ReviewItem, pharmacist: User) -> None:
    address = reverse("review:flag", args=[item.pk])
    sign_in(pharmacist).post(reverse("review:take", args=[item.pk]))
    _, back, page = signed_out_and_in(address, pharmacist, {"comment": TYPED})
    assert back == reverse("review:item", args=[item.pk])
    assert TYPED in page


def test_only_the_newest_few_are_kept_and_none_is_longer_than_a_comment(make_item: MakeItem, pharmacist: User) -> None:
    items, client = [make_item() for _ in range(MOST + 1)], Client()
    for one in items:
        client.post(reverse("review:comment", args=[one.pk]), {"text": "x" * 9_000, "answers": ""})
    kept = client.session[KEPT]
    assert list(kept) == [reverse("review:comments", args=[one.pk]) for one in items[1:]]
    assert {len(typed["text"]) for typed in kept.values()} == {2_000}


def test_another_sites_page_is_no_way_back(item: ReviewItem, pharmacist: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://elsewhere.example/items/1/"}
    address = reverse("review:comment", args=[item.pk])
    _, back, _ = signed_out_and_in(address, pharmacist, {"text": TYPED, "answers": ""}, **headers)
    assert back == reverse("review:comments", args=[item.pk])
