"""Curated labels out: choose, count, download."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from review.export import file_name, gold_csv
from review.forms import ExportForm
from review.permissions import Request, lead_required
from review.queries.exports import export_choices, n_gold


@never_cache
@require_safe
@lead_required
def exports(request: Request) -> HttpResponse:
    choices = export_choices()
    form = ExportForm(request.GET or {"task": choices.tasks[0][0] if choices.tasks else ""})
    chosen = form.chosen()
    context = {
        "form": form,
        "choices": choices,
        "n_rows": n_gold(chosen) if chosen else None,
        "file_name": file_name(chosen) if chosen else "",
        "query": request.GET.urlencode(),
        "task": chosen.task if chosen else None,
    }
    return render(request, "review/exports.html", context, status=200 if chosen or not request.GET else 400)


@never_cache
@require_safe
@lead_required
def gold_download(request: Request) -> HttpResponseBase:
    chosen = ExportForm(request.GET).chosen()
    if chosen is None:
        return HttpResponseBadRequest(_("This choice cannot be read; choose again on the export page."))
    response = StreamingHttpResponse(gold_csv(chosen), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(chosen)}"'
    return response
