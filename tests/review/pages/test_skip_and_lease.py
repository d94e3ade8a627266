from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from review.models import ReviewItem
from tests.review.conftest import sign_in


def test_a_skipped_item_goes_to_somebody_else(held: ReviewItem, pharmacist: User, second_pharmacist: User) -> None:
    client = sign_in(pharmacist)
    for _ in range(2):
        response = client.post(reverse("review:skip", args=[held.pk]))
        assert response["Location"] == reverse("review:queue", args=["ddi-polarity"])
    other = sign_in(second_pharmacist).post(reverse("review:next", args=["ddi-polarity"]))
    assert other["Location"] == reverse("review:item", args=[held.pk])


def test_skipping_what_somebody_else_holds_leaves_it_theirs(
    held: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    sign_in(second_pharmacist).post(reverse("review:skip", args=[held.pk]))
    held.refresh_from_db()
    assert held.lease_by == pharmacist


def test_the_heartbeat_extends_ones_own_lease_alone(
    held: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    ReviewItem.objects.filter(pk=held.pk).update(lease_until=timezone.now() + timedelta(seconds=30))
    address = reverse("review:lease", args=[held.pk])
    assert "somebody else" in sign_in(second_pharmacist).post(address).content.decode()
    assert "held for you until" in sign_in(pharmacist).post(address).content.decode()
    held.refresh_from_db()
    assert held.lease_until is not None
    assert held.lease_until > timezone.now() + timedelta(minutes=9)
