"""What the lead does with many statements at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ledger.models import Task
from review.actions.assign import Assigned, assign
from review.actions.reopen import ReopenedMany
from review.actions.reopen import reopen_many as reopen
from review.actions.requeue import Asking, Requeued, requeue
from review.filters import LedgerFilter
from review.models import LooksAgain
from review.permissions import Request, lead_required
from review.queries.ledger_page import all_found, of_this_task
from review.queries.wanted import Wanted, want
from review.search_forms import BulkForm, ReopenManyForm
from review.views.adjudication import written
from review.views.queue import see_other

Given = dict[str, Any]
"""What the form says, checked."""


@require_POST
@lead_required
def requeue_many(request: Request, task: str) -> HttpResponse:
    """Put statements into the queue, or back into it."""

    def do(wanted: Wanted, statements: list[int], asking: Asking, given: Given) -> Iterator[str]:
        return said_of_requeued(
            requeue(task=wanted.task, statements=statements, asking=asking, now=timezone.now()), asking
        )

    return _with_chosen(request, task, do)


@require_POST
@lead_required
def assign_many(request: Request, task: str) -> HttpResponse:
    """Give statements to one person, or to everybody again."""

    def do(wanted: Wanted, statements: list[int], asking: Asking, given: Given) -> Iterator[str]:
        to = given["to"]
        return said_of_assigned(
            assign(task=wanted.task, statements=statements, to=to, asking=asking, now=timezone.now()), asking, to
        )

    return _with_chosen(request, task, do)


@require_POST
@lead_required
def reopen_many(request: Request, task: str) -> HttpResponse:
    """Have settled statements looked at again, also those that two people or an adjudicator settled."""

    def do(wanted: Wanted, statements: list[int], asking: Asking, given: Given) -> Iterator[str]:
        to = LooksAgain(given["looks"])
        done = reopen(
            task=wanted.task, statements=statements, by=request.user, to=to, reason=written(to, given["note"]),
            idempotency_key=given["idempotency_key"], now=timezone.now(),
        )  # fmt: skip
        return said_of_reopened(done)

    return _with_chosen(request, task, do, ReopenManyForm)


def _with_chosen(
    request: Request,
    task: str,
    do: Callable[[Wanted, list[int], Asking, Given], Iterator[str]],
    read: type[BulkForm] = BulkForm,
) -> HttpResponse:
    """Do it with the ticked statements or with all the filter finds, and say on the next page what was done."""
    shown = get_object_or_404(Task, slug=task)
    chosen = LedgerFilter.read(request.POST.dict())
    address = f"{reverse('review:ledger', args=[shown.slug])}?{chosen.query}"
    form = read(request.POST)
    wanted = want(shown, chosen)
    trouble = wanted.trouble or (
        "" if form.is_valid() else " ".join(str(error) for errors in form.errors.values() for error in errors)
    )
    if not trouble and wanted.model is None:
        trouble = _("No model is live for this task, so there is no answer to review.")
    if trouble or wanted.model is None:
        messages.warning(request, trouble)
        return see_other(address)
    given = form.cleaned_data
    statements = (
        all_found(wanted, reader=request.user) if given["which"] == "all" else of_this_task(wanted, given["statement"])
    )
    if not statements:
        messages.warning(request, _("Nothing was chosen. Tick statements, or choose all that were found."))
        return see_other(address)
    asking = Asking(by=request.user, model=wanted.model, other=wanted.other, note=given["note"])
    messages.info(request, " ".join(do(wanted, statements, asking, given)))
    return see_other(address)


def said_of_requeued(done: Requeued, asking: Asking) -> Iterator[str]:
    n = done.n_added
    yield ngettext("%(n)s statement was put into the queue.", "%(n)s statements were put into the queue.", n) % {"n": n}
    if n := done.n_reopened:
        yield ngettext("%(n)s was opened for a second look.", "%(n)s were opened for a second look.", n) % {"n": n}
    if n := done.n_waiting:
        yield ngettext("%(n)s was waiting already.", "%(n)s were waiting already.", n) % {"n": n}
    yield from _said_of_unread(done.n_unread, asking)
    if n := done.n_in_adjudication:
        yield ngettext("Passed over: %(n)s in adjudication.", "Passed over: %(n)s in adjudication.", n) % {"n": n}
    if n := done.n_answered_twice:
        yield ngettext(
            "Passed over: %(n)s that two people or an adjudicator have settled.",
            "Passed over: %(n)s that two people or an adjudicator have settled.",
            n,
        ) % {"n": n}


def said_of_reopened(done: ReopenedMany) -> Iterator[str]:
    n = done.n_reopened
    yield ngettext("%(n)s statement is open again.", "%(n)s statements are open again.", n) % {"n": n}
    if n := done.n_not_settled:
        yield ngettext("Passed over: %(n)s that is not settled.", "Passed over: %(n)s that are not settled.", n) % {
            "n": n
        }
    if n := done.n_unanswered:
        yield ngettext(
            "Passed over: %(n)s that nobody answered by itself, so that there is nothing to adjudicate.",
            "Passed over: %(n)s that nobody answered by themselves, so that there is nothing to adjudicate.",
            n,
        ) % {"n": n}
    if n := done.n_answered_by_all:
        yield ngettext(
            "Passed over: %(n)s that everybody who may answer has answered.",
            "Passed over: %(n)s that everybody who may answer has answered.",
            n,
        ) % {"n": n}
    if n := done.n_not_queued:
        yield ngettext(
            "Passed over: %(n)s that is not in the queue.", "Passed over: %(n)s that are not in the queue.", n
        ) % {"n": n}


def said_of_assigned(done: Assigned, asking: Asking, to: User | None) -> Iterator[str]:
    n = done.n_assigned
    if to is None:
        yield ngettext("%(n)s item is everybody's again.", "%(n)s items are everybody's again.", n) % {"n": n}
    else:
        yield ngettext("%(n)s item is now for %(name)s.", "%(n)s items are now for %(name)s.", n) % {
            "n": n, "name": to.get_username(),
        }  # fmt: skip
    if n := done.n_added:
        yield ngettext(
            "%(n)s of them was put into the queue for it.", "%(n)s of them were put into the queue for it.", n
        ) % {"n": n}
    yield from _said_of_unread(done.n_unread, asking)
    if n := done.n_held:
        yield ngettext(
            "Passed over: %(n)s that somebody has open now.", "Passed over: %(n)s that somebody has open now.", n
        ) % {"n": n}
    if n := done.n_not_waiting:
        yield ngettext(
            "Passed over: %(n)s that waits for no answer.", "Passed over: %(n)s that wait for no answer.", n
        ) % {"n": n}
    if n := done.n_answered:
        yield ngettext(
            "Passed over: %(n)s that this person has answered.", "Passed over: %(n)s that this person has answered.", n
        ) % {"n": n}


def _said_of_unread(n: int, asking: Asking) -> Iterator[str]:
    if n:
        yield ngettext(
            "Passed over: %(n)s that model %(number)s has not read.",
            "Passed over: %(n)s that model %(number)s has not read.",
            n,
        ) % {"n": n, "number": asking.model.number}
