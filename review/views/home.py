"""Where everybody lands: the tasks, how far they are, and what to do next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from review.permissions import Request, signed_in
from review.queries.home import task_cards, tasks_without_statements


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    return render(
        request,
        "review/home.html",
        {
            "cards": task_cards(request.user, timezone.now()) if request.roles.any else [],
            "without_statements": tasks_without_statements() if request.roles.lead else [],
        },
    )
