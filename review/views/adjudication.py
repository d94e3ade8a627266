"""Disagreements: the list, one of them, the answer that settles it, and opening it again."""

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
from review.actions.adjudicate import NothingToAdjudicate, OwnDisagreement
from review.actions.adjudicate import adjudicate as settle
from review.actions.reopen import NobodyElse, NothingToWeigh, NotSettled
from review.actions.reopen import reopen as open_again
from review.filters import key_in
from review.forms import AdjudicationForm, ReopenForm
from review.models import LooksAgain, ReviewItem
from review.permissions import Request, adjudicator_required, lead_required
from review.queries.adjudication import PAGE, disagreement, disagreements
from review.queries.comments import thread_of
from review.queries.mine import own_adjudication, own_adjudications
from review.views.comments import typed
from review.views.item_page import item_or_404
from review.views.keeping import forget_kept, keep_over_sign_in, kept_at
from review.views.queue import leave_for
from review.wording import worded


def _page(item_id: int) -> str:
    return reverse("review:adjudication", args=[item_id])


@never_cache
@require_safe
@adjudicator_required
def adjudication_list(request: Request) -> HttpResponse:
    items = list(disagreements(request.user, key_in(request.GET.dict(), "after") or 0))
    more = items[-1].pk if len(items) == PAGE else None
    context = {
        "items": items,
        "more": more,
        "several_tasks": len({item.task_id for item in items}) > 1,
        "settled": own_adjudications(request.user),
    }
    return render(request, "review/adjudication_list.html", context)


@never_cache
@require_safe
@adjudicator_required
def adjudication(request: Request, item_id: int) -> HttpResponse:
    return show(request, item_or_404(item_id), key=str(uuid.uuid4()))


def show(request: Request, item: ReviewItem, *, key: str, status: int = 200, **sent: Any) -> HttpResponse:
    """The page of one disagreement; `sent` is what was typed and why it was not saved."""
    kept = kept_at(request, _page(item.pk))
    fields = request.POST if request.method == "POST" else kept
    page = disagreement(item, request.user)
    context = {
        "page": page,
        "own": own_adjudication(page.settled, request.user),
        "thread": thread_of(item, request.user),
        "key": key,
        "comment_key": uuid.uuid4(),
        "causes": DisagreementCause.Cause.choices,
        "cause": fields.get("cause", ""),
        "comment": fields.get("comment", ""),
        "destinations": LooksAgain.choices,
        "to": fields.get("to", ""),
        "reason": fields.get("reason", ""),
        "may_reopen": request.roles.lead and item.state == ReviewItem.State.SETTLED,
        "kept": kept,
        "typed": typed(request, item.pk),
        **sent,
    }
    return render(request, "review/adjudication.html", context, status=status)


@require_POST
@keep_over_sign_in(_page, "label", "cause", "comment")
@adjudicator_required
def adjudicate(request: Request, item_id: int) -> HttpResponse:
    item = item_or_404(item_id)
    form = AdjudicationForm(request.POST, item=item)
    if not form.is_valid():
        return show(request, item, key=request.POST.get("idempotency_key", ""), form=form, status=422)
    try:
        gold = settle(item=item, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (NothingToAdjudicate, OwnDisagreement, KeyUsedElsewhere) as error:
        return show(request, item_or_404(item_id), key=str(uuid.uuid4()), unsaved=worded(error), status=409)
    forget_kept(request, _page(item_id))
    messages.success(
        request,
        _("#%(item)s settled as %(label)s.")
        % {"item": item_id, "label": worded(gold.label.title) if gold.label else ""},
    )
    return leave_for(request, reverse("review:adjudication_list"))


@require_POST
@keep_over_sign_in(_page, "to", "reason")
@lead_required
def reopen(request: Request, item_id: int) -> HttpResponse:
    """Have a settled item looked at again."""
    item = item_or_404(item_id)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return show(request, item, key=request.POST.get("idempotency_key", ""), form=form, status=422)
    given = form.cleaned_data
    to = LooksAgain(given["to"])
    try:
        open_again(
            item=item, by=request.user, to=to, reason=written(to, given["reason"]),
            idempotency_key=given["idempotency_key"], now=timezone.now(),
        )  # fmt: skip
    except (NotSettled, NobodyElse, NothingToWeigh) as error:
        return show(request, item_or_404(item_id), key=str(uuid.uuid4()), unsaved=worded(error), status=409)
    forget_kept(request, _page(item_id))
    messages.success(request, _("#%(item)s is open again.") % {"item": item_id})
    return leave_for(request, _page(item_id))


def written(to: LooksAgain, reason: str) -> str:
    """The reason as it stands in the discussion."""
    if to == LooksAgain.ADJUDICATION:
        return _("Opened again for an adjudicator: %(reason)s") % {"reason": reason}
    return _("Opened again for another pharmacist: %(reason)s") % {"reason": reason}
