"""Rounds: list, what the next one would learn from, start it, and what came of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import Round, Task
from ledger.record import runs
from ledger.training_sets import preview
from review.forms import RoundForm
from review.gate import advise
from review.permissions import Request, lead_required
from review.presets import presets_of
from review.queries.comparison import Pair, parts_of
from review.queries.expected import expected_duration
from review.queries.home import tasks_with_statements
from review.queries.rounds import all_rounds, composition_table, round_page
from review.queries.runs import crew, progress_of_run
from review.views.opening import to_opened
from review.views.runs import losses_of


@never_cache
@require_safe
@lead_required
def round_list(request: Request) -> HttpResponse:
    return render(request, "review/rounds.html", {"rounds": all_rounds(), "tasks": tasks_with_statements()})


@never_cache
@require_safe
@lead_required
def new_round(request: Request, task: str) -> HttpResponse:
    """What the next round would learn from, were it started now. Nothing is frozen here."""
    shown = get_object_or_404(Task, slug=task)
    return show_new(request, shown, RoundForm(request.GET, task=shown))


def show_new(request: Request, task: Task, form: RoundForm, status: int = 200) -> HttpResponse:
    corpora = form.chosen_corpora
    composition = preview(task, corpora)
    n_taught, preset = composition.n("train"), form["preset"].value() or task.preset
    presets = presets_of(task)
    context = {
        "task": task,
        "form": form,
        "composition": composition_table(task, composition),
        "corpora": [(name, title, not corpora or name in corpora) for name, title in form.corpora],
        "chosen": corpora,
        "presets": [(name, title, expected_duration(task, name, n_taught), name == preset) for name, title in presets],
        "crew": crew(),
    }
    return render(request, "review/new_round.html", context, status=status)


@require_POST
@lead_required
def start_round(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    form = RoundForm(request.POST, task=shown)
    if not form.is_valid():
        return show_new(request, shown, form, status=422)
    parameters = {
        "preset": form.cleaned_data["preset"] or shown.preset,
        "corpora": form.cleaned_data["corpus"],
    }
    return to_opened(
        request,
        lambda: runs.open_round(task=shown, by=request.user, now=timezone.now(), parameters=parameters),
        otherwise=reverse("review:rounds"),
    )


@never_cache
@require_safe
@lead_required
def round(request: Request, round_id: int) -> HttpResponse:
    page = round_page(get_object_or_404(Round.objects.select_related("task", "opened_by"), pk=round_id))
    progress = progress_of_run(page.run, timezone.now()) if page.run else None
    result = page.result
    pair = Pair(result.made, result.other) if result and result.made and result.other else None
    context = {
        "page": page,
        "progress": progress,
        "losses": losses_of(progress) if progress else None,
        "advice": advise(parts_of(pair)) if pair else None,
    }
    return render(request, "review/round.html", context)
