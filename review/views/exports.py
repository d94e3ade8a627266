"""Curated labels out: choose what, as of when and in which form; count, download, and the manifest of the download."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import Approval, Corpus, Proposal, Task
from ledger.record.proposals import NoReasonGiven, ProposedByAnother
from review.actions.propose import propose_or_do
from review.export.form import ExportForm
from review.export.formats import FORMATS, Format
from review.export.label_studio import configuration
from review.export.manifest import as_bytes
from review.filters import Selection
from review.permissions import Request, lead_required
from review.queries.exports import as_of_facts, export_choices, gold_id_at, n_gold
from review.queries.proposals import approved_export
from review.views.proposals import to_proposals
from review.views.queue import see_other
from review.wording import worded


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address or a form asks for: which rows, and in which form."""

    selection: Selection
    format: Format

    @property
    def parameters(self) -> dict[str, object]:
        """As a proposal keeps it."""
        return {"format": self.format.name, **self.selection.parameters}

    @property
    def fields(self) -> list[tuple[str, object]]:
        """As an address names it: with the newest label's id, so that it stands for the same rows for ever."""
        given = {"task": self.selection.chosen.task.slug, **self.parameters, "gold": self.selection.gold_id}
        return [(name, value) for name, value in given.items() if name != "gold_id" and value not in (None, "")]


def asked_in(form: ExportForm) -> Asked | None:
    """None when the form does not stand for an export, or names a moment or a label that has not come."""
    chosen = form.chosen()
    if chosen is None or (form.moment is not None and form.moment > timezone.now()):
        return None
    gold_id = form.cleaned_data["gold"]
    if gold_id is None:
        gold_id = gold_id_at(chosen.task, form.moment)
    elif gold_id > gold_id_at(chosen.task, None):
        return None
    return Asked(Selection(chosen, gold_id), form.format_asked)


@never_cache
@require_safe
@lead_required
def exports(request: Request) -> HttpResponse:
    form = ExportForm(request.GET or {"task": first_task()})
    asked = asked_in(form)
    return show(request, form, asked, status=200 if asked or not request.GET else 400)


def first_task() -> str:
    """The first task that has something to export from, if one has."""
    slugs = Task.objects.values_list("slug", flat=True)
    return slugs.filter(pk__in=Corpus.objects.values("task")).first() or slugs.first() or ""


def show(request: Request, form: ExportForm, asked: Asked | None, status: int) -> HttpResponse:
    context = {
        "form": form,
        "choices": export_choices(),
        "formats": list(FORMATS.values()),
        "asked": asked,
    }
    if asked is not None:
        task = asked.selection.chosen.task
        context |= {
            "n_rows": n_gold(asked.selection),
            "file_name": asked.format.file_name(asked.selection),
            "as_of": as_of_facts(asked.selection.gold_id),
            "approval": approval_of(task, asked),
            "configuration": configuration(list(task.labels.all())) if asked.format.name == "label-studio" else "",
        }
    return render(request, "review/exports.html", context, status=status)


def approval_of(task: Task, asked: Asked) -> Approval | None:
    """The second person's word that lets this export out, where the task wants one."""
    return approved_export(task, asked.parameters) if task.two_person_rule else None


@never_cache
@require_safe
@lead_required
def gold_download(request: Request) -> HttpResponseBase:
    asked = asked_in(ExportForm(request.GET))
    if asked is None:
        return unreadable()
    task = asked.selection.chosen.task
    if task.two_person_rule and approval_of(task, asked) is None:
        return HttpResponseForbidden(_("This task has the two-person rule: propose the export on the export page."))
    response = StreamingHttpResponse(asked.format.parts(asked.selection), content_type=asked.format.content_type)
    response["Content-Disposition"] = f'attachment; filename="{asked.format.file_name(asked.selection)}"'
    return response


@never_cache
@require_safe
@lead_required
def gold_manifest(request: Request) -> HttpResponse:
    """What the download holds, with its hash; takes as long as the download does."""
    asked = asked_in(ExportForm(request.GET))
    if asked is None:
        return unreadable()
    response = HttpResponse(as_bytes(asked.format.manifest(asked.selection)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{asked.format.file_name(asked.selection)}.manifest.json"'
    return response


def unreadable() -> HttpResponse:
    return HttpResponseBadRequest(_("This choice cannot be read; choose again on the export page."))


@require_POST
@lead_required
def propose_export(request: Request) -> HttpResponse:
    """Ask another lead to let an export out; where the task does not want that, the way to the download."""
    form = ExportForm(request.POST)
    asked = asked_in(form)
    if asked is None:
        return unreadable()
    chosen = asked.selection.chosen
    address = reverse("review:exports") + "?" + urlencode(asked.fields)
    try:
        proposed = propose_or_do(
            do=lambda: None,
            task=chosen.task,
            act=Proposal.Act.EXPORT,
            by=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            parameters=asked.parameters,
        )
    except NoReasonGiven as error:
        form.add_error("reason", worded(error))
        return show(request, form, asked, status=422)
    except ProposedByAnother as error:
        messages.warning(request, worded(error))
        return see_other(address)
    return see_other(address) if proposed is None else to_proposals(request, proposed)
