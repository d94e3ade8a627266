"""One item: read it, answer it, put it aside, keep it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.record.decisions import AlreadyAdjudicated, AlreadyDecided, KeyUsedElsewhere
from ledger.record.revisions import NothingToRevise
from review.actions import decide as decisions
from review.actions.ask_second import ask_second
from review.actions.claim import claim, extend_lease
from review.actions.decide import HeldByAnother, NoAnswerNeeded
from review.filters import QueueFilter
from review.forms import DecisionForm, SecondOpinionForm
from review.models import ReviewItem
from review.permissions import Request, pharmacist_required
from review.views.following import advance
from review.views.item_page import item_or_404, page_of, show, to_item
from review.views.keeping import forget_kept, keep_over_sign_in
from review.views.queue import wants_fragment
from review.wording import worded

REFUSALS = (
    HeldByAnother, NoAnswerNeeded, AlreadyDecided, AlreadyAdjudicated, NothingToRevise, KeyUsedElsewhere,
)  # fmt: skip


keeping_answer = keep_over_sign_in(page_of, "label", "comment")


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def item(request: Request, item_id: int) -> HttpResponse:
    """Show an item. Nothing is written: taking it is a POST."""
    return show(request, item_id, chosen=QueueFilter.read(request.GET.dict()))


def conflict(request: Request, answered: ReviewItem, chosen: QueueFilter, given: Any, why: Exception) -> HttpResponse:
    """Why an answer was not saved, with the answer, so that nothing typed is lost."""
    context = {"item": answered, "task": answered.task, "why": worded(why), "given": given, "chosen": chosen}
    name = "review/_conflict.html" if wants_fragment(request) else "review/conflict.html"
    return render(request, name, context, status=409)


@require_POST
@keeping_answer
@pharmacist_required
def decide(request: Request, item_id: int) -> HttpResponse:
    """Save an answer and go on to the next item; on a blind task first show what the model says of this one."""
    answered = item_or_404(item_id)
    chosen = QueueFilter.read(request.POST.dict())
    form = DecisionForm(request.POST, item=answered)
    if not form.is_valid():
        return show(request, item_id, chosen=chosen, form=form, status=422)
    given: dict[str, Any] = form.cleaned_data
    try:
        outcome = decisions.decide(item=answered, by=request.user, now=timezone.now(), **given)
    except REFUSALS as error:
        return conflict(request, answered, chosen, given, error)
    forget_kept(request, page_of(item_id))
    if answered.task.blind and outcome.decision.prediction_seen_id is None:
        return to_item(request, item_id, chosen, answered.task)
    return advance(request, answered.task, chosen)


@require_POST
@keeping_answer
@pharmacist_required
def revise(request: Request, item_id: int) -> HttpResponse:
    """Keep or change a blind answer, now that the model's is in view, and go on to the next item."""
    answered = item_or_404(item_id)
    chosen = QueueFilter.read(request.POST.dict())
    form = DecisionForm(request.POST, item=answered)
    if not form.is_valid():
        return show(request, item_id, chosen=chosen, form=form, status=422)
    given: dict[str, Any] = form.cleaned_data
    given.pop("prediction_seen")
    try:
        decisions.revise(item=answered, by=request.user, now=timezone.now(), **given)
    except REFUSALS as error:
        return conflict(request, answered, chosen, given, error)
    forget_kept(request, page_of(item_id))
    return advance(request, answered.task, chosen)


@require_POST
@keeping_answer
@pharmacist_required
def flag(request: Request, item_id: int) -> HttpResponse:
    """Have a second pharmacist answer it too; the item stays open here."""
    flagged = item_or_404(item_id)
    chosen = QueueFilter.read(request.POST.dict())
    form = SecondOpinionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("No second pharmacist was asked: the request could not be read. Press it again."))
        return show(request, item_id, chosen=chosen, status=422)
    why = form.cleaned_data["comment"] or _("Asks for a second opinion.")
    key = form.cleaned_data["idempotency_key"]
    try:
        ask_second(item=flagged, by=request.user, why=why, idempotency_key=key, now=timezone.now())
    except (HeldByAnother, NoAnswerNeeded) as error:
        messages.warning(request, worded(error))
        return show(request, item_id, chosen=chosen, status=409)
    forget_kept(request, page_of(item_id))
    messages.success(request, _("A second pharmacist is asked. Your own answer still counts."))
    return to_item(request, item_id, chosen)


@require_POST
@pharmacist_required
def skip(request: Request, item_id: int) -> HttpResponse:
    skipped = item_or_404(item_id)
    decisions.skip(item=skipped, by=request.user, now=timezone.now())
    return advance(request, skipped.task, QueueFilter.read(request.POST.dict()))


@require_POST
@pharmacist_required
def take(request: Request, item_id: int) -> HttpResponse:
    """Hold this very item, when nobody else does."""
    taken = item_or_404(item_id)
    claim(item=taken, reviewer=request.user, now=timezone.now())
    return to_item(request, item_id, QueueFilter.read(request.POST.dict()))


@require_POST
@pharmacist_required
def lease(request: Request, item_id: int) -> HttpResponse:
    """The browser says that its person is still at it."""
    held = item_or_404(item_id)
    kept = extend_lease(item=held, reviewer=request.user, now=timezone.now())
    return render(request, "review/_lease.html", {"item": held, "is_mine": kept})
