"""Take an answer back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.models import Decision
from ledger.record.decisions import AlreadyAdjudicated, AlreadyWithdrawn, KeyUsedElsewhere
from review.actions import decide
from review.actions.adjudicate import take_back
from review.forms import UndoForm
from review.permissions import Request, role_required
from review.views.queue import see_other
from review.wording import worded


@require_POST
@role_required
def undo(request: Request, decision_id: int) -> HttpResponse:
    """Withdraw one's own answer or adjudication and return to its item; somebody else's does not exist here."""
    own = Decision.objects.filter(reviewer=request.user).select_related("task", "statement")
    decision = own.filter(pk=decision_id).first()
    form = UndoForm(request.POST)
    if decision is None or not form.is_valid():
        raise Http404("There is no such answer of yours.")
    if decision.kind == Decision.Kind.ADJUDICATION:
        return _adjudication_undone(request, decision, form.cleaned_data["idempotency_key"])
    if not request.roles.pharmacist:
        raise PermissionDenied(_("This page is for pharmacists."))
    item = None
    try:
        key = form.cleaned_data["idempotency_key"]
        item = decide.undo(decision=decision, by=request.user, idempotency_key=key, now=timezone.now())
        if item is None:
            messages.info(request, _("Your answer was taken back. Somebody else has the item open now."))
    except (AlreadyWithdrawn, AlreadyAdjudicated, KeyUsedElsewhere) as error:
        messages.warning(request, worded(error))
    if item is not None:
        return see_other(reverse("review:item", args=[item.pk]))
    return see_other(reverse("review:queue", args=[decision.task.slug]))


def _adjudication_undone(request: Request, decision: Decision, key: uuid.UUID) -> HttpResponse:
    if not request.roles.adjudicator:
        raise PermissionDenied(_("This page is for adjudicators."))
    item = None
    try:
        item = take_back(decision=decision, by=request.user, idempotency_key=key, now=timezone.now())
        messages.info(request, _("Your adjudication was taken back. It can be settled again."))
    except (AlreadyWithdrawn, AlreadyAdjudicated, KeyUsedElsewhere) as error:
        messages.warning(request, worded(error))
    if item is not None:
        return see_other(reverse("review:adjudication", args=[item.pk]))
    return see_other(reverse("review:adjudication_list"))
