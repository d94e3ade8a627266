"""What the answers of a task mean."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ledger.models import Task
from review.permissions import Request, role_required


@require_safe
@role_required
def guideline(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    return render(request, "review/guideline.html", {"task": shown, "labels": list(shown.labels.all())})
