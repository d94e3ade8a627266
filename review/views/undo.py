"""Take an answer back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.models import Decision
from ledger.record.decisions import AlreadyAdjudicated, AlreadyWithdrawn, KeyUsedElsewhere
from review.actions import decide
from review.forms import UndoForm
from review.permissions import Request, pharmacist_required
from review.views.queue import see_other
from review.wording import worded


@require_POST
@pharmacist_required
def undo(request: Request, decision_id: int) -> HttpResponse:
    """Withdraw one's own answer and return to its item; somebody else's answer does not exist here."""
    own = Decision.objects.filter(reviewer=request.user).select_related("task", "statement")
    decision = own.filter(pk=decision_id).first()
    form = UndoForm(request.POST)
    if decision is None or not form.is_valid():
        raise Http404("There is no such answer of yours.")
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
