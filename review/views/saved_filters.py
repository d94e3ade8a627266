"""Searches of the ledger that a person keeps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger.models import Task
from review.actions.save_filter import TooManySaved, remove_filter, save_filter
from review.filters import LedgerFilter
from review.models import SavedFilter
from review.permissions import Request, pharmacist_required
from review.search_forms import SavedFilterForm
from review.views.queue import see_other
from review.wording import worded


@require_POST
@pharmacist_required
def save(request: Request, task: str) -> HttpResponse:
    """Keep the search that the page shows."""
    shown = get_object_or_404(Task, slug=task)
    form = SavedFilterForm(request.POST)
    chosen = LedgerFilter.read(request.POST.dict())
    if form.is_valid():
        try:
            save_filter(
                owner=request.user, task=shown, name=form.cleaned_data["name"], chosen=chosen, now=timezone.now()
            )
        except TooManySaved as error:
            messages.warning(request, worded(error))
    else:
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return see_other(f"{reverse('review:ledger', args=[shown.slug])}?{chosen.query}")


@require_POST
@pharmacist_required
def remove(request: Request, filter_id: int) -> HttpResponse:
    """Forget a search; nobody sees another person's."""
    saved = get_object_or_404(SavedFilter.objects.select_related("task"), pk=filter_id, owner=request.user)
    remove_filter(owner=request.user, saved=saved)
    return see_other(reverse("review:ledger", args=[saved.task.slug]))
