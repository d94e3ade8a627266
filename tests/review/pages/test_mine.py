from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from review.queries import mine
from tests.review.conftest import MakeItem, answered, item_page, sign_in

ADDRESS = "/me/answers/"


def page_of(reader: User, **query: object) -> str:
    response = sign_in(reader).get(ADDRESS, query)
    assert response.status_code == 200
    return response.content.decode()


def test_ones_own_answers_newest_first_each_with_what_became_of_it(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    items = [make_item(reviews_needed=2) for _ in range(3)]
    given = [answered(item, pharmacist) for item in items]
    theirs = answered(items[0], second_pharmacist)
    sign_in(pharmacist).post(reverse("review:undo", args=[given[1].pk]), {"idempotency_key": uuid.uuid4()})
    page = page_of(pharmacist)
    places = [page.index(reverse("review:item", args=[item.pk])) for item in items]
    assert places == sorted(places, reverse=True)
    assert reverse("review:undo", args=[given[2].pk]) in page
    assert reverse("review:undo", args=[given[1].pk]) not in page
    assert page.count(">undone<") == 1
    assert reverse("review:undo", args=[theirs.pk]) not in page
    assert "3 s" in page


def test_the_same_button_twice_undoes_once(make_item: MakeItem, pharmacist: User) -> None:
    decision = answered(make_item(), pharmacist)
    key = mine.OwnAnswer(decision, None, None).undo_key
    assert str(key) in page_of(pharmacist)
    client = sign_in(pharmacist)
    for _ in range(2):
        response = client.post(reverse("review:undo", args=[decision.pk]), {"idempotency_key": key}, follow=True)
    assert "nothing left to undo" not in response.content.decode()


def test_paging_shows_every_answer_once(make_item: MakeItem, pharmacist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "PAGE", 2)
    given = {answered(make_item(), pharmacist).pk for _ in range(5)}
    seen, after = [], None
    while True:
        answers, after = mine.own_answers(pharmacist, after)
        seen += [answer.decision.pk for answer in answers]
        if after is None:
            break
    assert seen == sorted(given, reverse=True)


def test_nothing_answered_yet_says_what_comes_here(pharmacist: User) -> None:
    assert "No answers yet" in page_of(pharmacist)
    assert "No answers yet" in page_of(pharmacist, after="not-a-row")


def test_what_an_adjudicator_settled_shows_how_and_why_and_offers_no_undo(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, adjudicator: User, lead: User
) -> None:
    item = make_item(reviews_needed=2)
    own = answered(item, pharmacist, "antagonistic")
    answered(item, second_pharmacist, "synergistic")
    address = reverse("review:undo", args=[own.pk])
    assert address in page_of(pharmacist)
    settled = {"label": "synergistic", "cause": "slip", "comment": "The effect is wanted."}
    sign_in(adjudicator).post(reverse("review:adjudicate", args=[item.pk]), settled | {"idempotency_key": uuid.uuid4()})
    for page in (page_of(pharmacist), item_page(item, pharmacist)):
        assert address not in page
        shown = page.partition("Adjudicated by adjudicator:")[2]
        assert 'class="label synergistic"' in shown[:100]
        assert "The effect is wanted." in shown
    again = {"to": "adjudication", "reason": "Read too fast.", "idempotency_key": uuid.uuid4()}
    sign_in(lead).post(reverse("review:reopen", args=[item.pk]), again)
    assert address in page_of(pharmacist)
    assert "Adjudicated by" not in page_of(pharmacist)


def test_it_takes_one_query_however_many_there_are(
    make_item: MakeItem, pharmacist: User, django_assert_num_queries: object
) -> None:
    for _ in range(4):
        answered(make_item(), pharmacist)
    client = sign_in(pharmacist)
    with django_assert_num_queries(3 + 1):
        client.get(ADDRESS)


def test_signed_out_people_and_people_without_the_role_see_none(newcomer: User) -> None:
    assert Client().get(ADDRESS).status_code == 302
    assert sign_in(newcomer).get(ADDRESS).status_code == 403
