"""Who takes part, in which roles, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Max, Q

from ledger.models import Decision
from review.models import ReviewItem


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account: roles, whether its owner has chosen a password, and what they did and hold."""

    person: User
    roles: list[str]
    n_answers: int
    latest_answer: datetime | None
    n_held: int

    @property
    def has_joined(self) -> bool:
        return self.person.has_usable_password()


def person_rows(now: datetime, **only: int) -> list[PersonRow]:
    """Everybody, the active first, or the one of this `pk` (four queries)."""
    people = list(User.objects.filter(**only).prefetch_related("groups").order_by("-is_active", "username"))
    given = Decision.objects.exclude(kind=Decision.Kind.WITHDRAWAL)
    if only:
        given = given.filter(reviewer__in=people)
    answers: dict[int, tuple[int, datetime]] = {
        person: (n, latest)
        for person, n, latest in given.order_by().values_list("reviewer").annotate(Count("id"), Max("decided_at"))
    }
    held = dict(
        ReviewItem.objects.waiting()
        .filter(lease_by__in=people, lease_until__gt=now)
        .order_by()
        .values_list("lease_by")
        .annotate(Count("id"))
    )
    return [
        PersonRow(
            person=one,
            roles=_roles(one),
            n_answers=answers.get(one.pk, (0, None))[0],
            latest_answer=answers.get(one.pk, (0, None))[1],
            n_held=held.get(one.pk, 0),
        )
        for one in people
    ]


def _roles(person: User) -> list[str]:
    names = {group.name for group in person.groups.all()}
    return [
        role
        for role in ("pharmacist", "adjudicator", "lead")
        if role in names or (role == "lead" and person.is_superuser)
    ]


def n_active_leads() -> int:
    """How many active leads there are (one query)."""
    return User.objects.filter(Q(groups__name="lead") | Q(is_superuser=True), is_active=True).distinct().count()
