"""A task's queue: what waits and why, and the way to the next item."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.models import Task
from review.actions.claim import claim_next
from review.actions.decide import bring_back_skipped
from review.filters import QueueFilter, key_in
from review.permissions import Request, pharmacist_required
from review.queries.home import tasks_with_statements
from review.queries.item import latest_receipt
from review.queries.progress import progress_of
from review.queries.queue import queue_counts, why_empty
from review.queries.upcoming import upcoming


def wants_fragment(request: Request) -> bool:
    """Whether htmx will swap the answer into a page that stands already."""
    return bool(request.htmx) and not request.htmx.history_restore_request


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def queue(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    asked = request.GET.dict()
    chosen, after = QueueFilter.read(asked), key_in(asked, "after")
    now = timezone.now()
    listed = upcoming(task=shown, reviewer=request.user, now=now, chosen=chosen, after=after)
    # What one put aside is listed and not given out: then the page says how to bring it back.
    gives_work = listed.offers_work_to(request.user) and chosen.part != "skipped"
    context = {
        "task": shown,
        "tasks": tasks_with_statements(),
        "chosen": chosen,
        "counts": queue_counts(shown, request.user, chosen),
        "upcoming": listed,
        "after": after,
        "empty": None if gives_work else why_empty(shown, request.user, now, chosen),
        "progress": progress_of(request.user, shown, now),
        "receipt": latest_receipt(shown, request.user, now),
    }
    response = render(request, "review/_queue.html" if wants_fragment(request) else "review/queue.html", context)
    response["HX-Push-Url"] = request.get_full_path()
    return response


@require_POST
@pharmacist_required
def next_item(request: Request, task: str) -> HttpResponse:
    """Claim the next item and go there; to the queue when there is none, which says why."""
    shown = get_object_or_404(Task, slug=task)
    return to_next(request, shown, QueueFilter.read(request.POST.dict()))


@require_POST
@pharmacist_required
def bring_back(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    bring_back_skipped(reviewer=request.user, task_id=shown.pk)
    return to_next(request, shown, QueueFilter.read(request.POST.dict()))


def to_next(request: Request, task: Task, chosen: QueueFilter) -> HttpResponse:
    """The next item of this person's queue; the queue itself, which says why, when there is none."""
    item = claim_next(reviewer=request.user, task=task, now=timezone.now(), chosen=chosen)
    address = reverse("review:item", args=[item.pk]) if item else reverse("review:queue", args=[task.slug])
    return see_other(f"{address}?{chosen.query}" if chosen else address)


def leave_for(request: Request, address: str) -> HttpResponse:
    """Saved, on to another page: opened anew where htmx sent it. 200 tells the browser to keep no draft."""
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return see_other(address)


def see_other(address: str) -> HttpResponse:
    """303: whatever was sent, what comes next is read with GET."""
    response = redirect(address)
    response.status_code = 303
    return response
