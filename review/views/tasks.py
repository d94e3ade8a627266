"""Tasks and their labels: the list, a new one, and the settings of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import Label, Task
from ledger.record.labels import TooFewToLearn, TrainingUnderWay
from ledger.record.proposals import ProposedByAnother
from ledger.record.tasks import (
    ChangedSince,
    KeyIsTaken,
    KindsAreInUse,
    LabelIsInUse,
    NameIsTaken,
    NegativeIsTaken,
    state_of,
)
from review.actions import save_task as actions
from review.permissions import Request, lead_required
from review.queries.tasks import settings_page, tasks_with_labels
from review.task_forms import LabelForm, NewLabelForm, NewTaskForm, TaskForm, label_form
from review.views.proposals import to_proposals
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@lead_required
def tasks(request: Request) -> HttpResponse:
    return render(request, "review/tasks.html", {"tasks": tasks_with_labels()})


@never_cache
@require_safe
@lead_required
def new_task(request: Request) -> HttpResponse:
    return render(request, "review/new_task.html", {"form": NewTaskForm()})


@require_POST
@lead_required
def add_task(request: Request) -> HttpResponse:
    form = NewTaskForm(request.POST)
    if not form.is_valid():
        return render(request, "review/new_task.html", {"form": form}, status=422)
    settings = dict(form.cleaned_data)
    task = actions.add_task(slug=settings.pop("slug"), settings=settings, by=request.user)
    messages.success(request, _("%(task)s is there. Give it its labels now.") % {"task": worded(task.title)})
    return to_settings(task)


@never_cache
@require_safe
@lead_required
def task_settings(request: Request, task: str) -> HttpResponse:
    return show(request, get_object_or_404(Task, slug=task))


def show(
    request: Request, task: Task, *, status: int = 200, refused: dict[int, LabelForm] | None = None, **sent: Any
) -> HttpResponse:
    """The settings page; forms that were `sent`, or `refused` by their label's id, stand for fresh ones."""
    page = settings_page(task)
    context = {
        "page": page,
        "task": task,
        "labels": [(label, (refused or {}).get(label.pk) or label_form(label)) for label in page.labels],
        "form": TaskForm(instance=task),
        "new_label": NewLabelForm(auto_id="new-label-%s"),
        "seen": state_of(task),
        **sent,
    }
    return render(request, "review/task_settings.html", context, status=status)


@require_POST
@lead_required
def save_task(request: Request, task: str) -> HttpResponse:
    changed = get_object_or_404(Task, slug=task)
    form = TaskForm(request.POST, instance=get_object_or_404(Task, slug=task))
    seen = request.POST.get("seen", "")
    if not form.is_valid():
        return show(request, changed, status=422, form=form, seen=seen)
    try:
        proposal = actions.save_task(
            task=changed,
            settings=form.cleaned_data,
            seen=seen,
            by=request.user,
            now=timezone.now(),
            why_lift=_("Switched off on the page of the task's settings."),
        )
    except (ChangedSince, KindsAreInUse, ProposedByAnother) as error:
        form.add_error(None, worded(error))
        return show(request, changed, status=409, form=form)
    messages.success(request, _("The settings of %(task)s are saved.") % {"task": worded(form.cleaned_data["title"])})
    return to_proposals(request, proposal) if proposal else to_settings(changed)


@require_POST
@lead_required
def add_label(request: Request, task: str) -> HttpResponse:
    labelled = get_object_or_404(Task, slug=task)
    form = NewLabelForm(request.POST, auto_id="new-label-%s")
    if form.is_valid():
        try:
            label = actions.add_label(task=labelled, facts=form.cleaned_data, by=request.user)
        except NameIsTaken as error:
            form.add_error("slug", worded(error))
        except KeyIsTaken as error:
            form.add_error("key", worded(error))
        except NegativeIsTaken as error:
            form.add_error("negative", worded(error))
        except TrainingUnderWay as error:
            form.add_error("trainable", worded(error))
        else:
            messages.success(request, _("The label %(label)s is there.") % {"label": worded(label.title)})
            return to_settings(labelled)
    return show(request, labelled, status=422, new_label=form)


@require_POST
@lead_required
def change_label(request: Request, label_id: int) -> HttpResponse:
    label = get_object_or_404(Label.objects.select_related("task"), pk=label_id)
    form = label_form(label, request.POST)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        trainable, seen = facts.pop("trainable"), facts.pop("seen")
        try:
            actions.save_label(label=label, trainable=trainable, facts=facts, seen=seen, by=request.user)
        except KeyIsTaken as error:
            form.add_error("key", worded(error))
        except NegativeIsTaken as error:
            form.add_error("negative", worded(error))
        except (TooFewToLearn, TrainingUnderWay) as error:
            form.add_error("trainable", worded(error))
        except ChangedSince as error:
            form = label_form(label, {**request.POST.dict(), "seen": state_of(label)})
            form.add_error(None, worded(error))
        else:
            messages.success(request, _("The label %(label)s is saved.") % {"label": worded(facts["title"])})
            return to_settings(label.task)
    return show(request, label.task, status=422, refused={label.pk: form})


@require_POST
@lead_required
def remove_label(request: Request, label_id: int) -> HttpResponse:
    label = get_object_or_404(Label.objects.select_related("task"), pk=label_id)
    try:
        actions.remove_label(label=label, by=request.user)
        messages.success(request, _("The label %(label)s is removed.") % {"label": worded(label.title)})
    except (LabelIsInUse, TrainingUnderWay) as error:
        messages.warning(request, worded(error))
    return to_settings(label.task)


def to_settings(task: Task) -> HttpResponse:
    return see_other(reverse("review:task_settings", args=[task.slug]))
