"""What workers do: list, one run with live progress, cancel, resume, build the queue."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.models import Run, Task
from ledger.record import runs as record
from review.charts.rounds import losses as losses_figure
from review.filters import key_in
from review.permissions import Request, lead_required
from review.queries.runs import PAGE, RunProgress, crew, latest_runs, progress_of_run
from review.views.opening import opened_or_told, to_opened
from review.views.queue import see_other, wants_fragment
from review.wording import worded


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The figure as JSON text, and its numbers: step, training loss, validation loss."""

    figure: str
    rows: list[tuple[int, float | None, float | None]]


READ = ("task", "round", "model_version", "requested_by")


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@lead_required
def run_list(request: Request) -> HttpResponse:
    before = key_in(request.GET.dict(), "before")
    runs = list(latest_runs(before))
    context = {
        "runs": runs,
        "crew": crew(),
        "more": runs[-1].pk if len(runs) == PAGE else None,
        "is_live": before is None and any(run.is_active for run in runs),
        "tasks": list(Task.objects.all()),
    }
    return render(request, "review/_runs.html" if wants_fragment(request) else "review/runs.html", context)


@never_cache
@require_safe
@lead_required
def run(request: Request, run_id: int) -> HttpResponse:
    return show(request, run_id, "review/run.html")


@never_cache
@require_safe
@lead_required
def run_progress(request: Request, run_id: int) -> HttpResponse:
    """What the run's page asks for every two seconds while the run is active."""
    return show(request, run_id, "review/_run.html")


@never_cache
@require_safe
@lead_required
def run_losses(request: Request, run_id: int) -> HttpResponse:
    """The numbers of the loss curve, asked for while a training runs."""
    return show(request, run_id, "review/_loss_rows.html")


def show(request: Request, run_id: int, template: str) -> HttpResponse:
    shown = get_object_or_404(Run.objects.select_related(*READ), pk=run_id)
    progress = progress_of_run(shown, timezone.now())
    return render(request, template, {"progress": progress, "losses": losses_of(progress)})


def losses_of(progress: RunProgress) -> LossCurve:
    """A training's loss curve as a page shows it: the figure as JSON, and the same numbers by step."""
    training, validation = dict(progress.losses), dict(progress.validation_losses)
    figure = losses_figure(
        progress.losses,
        progress.validation_losses,
        (_("training"), _("validation, after each epoch")),
        _("step"),
        _("loss, nats per example"),
    )
    steps = sorted({*training, *validation})
    return LossCurve(json.dumps(figure), [(step, training.get(step), validation.get(step)) for step in steps])


@require_POST
@lead_required
def cancel_run(request: Request, run_id: int) -> HttpResponse:
    shown = get_object_or_404(Run, pk=run_id)
    try:
        record.request_cancel(run=shown, now=timezone.now())
    except record.NotActive as error:
        messages.warning(request, worded(error))
    return see_other(reverse("review:run", args=[run_id]))


@require_POST
@lead_required
def resume_run(request: Request, run_id: int) -> HttpResponse:
    shown = get_object_or_404(Run, pk=run_id)
    opened_or_told(request, lambda: record.resume(run=shown, now=timezone.now()))
    return see_other(reverse("review:run", args=[run_id]))


@require_POST
@lead_required
def build_queue(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    return to_opened(
        request,
        lambda: record.open_queue_build(task=shown, by=request.user, now=timezone.now()),
        otherwise=reverse("review:runs"),
    )
