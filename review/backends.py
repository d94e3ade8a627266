"""Who is signed in, with how they like to work: read together, so that no page pays a query of its own for it."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class PersonBackend(ModelBackend):
    """Django's own, except that a person comes with their preferences."""

    def get_user(self, user_id: int) -> User | None:
        """One query; None for whoever may not sign in any more."""
        person = User.objects.select_related("preference").filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
