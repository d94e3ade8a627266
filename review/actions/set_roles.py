"""Give people roles, and end and renew their part in the work. One active lead is always left."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q

from review.actions.note_change import note_change
from review.models import ReviewItem
from review.permissions import roles_of

ROLES = ("pharmacist", "adjudicator", "lead")
LEADS = Q(groups__name="lead") | Q(is_superuser=True)


class LastLead(Exception):
    """This is the last active lead. Make somebody else a lead first."""


@transaction.atomic
def set_roles(*, person: User, roles: Collection[str], by: User) -> User:
    """Give a person exactly these roles, from their next click on. Raises LastLead."""
    held = _held(person)
    if "lead" not in roles and held.is_active and not held.is_superuser:
        _refuse_last(held)
    had = set(held.groups.filter(name__in=ROLES).values_list("name", flat=True))
    if had != set(roles):
        held.groups.remove(*Group.objects.filter(name__in=had - set(roles)))
        held.groups.add(*Group.objects.filter(name__in=roles))
        note_change(by=by, row=held, words=f"roles: {_listed(had)} → {_listed(roles)}")
    return held


@transaction.atomic
def deactivate(*, person: User, by: User) -> User:
    """End a person's part in the work: no more sign-in, their leases and assigned items go back, their answers stay.

    Raises LastLead. Twice is once.
    """
    held = _held(person)
    _refuse_last(held)
    ReviewItem.objects.filter(lease_by=held).update(lease_by=None, lease_until=None)
    ReviewItem.objects.filter(assigned_to=held).update(assigned_to=None)
    if held.is_active:
        held.is_active = False
        held.save(update_fields=["is_active"])
        note_change(by=by, row=held, words="deactivated")
    return held


@transaction.atomic
def activate(*, person: User, by: User) -> User:
    """Let a person in again, with the roles they had. Twice is once."""
    held = _held(person)
    if not held.is_active:
        held.is_active = True
        held.save(update_fields=["is_active"])
        note_change(by=by, row=held, words="activated")
    return held


def _held(person: User) -> User:
    """The person's row as it is now. The role's row is held first: of two leads who end each other, one is refused."""
    Group.objects.select_for_update().get(name="lead")
    return User.objects.select_for_update().get(pk=person.pk)


def _refuse_last(person: User) -> None:
    if roles_of(person).lead and not User.objects.filter(LEADS, is_active=True).exclude(pk=person.pk).exists():
        raise LastLead(LastLead.__doc__)


def _listed(roles: Collection[str]) -> str:
    return ", ".join(sorted(roles)) or "none"
