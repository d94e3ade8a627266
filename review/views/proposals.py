"""What waits for a second person's word, and that word."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import Proposal
from ledger.record.promotions import AlreadyCurrent, RollBackHasMoved
from ledger.record.proposals import AlreadyAnswered, OwnProposal, answer_proposal
from review.people_forms import AnswerForm
from review.permissions import Request, lead_required
from review.queries.proposals import get_proposal, proposals_page
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@lead_required
def proposals(request: Request) -> HttpResponse:
    return render(request, "review/proposals.html", {"page": proposals_page(request.user)})


@require_POST
@lead_required
def answer(request: Request, proposal_id: int) -> HttpResponse:
    """Approve, and have it done in the same moment, or decline."""
    try:
        proposal = get_proposal(proposal_id)
    except Proposal.DoesNotExist as error:
        raise Http404("There is no such proposal.") from error
    form = AnswerForm(request.POST)
    if not form.is_valid():
        context = {"page": proposals_page(request.user), "form": form, "form_of": proposal.pk}
        return render(request, "review/proposals.html", context, status=422)
    try:
        given = answer_proposal(
            proposal=proposal,
            by=request.user,
            approves=form.cleaned_data["answer"] == AnswerForm.APPROVE,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except (OwnProposal, AlreadyAnswered, AlreadyCurrent, RollBackHasMoved) as error:
        messages.warning(request, worded(error))
    else:
        said = _("approved and done") if given.approves else _("declined")
        messages.success(request, _("Proposal %(number)s: %(answer)s.") % {"number": proposal.pk, "answer": said})
    return see_other(reverse("review:proposals"))


def to_proposals(request: Request, proposal: Proposal) -> HttpResponse:
    """Where somebody who wanted a thing done alone reads that another lead has to approve it."""
    messages.info(
        request,
        _("Proposal %(number)s is made: %(act)s. Another lead has to approve it.")
        % {"number": proposal.pk, "act": proposal.get_act_display()},
    )
    return see_other(reverse("review:proposals"))
