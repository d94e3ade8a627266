"""How far people agree, what the model's answer does to theirs, and how much each of them did."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.csv_cells import formula_safe
from ledger.models import Label, Task
from review.permissions import Request, lead_required, role_required
from review.queries.agreement import agreement_of, causes_of, first_answers
from review.queries.own_agreement import own_agreement
from review.queries.pull import pull_towards_model
from review.queries.throughput import PERIOD, PERIODS, Throughput, Work, throughput

COLUMNS = (
    "reviewer", "period", "answers", "timed_answers", "median_seconds", "active_seconds", "answers_an_active_hour",
)  # fmt: skip


@never_cache
@require_safe
@lead_required
def agreement(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    labels = list(Label.objects.filter(task=shown).order_by("position"))
    answers = first_answers(shown, labels)
    days = period(request)
    context = {
        "task": shown,
        "tasks": list(Task.objects.values_list("slug", "title")),
        "agreement": agreement_of(answers, labels),
        "pull": pull_towards_model(shown, answers, labels),
        "causes": causes_of(shown),
        "people": throughput(now=timezone.now(), days=days, task=shown),
        "days": days,
        "periods": PERIODS,
    }
    return render(request, "review/agreement.html", context)


@never_cache
@require_safe
@lead_required
def reviewers_csv(request: Request, task: str) -> HttpResponse:
    """Everybody's work on the task: in the whole period, then by day."""
    shown = get_object_or_404(Task, slug=task)
    days = period(request)
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in throughput(now=timezone.now(), days=days, task=shown):
        writer.writerows(_rows(one, days))
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reviewers-{shown.slug}-{days}-days.csv"'
    return response


@never_cache
@require_safe
@role_required
def my_statistics(request: Request) -> HttpResponse:
    """One's own figures; nobody else's."""
    days = period(request)
    mine = throughput(now=timezone.now(), days=days, person=request.user)
    context = {
        "mine": mine[0] if mine else None,
        "own": own_agreement(request.user),
        "days": days,
        "periods": PERIODS,
    }
    return render(request, "review/my_statistics.html", context)


def period(request: Request) -> int:
    """The days that the address asks for, or thirty."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(days) for days in PERIODS} else PERIOD


def _rows(one: Throughput, days: int) -> Iterator[list[str]]:
    spans: list[tuple[str, Work]] = [(f"latest {days} days", one.work)]
    spans += [(day.isoformat(), work) for day, work in one.days]
    for span, work in spans:
        median, speed = work.median_seconds, work.answers_an_hour
        yield [
            formula_safe(one.name),
            span,
            str(work.n_answers),
            str(work.n_timed),
            "" if median is None else f"{median:.1f}",
            f"{work.active_seconds:.1f}",
            "" if speed is None else f"{speed:.1f}",
        ]
