"""An item's page, whole or in place of the one that stands."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ledger.models import Task
from review.filters import QueueFilter, may_name
from review.forms import DecisionForm
from review.models import Preference, ReviewItem
from review.permissions import Request
from review.queries.item import ItemPage, get_item, get_item_page
from review.views.keeping import kept_at
from review.views.queue import see_other, wants_fragment


def page_of(item_id: int) -> str:
    return reverse("review:item", args=[item_id])


def address_of(item_id: int, chosen: QueueFilter) -> str:
    """The item's page with what was chosen of the queue."""
    return f"{page_of(item_id)}?{chosen.query}" if chosen else page_of(item_id)


def item_or_404(item_id: int) -> ReviewItem:
    try:
        return get_item(item_id)
    except ReviewItem.DoesNotExist as error:
        raise Http404("There is no such item.") from error


def item_page_or_404(request: Request, item_id: int, task: Task | None, *, ahead: bool = False) -> ItemPage:
    try:
        return get_item_page(item_id, request.user, timezone.now(), task=task, ahead=ahead)
    except ReviewItem.DoesNotExist as error:
        raise Http404("There is no such item.") from error


def show(
    request: Request,
    item_id: int,
    *,
    chosen: QueueFilter,
    task: Task | None = None,
    page: ItemPage | None = None,
    form: DecisionForm | None = None,
    stamp: str = "",
    status: int = 200,
) -> HttpResponse:
    """An item's page; `task` and `page` where they were read already. With a `stamp` it is one read ahead."""
    now = timezone.now()
    page = page or item_page_or_404(request, item_id, task)
    kept = kept_at(request, page_of(item_id))
    context: dict[str, Any] = {
        "page": page,
        "panel": page.panel,
        "task": page.item.task,
        "chosen": chosen,
        "reasons": [one for one in ReviewItem.Reason if may_name(page.item.task, one)],
        "key": uuid.uuid4(),
        "stamp": stamp,
        "kept": kept,
        "form": form,
        "comment": request.POST.get("comment", "") if status != 200 else kept.get("comment", ""),
        "receipt": None if page.hold == "answered" else page.recent.receipt(now),
        "preference": Preference.of(request.user),
    }
    if stamp:  # what there is to say is said when it comes
        context |= {"messages": (), "receipt": None}
    name = "review/_item.html" if wants_fragment(request) else "review/item.html"
    response = render(request, name, context, status=status)
    if request.method == "GET" and not stamp:
        response["HX-Push-Url"] = request.get_full_path()
    return response


def to_item(request: Request, item_id: int, chosen: QueueFilter, task: Task | None = None) -> HttpResponse:
    """The item's page: at once where htmx waits for it, which saves the browser a second round trip."""
    address = address_of(item_id, chosen)
    if not wants_fragment(request):
        return see_other(address)
    response = show(request, item_id, chosen=chosen, task=task)
    response["HX-Push-Url"] = address
    return response
