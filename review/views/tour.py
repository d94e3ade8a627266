"""Two minutes on a practice item, for a first visit; nothing that is tried here is saved."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ledger.models import Task
from review.filters import key_in
from review.models import Preference
from review.permissions import Request, role_required
from review.practice import HEAD, STEPS, TAIL, practice_sentence


@require_safe
@role_required
def tour(request: Request) -> HttpResponse:
    """One of five steps; the practice answer travels in the address, so that nothing is written."""
    asked = request.GET.dict()
    step = min(max(key_in(asked, "step") or 1, 1), STEPS)
    task = Task.objects.first()
    labels = list(task.labels.all()) if task else []
    context = {
        "step": step,
        "steps": range(1, STEPS + 1),
        "before": step - 1,
        "after": step + 1 if step < STEPS else None,
        "pieces": practice_sentence(),
        "head": HEAD,
        "tail": TAIL,
        "labels": labels,
        "answer": next((label for label in labels if label.slug == asked.get("answer")), None),
        "preference": Preference.of(request.user),
    }
    return render(request, "review/tour.html", context)
