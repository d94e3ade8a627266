"""f: a second pharmacist is asked."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from ledger.models import Comment
from review.actions.build_queue import build_queue
from review.actions.claim import release
from review.models import ReviewItem
from tests.review.conftest import MakeItem, answered, queue_build, sign_in


def send(item: ReviewItem, by: User, **values: object) -> HttpResponse:
    sent = {"idempotency_key": uuid.uuid4()} | values
    return sign_in(by).post(reverse("review:flag", args=[item.pk]), sent, headers={"HX-Request": "true"})


def test_two_people_answer_it_and_the_comment_says_why(
    held: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        response = send(held, pharmacist, comment="which dose?", idempotency_key=key)
        assert response.status_code == 200
    assert "A second pharmacist is asked" in response.content.decode()
    held.refresh_from_db()
    assert (held.reviews_needed, held.build, held.lease_by) == (2, None, pharmacist)
    assert [one.text for one in Comment.objects.all()] == ["which dose?"]
    answered(held, pharmacist)
    held.refresh_from_db()
    assert held.state == "awaiting_second"


def test_one_need_not_say_why(held: ReviewItem, pharmacist: User) -> None:
    send(held, pharmacist)
    assert Comment.objects.get().text == "Asks for a second opinion."


def test_an_item_somebody_else_holds_or_others_settled_is_left_alone_and_the_words_are_kept(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    response = send(held, second_pharmacist, comment="mine")
    assert (response.status_code, Comment.objects.count()) == (409, 0)
    settled = make_item()
    answered(settled, pharmacist)
    assert send(settled, second_pharmacist).status_code == 409
    held.refresh_from_db()
    assert held.reviews_needed == 1


def test_without_a_key_nothing_is_asked(held: ReviewItem, pharmacist: User) -> None:
    response = send(held, pharmacist, idempotency_key="no", comment="my words")
    assert response.status_code == 422
    assert "my words" in response.content.decode()
    assert not Comment.objects.exists()


def test_the_next_building_of_the_queue_leaves_it_in_place(held: ReviewItem, pharmacist: User) -> None:
    send(held, pharmacist)
    release(item=held, reviewer=pharmacist)
    build_queue(run=queue_build(), now=timezone.now())
    assert ReviewItem.objects.get(pk=held.pk).reviews_needed == 2
