"""The registry of models: list, one of them, promote, roll back, and have it read the statements."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import ModelVersion, Proposal, Task
from ledger.queries import current_model
from ledger.record import promotions, runs
from ledger.record.ensembles import open_joining
from ledger.record.proposals import ProposedByAnother
from review.actions.propose import promote_or_propose, roll_back_or_propose
from review.forms import ReasonForm
from review.gate import advise
from review.permissions import Request, lead_required
from review.queries.comparison import Pair, parts_of
from review.queries.models import has_seed_pairs, joinable, lineage_of, model_rows, promotions_of, scores_on
from review.views.opening import to_opened
from review.views.proposals import to_proposals
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@lead_required
def model_list(request: Request) -> HttpResponse:
    rows = model_rows()
    context = {
        "rows": rows,
        "joinable": joinable(rows),
        "scores_relations": any(row.score and row.score.micro for row in rows),
    }
    return render(request, "review/models.html", context)


@require_POST
@lead_required
def join(request: Request, task: str) -> HttpResponse:
    """Have the chosen models answer together: a worker makes the ensemble and tests it."""
    shown = get_object_or_404(Task, slug=task)
    chosen = ModelVersion.objects.filter(task=shown, pk__in=whole_numbers(request.POST.getlist("model")))
    members = list(chosen.select_related("task", "training_set").order_by("number"))
    return to_opened(
        request,
        lambda: open_joining(task=shown, members=members, by=request.user, now=timezone.now()),
        otherwise=reverse("review:models"),
    )


def whole_numbers(sent: list[str]) -> list[int]:
    """Those of the values that are keys of rows."""
    return [int(one) for one in sent if one.isdecimal() and len(one) < 19]


@never_cache
@require_safe
@lead_required
def model(request: Request, model_id: int) -> HttpResponse:
    return show(request, model_id, ReasonForm())


def show(request: Request, model_id: int, form: ReasonForm, status: int = 200) -> HttpResponse:
    shown = get_object_or_404(
        ModelVersion.objects.select_related("task", "training_set__round", "derived_from"), pk=model_id
    )
    current = current_model(shown.task)
    context = {
        "model": shown,
        "is_current": current is not None and current.pk == shown.pk,
        "current": current,
        "roll_back_to": promotions.roll_back_target(shown.task),
        "scores": scores_on(shown.training_set, shown),
        "lineage": lineage_of(shown),
        "has_seed_pairs": has_seed_pairs(shown.task),
        "advice": advise(parts_of(Pair(shown, current))) if current is not None and current.pk != shown.pk else None,
        "promotions": list(promotions_of(shown.task)[:20]),
        "form": form,
    }
    return render(request, "review/model.html", context, status=status)


@require_POST
@lead_required
def promote(request: Request, model_id: int) -> HttpResponse:
    promoted = get_object_or_404(ModelVersion.objects.select_related("task"), pk=model_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return show(request, model_id, form, status=422)
    try:
        done = promote_or_propose(
            model_version=promoted, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
        )
    except (promotions.AlreadyCurrent, promotions.NeedsSecondPerson, ProposedByAnother) as error:
        messages.warning(request, worded(error))
        return see_other(reverse("review:model", args=[model_id]))
    if isinstance(done, Proposal):
        return to_proposals(request, done)
    messages.success(request, _("Model %(number)s is live now.") % {"number": promoted.number})
    return see_other(reverse("review:model", args=[model_id]))


@require_POST
@lead_required
def roll_back(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    current = current_model(shown)
    form = ReasonForm(request.POST)
    if current is not None and not form.is_valid():
        return show(request, current.pk, form, status=422)
    try:
        moved = roll_back_or_propose(
            task=shown, by=request.user, reason=form.cleaned_data.get("reason", ""), now=timezone.now()
        )
    except (promotions.NothingToRollBackTo, promotions.NeedsSecondPerson, ProposedByAnother) as error:
        messages.warning(request, worded(error))
        return see_other(reverse("review:models"))
    if isinstance(moved, Proposal):
        return to_proposals(request, moved)
    messages.success(request, _("Model %(number)s is live again.") % {"number": moved.model_version.number})
    return see_other(reverse("review:model", args=[moved.model_version_id]))


@require_POST
@lead_required
def infer(request: Request, model_id: int) -> HttpResponse:
    """Have this model read every statement it has not read, or those of pairs that no seed label is about."""
    chosen = get_object_or_404(ModelVersion.objects.select_related("task"), pk=model_id)
    return to_opened(
        request,
        lambda: runs.open_inference(
            task=chosen.task,
            model_version=chosen,
            leave_out_seed="leave_out_seed" in request.POST,
            by=request.user,
            now=timezone.now(),
        ),
        otherwise=reverse("review:model", args=[model_id]),
    )
