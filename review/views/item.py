"""One item: read it, answer it, put it aside, keep it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.models import Task
from ledger.record.decisions import AlreadyAdjudicated, AlreadyDecided, KeyUsedElsewhere
from ledger.record.revisions import NothingToRevise
from review.actions import decide as decisions
from review.actions.ask_second import ask_second
from review.actions.claim import claim, claim_next, extend_lease
from review.actions.decide import HeldByAnother, NoAnswerNeeded
from review.filters import QueueFilter, may_name
from review.forms import DecisionForm, SecondOpinionForm
from review.models import Preference, ReviewItem
from review.permissions import Request, pharmacist_required
from review.queries.item import get_item, get_item_page
from review.views.keeping import forget_kept, keep_over_sign_in, kept_at
from review.views.queue import see_other, to_next, wants_fragment
from review.wording import worded

REFUSALS = (
    HeldByAnother, NoAnswerNeeded, AlreadyDecided, AlreadyAdjudicated, NothingToRevise, KeyUsedElsewhere,
)  # fmt: skip


def _page(item_id: int) -> str:
    return reverse("review:item", args=[item_id])


keeping_answer = keep_over_sign_in(_page, "label", "comment")


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
    return show(request, item_id, chosen=QueueFilter.read(request.GET.dict()))


def show(
    request: Request,
    item_id: int,
    *,
    chosen: QueueFilter,
    task: Task | None = None,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """An item's page; `task` where it was read already."""
    now = timezone.now()
    try:
        page = get_item_page(item_id, request.user, now, task=task)
    except ReviewItem.DoesNotExist as error:
        raise Http404("There is no such item.") from error
    kept = kept_at(request, _page(item_id))
    context = {
        "page": page,
        "panel": page.panel,
        "task": page.item.task,
        "chosen": chosen,
        "reasons": [one for one in ReviewItem.Reason if may_name(page.item.task, one)],
        "key": uuid.uuid4(),
        "kept": kept,
        "form": form,
        "comment": request.POST.get("comment", "") if status != 200 else kept.get("comment", ""),
        "receipt": None if page.hold == "answered" else page.recent.receipt(now),
        "preference": Preference.of(request.user),
    }
    name = "review/_item.html" if wants_fragment(request) else "review/item.html"
    response = render(request, name, context, status=status)
    if request.method == "GET":
        response["HX-Push-Url"] = request.get_full_path()
    return response


def to_item(request: Request, item_id: int, chosen: QueueFilter, task: Task | None = None) -> HttpResponse:
    """The item's page: at once where htmx waits for it, which saves the browser a second round trip."""
    address = _page(item_id)
    address = f"{address}?{chosen.query}" if chosen else address
    if not wants_fragment(request):
        return see_other(address)
    response = show(request, item_id, chosen=chosen, task=task)
    response["HX-Push-Url"] = address
    return response


def advance(request: Request, task: Task, chosen: QueueFilter) -> HttpResponse:
    """On to the next item: it is claimed and comes with this very answer, so nobody waits for it."""
    if wants_fragment(request):
        following = claim_next(reviewer=request.user, task=task, now=timezone.now(), chosen=chosen)
        if following is not None:
            return to_item(request, following.pk, chosen, task)
    return to_next(request, task, chosen)


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
    forget_kept(request, _page(item_id))
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
    forget_kept(request, _page(item_id))
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
    forget_kept(request, _page(item_id))
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
