"""What the model looked at: the panel of an item, and the wish for it."""

from __future__ import annotations

from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from redis.exceptions import RedisError

from ledger.enqueue import ask_for_rationale
from review.models import ReviewItem
from review.permissions import Request, pharmacist_required
from review.queries.rationale import may_ask, rationale_panel_now
from review.queries.seeing import model_is_hidden
from review.views.item_page import item_or_404
from review.views.queue import see_other, wants_fragment


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def rationale(request: Request, item_id: int) -> HttpResponse:
    """The panel as it stands; its own page where there is no script to swap it in."""
    return _panel(request, _explainable_or_403(request, item_id))


@require_POST
@pharmacist_required
def explain(request: Request, item_id: int) -> HttpResponse:
    """Ask for the rationale; an item that somebody else has open is theirs to ask about."""
    shown = _explainable_or_403(request, item_id)
    if not may_ask(shown, request.user, timezone.now()):
        raise PermissionDenied(_("Another pharmacist holds this item."))
    with suppress(RedisError):  # the panel says so
        ask_for_rationale(shown.prediction)
    if wants_fragment(request):
        return _panel(request, shown)
    return see_other(reverse("review:rationale", args=[item_id]))


def _explainable_or_403(request: Request, item_id: int) -> ReviewItem:
    """The item, unless what moved the model would give away an answer that this person may not see yet."""
    shown = item_or_404(item_id)
    if model_is_hidden(shown, request.user):
        raise PermissionDenied(_("On a blind task this is shown after your own answer."))
    return shown


def _panel(request: Request, shown: ReviewItem) -> HttpResponse:
    panel = rationale_panel_now(shown, request.user, timezone.now())
    name = "review/_rationale.html" if wants_fragment(request) else "review/rationale.html"
    return render(request, name, {"panel": panel})
