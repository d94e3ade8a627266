"""A task at a glance: five charts, each with a table of the same numbers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.models import Task
from review.charts import dashboard as charts
from review.permissions import Request, role_required
from review.queries.dashboard import dashboard as figures_of
from review.queries.home import tasks_with_statements


@never_cache
@require_safe
@role_required
def dashboard(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    found = figures_of(shown, timezone.now(), for_lead=request.roles.lead)
    figures = {
        "confidence": charts.confidence_histogram(
            found.confidence, found.labels, _("calibrated confidence"), _("predictions")
        ),
        "flags": charts.flags_by_reason(found.flags, _("flags")),
        "gold": charts.gold_by_source(found.gold, found.answers, _("gold labels")),
        "days": charts.progress_by_day(found.days, _("day"), _("answers")),
        "rounds": charts.score_by_round(
            [
                (number, view, f1 if found.scores_relations else accuracy)
                for number, view, _n, accuracy, f1 in found.rounds
            ],
            _("round"),
            _("micro-F1 of relations, 0 to 1") if found.scores_relations else _("accuracy, 0 to 1"),
        ),
    }
    context = {"task": shown, "tasks": tasks_with_statements(), "found": found, "figures": figures}
    return render(request, "review/dashboard.html", context)
