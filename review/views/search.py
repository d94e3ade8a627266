"""The ledger: look for statements, and read one with all that was said of it."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.models import Statement, Task
from review.filters import LedgerFilter
from review.models import LooksAgain, Preference
from review.permissions import Request, pharmacist_required
from review.queries.assignees import assignees
from review.queries.candidates import Place
from review.queries.home import tasks_with_statements
from review.queries.ledger_page import choices, ledger_page
from review.queries.statement import get_statement, statement_page
from review.views.queue import wants_fragment


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def ledger(request: Request, task: str) -> HttpResponse:
    """Statements of a task, all of them or those a filter lets through."""
    shown = get_object_or_404(Task, slug=task)
    chosen = LedgerFilter.read(request.GET.dict())
    after = Place.read(request.GET.get("after", ""))
    context = {
        "task": shown,
        "tasks": tasks_with_statements(),
        "chosen": chosen,
        "choices": choices(shown, request.user),
        "page": ledger_page(shown, chosen, reader=request.user, after=after),
        "after": after,
        "preference": Preference.of(request.user),
        "people": assignees() if request.roles.lead else [],
        "destinations": LooksAgain.choices,
        "key": uuid.uuid4(),
    }
    return render(request, "review/_search.html" if wants_fragment(request) else "review/search.html", context)


@never_cache
@require_safe
@pharmacist_required
def statement(request: Request, statement_id: int) -> HttpResponse:
    """One statement, to read."""
    try:
        shown = get_statement(statement_id)
    except Statement.DoesNotExist as error:
        raise Http404("There is no such statement.") from error
    page = statement_page(shown, request.user)
    return render(request, "review/search_statement.html", {"page": page, "task": page.task})
