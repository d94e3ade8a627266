"""One item: read it, answer it, put it aside, keep it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.record.decisions import AlreadyDecided, KeyUsedElsewhere
from review.actions import decide as decisions
from review.actions.claim import claim, extend_lease
from review.actions.decide import HeldByAnother, NoAnswerNeeded
from review.filters import QueueFilter
from review.forms import DecisionForm
from review.models import ReviewItem
from review.permissions import Request, pharmacist_required, to_login
from review.queries.item import get_item, item_page, latest_receipt
from review.queries.progress import progress_of
from review.queries.rationale import rationale_panel
from review.views.queue import see_other, to_next, wants_fragment

KEPT = "answer_kept_over_sign_in"


def item_or_404(item_id: int) -> ReviewItem:
    try:
        return get_item(item_id)
    except ReviewItem.DoesNotExist as error:
        raise Http404("There is no such item.") from error


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def item(request: Request, item_id: int) -> HttpResponse:
    """Show an item. Nothing is written: taking it is a POST."""
    return show(request, item_or_404(item_id), chosen=QueueFilter.read(request.GET.dict()))


def show(
    request: Request, shown: ReviewItem, *, chosen: QueueFilter, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    kept = request.session.get(KEPT, {})
    kept_here = kept.get("item") == shown.pk
    context = {
        "page": item_page(shown, request.user, now),
        "panel": rationale_panel(shown, request.user, now),
        "task": shown.task,
        "chosen": chosen,
        "progress": progress_of(request.user, shown.task, now),
        "key": uuid.uuid4(),
        "undo_key": uuid.uuid4(),
        "kept": kept if kept_here else None,
        "form": form,
        "comment": request.POST.get("comment", "") if form else kept.get("comment", "") if kept_here else "",
        "receipt": latest_receipt(shown.task, request.user, now),
    }
    name = "review/_item.html" if wants_fragment(request) else "review/item.html"
    response = render(request, name, context, status=status)
    if request.method == "GET":
        response["HX-Push-Url"] = request.get_full_path()
    return response


def keep_answer_over_sign_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Somebody whose session ended while they thought finds their answer on the page again after signing in."""

    @wraps(view)
    def keeping(request: HttpRequest, item_id: int) -> HttpResponseBase:
        if request.user.is_authenticated or request.method != "POST":
            return view(request, item_id)
        request.session[KEPT] = {
            "item": item_id,
            "label": request.POST.get("label", "")[:50],
            "comment": request.POST.get("comment", "")[:2_000],
        }
        return to_login(request, reverse("review:item", args=[item_id]))

    return keeping


@require_POST
@keep_answer_over_sign_in
@pharmacist_required
def decide(request: Request, item_id: int) -> HttpResponse:
    """Save an answer and go on to the next item."""
    answered = item_or_404(item_id)
    chosen = QueueFilter.read(request.POST.dict())
    form = DecisionForm(request.POST, item=answered)
    if not form.is_valid():
        return show(request, answered, chosen=chosen, form=form, status=422)
    given: dict[str, Any] = form.cleaned_data
    try:
        decisions.decide(item=answered, by=request.user, now=timezone.now(), **given)
    except (HeldByAnother, NoAnswerNeeded, AlreadyDecided, KeyUsedElsewhere) as error:
        context = {"item": answered, "task": answered.task, "why": str(error), "given": given, "chosen": chosen}
        name = "review/_conflict.html" if wants_fragment(request) else "review/conflict.html"
        return render(request, name, context, status=409)
    request.session.pop(KEPT, None)
    return to_next(request, answered.task, chosen)


@require_POST
@pharmacist_required
def skip(request: Request, item_id: int) -> HttpResponse:
    skipped = item_or_404(item_id)
    decisions.skip(item=skipped, by=request.user, now=timezone.now())
    return to_next(request, skipped.task, QueueFilter.read(request.POST.dict()))


@require_POST
@pharmacist_required
def take(request: Request, item_id: int) -> HttpResponse:
    """Hold this very item, when nobody else does."""
    taken = item_or_404(item_id)
    claim(item=taken, reviewer=request.user, now=timezone.now())
    query = QueueFilter.read(request.POST.dict()).query
    address = reverse("review:item", args=[item_id])
    return see_other(f"{address}?{query}" if query else address)


@require_POST
@pharmacist_required
def lease(request: Request, item_id: int) -> HttpResponse:
    """The browser says that its person is still at it."""
    held = item_or_404(item_id)
    kept = extend_lease(item=held, reviewer=request.user, now=timezone.now())
    return render(request, "review/_lease.html", {"item": held, "is_mine": kept})
