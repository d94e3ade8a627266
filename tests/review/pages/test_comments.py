from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ledger.models import Comment
from review.models import ReviewItem
from tests.review.conftest import MakeItem, answered, sign_in

HTMX = {"HX-Request": "true"}


def write(item: ReviewItem, by: User, text: str, **changes: object) -> HttpResponse:
    values = {"text": text, "idempotency_key": uuid.uuid4(), "answers": ""} | changes
    return sign_in(by).post(reverse("review:comment", args=[item.pk]), values, headers=HTMX)


def thread(item: ReviewItem, reader: User, **headers: str) -> str:
    response = sign_in(reader).get(reverse("review:comments", args=[item.pk]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_comment_and_an_answer_to_it_are_read_in_order(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    for person in (pharmacist, second_pharmacist):
        answered(item, person)
    write(item, pharmacist, "first thought")
    first = Comment.objects.get()
    write(item, pharmacist, "another matter")
    page = write(item, second_pharmacist, "I agree", answers=first.pk).content.decode()
    assert page.index("first thought") < page.index("I agree") < page.index("another matter")
    assert page.startswith('<div id="thread"')
    assert "<html" in thread(item, pharmacist)
    write(item, pharmacist, "as do I", answers=Comment.objects.latest("id").pk)
    page = thread(item, second_pharmacist, **HTMX)
    assert page.index("I agree") < page.index("as do I") < page.index("another matter")


def test_what_others_wrote_waits_for_ones_own_answer(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    answered(item, second_pharmacist)
    write(item, second_pharmacist, "clearly harmful")
    write(item, pharmacist, "my own note")
    page = thread(item, pharmacist)
    assert "clearly harmful" not in page
    assert "my own note" in page
    assert "after your own answer" in page
    answered(item, pharmacist)
    assert "clearly harmful" in thread(item, pharmacist)
    item_page = sign_in(pharmacist).get(reverse("review:item", args=[item.pk])).content.decode()
    assert "Comments 2" in item_page


def test_sent_twice_it_stands_once(item: ReviewItem, pharmacist: User) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        assert write(item, pharmacist, "once", idempotency_key=key).status_code == 200
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_what_cannot_be_kept_is_refused_with_a_sentence(item: ReviewItem, pharmacist: User, text: str) -> None:
    response = write(item, pharmacist, text)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Comment.objects.exists()


def test_an_answer_to_a_comment_elsewhere_is_refused(make_item: MakeItem, pharmacist: User) -> None:
    here, elsewhere = make_item(), make_item()
    write(elsewhere, pharmacist, "there")
    assert write(here, pharmacist, "here", answers=Comment.objects.get().pk).status_code == 422
    assert Comment.objects.count() == 1


def test_without_script_one_comes_back_to_the_thread(item: ReviewItem, pharmacist: User) -> None:
    response = sign_in(pharmacist).post(
        reverse("review:comment", args=[item.pk]), {"text": "plain", "idempotency_key": uuid.uuid4()}
    )
    assert (response.status_code, response["Location"]) == (303, reverse("review:comments", args=[item.pk]))


def test_people_without_a_role_and_signed_out_people_read_nothing(item: ReviewItem, newcomer: User) -> None:
    address = reverse("review:comments", args=[item.pk])
    assert sign_in(newcomer).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert sign_in(newcomer).post(reverse("review:comment", args=[item.pk])).status_code == 403


def test_an_item_that_does_not_exist_has_no_thread(pharmacist: User) -> None:
    assert sign_in(pharmacist).get("/items/999/comments/").status_code == 404


def test_a_thread_takes_two_queries_however_long_it_is(
    item: ReviewItem, pharmacist: User, django_assert_num_queries: object
) -> None:
    for number in range(5):
        write(item, pharmacist, f"note {number}")
    client = sign_in(pharmacist)
    with django_assert_num_queries(3 + 1 + 2):  # who it is, the item, its thread
        client.get(reverse("review:comments", args=[item.pk]))
