from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import Decision
from review.actions.claim import claim
from review.models import ReviewItem
from tests.review.conftest import MakeItem, answered, sign_in


def test_undo_returns_to_the_item_and_holds_it(item: ReviewItem, pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    address, key = reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()}
    client = sign_in(pharmacist)
    for _ in range(2):
        response = client.post(address, key)
        assert (response.status_code, response["Location"]) == (303, reverse("review:item", args=[item.pk]))
    assert Decision.objects.count() == 2
    page = client.get(response["Location"]).content.decode()
    assert "held for you until" in page
    assert "took the answer back" in page


def test_another_persons_answer_does_not_exist_here(
    item: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    decision = answered(item, pharmacist)
    client = sign_in(second_pharmacist)
    response = client.post(reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()})
    assert response.status_code == 404
    assert Decision.objects.count() == 1


def test_undone_with_a_fresh_key_says_that_nothing_is_left(item: ReviewItem, pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    client = sign_in(pharmacist)
    for _ in range(2):
        response = client.post(
            reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()}, follow=True
        )
    assert "nothing left to undo" in response.content.decode()
    assert Decision.objects.count() == 2


def test_without_a_key_nothing_is_undone(item: ReviewItem, pharmacist: User) -> None:
    decision = answered(item, pharmacist)
    assert sign_in(pharmacist).post(reverse("review:undo", args=[decision.pk])).status_code == 404
    assert Decision.objects.count() == 1


def test_it_says_so_when_somebody_else_has_the_item_open(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    decision = answered(item, pharmacist)
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    response = sign_in(pharmacist).post(
        reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()}, follow=True
    )
    assert "Somebody else has the item open" in response.content.decode()
