"""Disagreements: the list, one of them, and the answer that settles it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import DisagreementCause
from ledger.record.decisions import KeyUsedElsewhere
from review.actions.adjudicate import NothingToAdjudicate
from review.actions.adjudicate import adjudicate as settle
from review.filters import key_in
from review.forms import AdjudicationForm
from review.models import ReviewItem
from review.permissions import Request, adjudicator_required
from review.queries.adjudication import PAGE, disagreement, disagreements
from review.queries.comments import thread_of
from review.views.item import item_or_404
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@adjudicator_required
def adjudication_list(request: Request) -> HttpResponse:
    items = list(disagreements(key_in(request.GET.dict(), "after") or 0))
    more = items[-1].pk if len(items) == PAGE else None
    context = {"items": items, "more": more, "several_tasks": len({item.task_id for item in items}) > 1}
    return render(request, "review/adjudication_list.html", context)


@never_cache
@require_safe
@adjudicator_required
def adjudication(request: Request, item_id: int) -> HttpResponse:
    return show(request, item_or_404(item_id), key=str(uuid.uuid4()))


def show(request: Request, item: ReviewItem, *, key: str, status: int = 200, **sent: Any) -> HttpResponse:
    """The page of one disagreement; `sent` is what was typed and why it was not saved."""
    context = {
        "page": disagreement(item),
        "thread": thread_of(item, request.user),
        "key": key,
        "comment_key": uuid.uuid4(),
        "causes": DisagreementCause.Cause.choices,
        "cause": request.POST.get("cause", ""),
        "comment": request.POST.get("comment", ""),
        **sent,
    }
    return render(request, "review/adjudication.html", context, status=status)


@require_POST
@adjudicator_required
def adjudicate(request: Request, item_id: int) -> HttpResponse:
    item = item_or_404(item_id)
    form = AdjudicationForm(request.POST, item=item)
    if not form.is_valid():
        return show(request, item, key=request.POST.get("idempotency_key", ""), form=form, status=422)
    try:
        gold = settle(item=item, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (NothingToAdjudicate, KeyUsedElsewhere) as error:
        return show(request, item_or_404(item_id), key=str(uuid.uuid4()), unsaved=worded(error), status=409)
    messages.success(
        request,
        _("#%(item)s settled as %(label)s.")
        % {"item": item_id, "label": worded(gold.label.title) if gold.label else ""},
    )
    return see_other(reverse("review:adjudication_list"))
