"""An answer is saved, and the next item comes with it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from ledger.models import Decision
from review.actions.claim import claim
from review.models import ReviewItem
from tests.review.conftest import MakeItem, sign_in


def send(item: ReviewItem, by: User, slug: str = "antagonistic", **changes: object) -> HttpResponse:
    values = {"label": slug, "comment": "", "idempotency_key": uuid.uuid4(), "prediction_seen": item.prediction_id}
    return sign_in(by).post(reverse("review:decide", args=[item.pk]), values | changes)


def test_saving_goes_on_to_the_next_item_with_a_receipt(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    following = make_item()
    response = send(held, pharmacist, comment="bleeding", seconds_spent="4.5")
    decision = Decision.objects.get()
    assert (decision.label.slug, decision.comment, decision.seconds_spent) == ("antagonistic", "bleeding", 4.5)
    assert decision.prediction_seen == held.prediction
    assert response.status_code == 303
    assert response["Location"] == reverse("review:item", args=[following.pk])
    page = sign_in(pharmacist).get(response["Location"]).content.decode()
    assert f"#{held.pk} <strong>antagonistic</strong> · saved" in page
    assert reverse("review:undo", args=[decision.pk]) in page


def test_htmx_gets_the_next_item_with_the_answer_to_this_one(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    following = make_item()
    values = {"label": "antagonistic", "idempotency_key": uuid.uuid4()}
    response = sign_in(pharmacist).post(
        reverse("review:decide", args=[held.pk]), values, headers={"HX-Request": "true"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert response["HX-Push-Url"] == reverse("review:item", args=[following.pk])
    assert page.startswith('<main id="work"')
    assert f"<h1>#{following.pk} " in page
    assert f"#{held.pk} <strong>antagonistic</strong> · saved" in page
    following.refresh_from_db()
    assert following.lease_by == pharmacist


def test_an_answer_and_the_next_item_take_few_queries(
    held: ReviewItem, make_item: MakeItem, pharmacist: User, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        make_item()
    client, values = sign_in(pharmacist), {"label": "antagonistic", "prediction_seen": held.prediction_id}
    # who it is, item and labels, the answer in its transaction, the claim, and the page, whose labels are read already
    with django_assert_num_queries(3 + 2 + (13 + 2) + 3 + 6):
        client.post(
            reverse("review:decide", args=[held.pk]),
            values | {"idempotency_key": uuid.uuid4()},
            headers={"HX-Request": "true"},
        )


def test_the_receipt_says_when_a_second_pharmacist_is_waited_for(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    response = send(item, pharmacist)
    assert response["Location"].startswith(reverse("review:queue", args=["ddi-polarity"]))
    assert "waits for a second pharmacist" in sign_in(pharmacist).get(response["Location"]).content.decode()
    assert "saved" not in sign_in(second_pharmacist).get(response["Location"]).content.decode()


def test_the_filter_stays(held: ReviewItem, make_item: MakeItem, pharmacist: User) -> None:
    make_item("low_confidence")
    flip = make_item("flip")
    response = send(held, pharmacist, reason="flip")
    assert response["Location"].startswith(reverse("review:item", args=[flip.pk]))
    assert response["Location"].endswith("?reason=flip")


def test_sending_twice_saves_once(held: ReviewItem, pharmacist: User) -> None:
    key = uuid.uuid4()
    first, second = (send(held, pharmacist, idempotency_key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Decision.objects.count() == 1


def test_a_form_that_cannot_be_read_keeps_the_comment(held: ReviewItem, pharmacist: User) -> None:
    response = send(held, pharmacist, "no-such-label", comment="my long thought")
    assert response.status_code == 422
    assert "my long thought" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotency_key": "not-a-uuid"},
        {"seconds_spent": "nan"},
        {"seconds_spent": "-1"},
        {"prediction_seen": "999999"},
        {"comment": "x" * 2001},
    ],
)
def test_hostile_fields_are_refused(held: ReviewItem, pharmacist: User, changes: dict[str, object]) -> None:
    assert send(held, pharmacist, **changes).status_code == 422
    assert not Decision.objects.exists()


def test_a_prediction_of_another_statement_was_not_seen_here(
    held: ReviewItem, make_item: MakeItem, pharmacist: User
) -> None:
    other = make_item()
    assert send(held, pharmacist, prediction_seen=other.prediction_id).status_code == 422


def test_an_item_taken_by_somebody_else_keeps_the_answer_on_the_page(
    held: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    ReviewItem.objects.filter(pk=held.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    claim(item=held, reviewer=second_pharmacist, now=timezone.now())
    response = send(held, pharmacist, comment="I had typed all of this")
    page = response.content.decode()
    assert response.status_code == 409
    assert "I had typed all of this" in page
    assert "was not saved" in page
    assert not Decision.objects.exists()


def test_answering_again_with_another_key_is_refused(held: ReviewItem, pharmacist: User) -> None:
    send(held, pharmacist)
    assert send(held, pharmacist, "synergistic").status_code == 409
    assert Decision.objects.count() == 1


def test_an_answer_outlives_a_session(held: ReviewItem, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    client.logout()
    values = {"label": "synergistic", "comment": "kept over sign-in", "idempotency_key": uuid.uuid4()}
    response = client.post(reverse("review:decide", args=[held.pk]), values)
    assert response["Location"] == f"{reverse('login')}?next={reverse('review:item', args=[held.pk])}"
    password = {"username": "pharmacist", "password": "a-long-passphrase-17"}
    back = client.post(response["Location"], password, follow=True)
    page = back.content.decode()
    assert back.redirect_chain[-1][0] == reverse("review:item", args=[held.pk])
    assert "kept over sign-in" in page
    assert 'class="answer synergistic kept"' in page
    assert not Decision.objects.exists()
    client.post(reverse("review:decide", args=[held.pk]), values | {"idempotency_key": uuid.uuid4()})
    assert Decision.objects.get().comment == "kept over sign-in"


def test_htmx_is_told_to_leave_for_the_sign_in_page(held: ReviewItem, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    client.logout()
    response = client.post(reverse("review:decide", args=[held.pk]), {}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith(reverse("login"))
