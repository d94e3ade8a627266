"""Wordings many statements share: the list, one of them, the decision about it, and taking that back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import Pattern, PatternDecision, Task
from ledger.record.decisions import KeyUsedElsewhere
from ledger.record.patterns import DecidedOtherwise, NoModelHasRead, NotDecided, NothingLeftToDecide, PatternOutcome
from review.actions import decide_pattern as actions
from review.actions.decide_pattern import NotYourPattern
from review.models import Preference
from review.numerals import whole
from review.pattern_forms import PatternForm, PatternWithdrawalForm
from review.permissions import Request, pharmacist_required
from review.queries.home import tasks_with_statements
from review.queries.pattern import get_pattern, pattern_page
from review.queries.patterns import PatternFilter, pattern_list
from review.views.keeping import forget_kept, keep_over_sign_in, kept_at
from review.views.queue import leave_for
from review.wording import worded


def _page(task: str, pattern_id: int) -> str:
    return reverse("review:pattern", args=[task, pattern_id])


def _page_of_decided(pattern_decision_id: int) -> str:
    decision = PatternDecision.objects.select_related("task").filter(pk=pattern_decision_id).first()
    return _page(decision.task.slug, decision.pattern_id) if decision else reverse("review:home")


@never_cache
@require_safe
@pharmacist_required
def patterns(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    chosen = PatternFilter.read(request.GET.dict())
    found = pattern_list(shown, chosen)
    context = {"task": shown, "tasks": tasks_with_statements(), "chosen": chosen, "found": found}
    return render(request, "review/patterns.html", context)


@never_cache
@require_safe
@pharmacist_required
def pattern(request: Request, task: str, pattern_id: int) -> HttpResponse:
    return show(request, *_found(task, pattern_id))


def show(request: Request, task: Task, shown: Pattern, *, status: int = 200, **forms: Any) -> HttpResponse:
    kept = kept_at(request, _page(task.slug, shown.pk))
    typed = request.POST if request.method == "POST" else kept
    asked = request.GET.get("label") or typed.get("shown", "")
    page = pattern_page(task, shown, request.user, timezone.now(), asked=asked)
    newest = page.newest
    context = {
        "task": task,
        "page": page,
        "key": uuid.uuid4(),
        "withdrawal_key": uuid.uuid4(),
        "may_withdraw": page.is_decided
        and newest is not None
        and (request.roles.lead or newest.reviewer_id == request.user.pk),
        "comment": typed.get("comment", ""),
        "reason": typed.get("reason", ""),
        "kept": kept,
        "preference": Preference.of(request.user),
        **forms,
    }
    return render(request, "review/pattern.html", context, status=status)


@require_POST
@keep_over_sign_in(_page, "shown", "comment")
@pharmacist_required
def decide_pattern(request: Request, task: str, pattern_id: int) -> HttpResponse:
    """Save one answer for the whole pattern and show what came of it."""
    asked, shown = _found(task, pattern_id)
    form = PatternForm(request.POST, task=asked, pattern=shown)
    if not form.is_valid():
        return show(request, asked, shown, status=422, form=form)
    try:
        outcome = actions.decide_pattern(
            task=asked, pattern=shown, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        forget_kept(request, _page(task, pattern_id))
        messages.success(request, _saved(outcome))
    except (NoModelHasRead, DecidedOtherwise, NothingLeftToDecide, KeyUsedElsewhere) as error:
        messages.warning(request, worded(error))
    return leave_for(request, _page(task, pattern_id))


@require_POST
@keep_over_sign_in(_page_of_decided, "reason")
@pharmacist_required
def withdraw_pattern(request: Request, pattern_decision_id: int) -> HttpResponse:
    """Take the decision back; only its own person and the lead may."""
    decision = get_object_or_404(
        PatternDecision.objects.select_related("task", "pattern").filter(label__isnull=False), pk=pattern_decision_id
    )
    form = PatternWithdrawalForm(request.POST)
    if not form.is_valid():
        return show(request, decision.task, decision.pattern, status=422, withdrawal=form)
    try:
        ended = actions.withdraw_pattern(
            decision=decision, by=request.user, is_lead=request.roles.lead, now=timezone.now(), **form.cleaned_data
        )
        forget_kept(request, _page(decision.task.slug, decision.pattern_id))
        messages.success(request, _("Withdrawn. %(n)s labels were taken back.") % {"n": whole(ended.n_statements)})
    except (NotYourPattern, NotDecided, KeyUsedElsewhere) as error:
        messages.warning(request, worded(error))
    return leave_for(request, _page(decision.task.slug, decision.pattern_id))


def _found(task: str, pattern_id: int) -> tuple[Task, Pattern]:
    asked = get_object_or_404(Task, slug=task)
    try:
        return asked, get_pattern(asked, pattern_id)
    except Pattern.DoesNotExist as error:
        raise Http404("There is no such pattern.") from error


def _saved(outcome: PatternOutcome) -> str:
    decision = outcome.decision
    assert decision.label is not None
    saved = ngettext(
        "Saved: %(n)s statement is %(label)s.", "Saved: %(n)s statements are %(label)s.", decision.n_statements
    ) % {"n": whole(decision.n_statements), "label": worded(decision.label.title).lower()}
    n_checks = len(outcome.checked)
    if not n_checks:
        return saved
    checks = ngettext("Somebody else checks %(n)s of them.", "Somebody else checks %(n)s of them.", n_checks) % {
        "n": whole(n_checks)
    }
    return f"{saved} {checks}"
