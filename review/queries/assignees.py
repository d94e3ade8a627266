"""Who can be given items."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet


def assignees() -> QuerySet[User]:
    """Everybody who may answer items, by name."""
    may_answer = Q(groups__name__in=("pharmacist", "lead")) | Q(is_superuser=True)
    return User.objects.filter(may_answer, is_active=True).distinct().order_by("username")
