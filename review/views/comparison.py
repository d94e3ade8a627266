"""Two model versions side by side, what they say differently, and these statements into the queue."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.models import ModelVersion
from review.actions.requeue import Asking, Requeued, requeue
from review.charts.comparison import by_class
from review.charts.parts import Card
from review.filters import key_in
from review.gate import Part, advise
from review.permissions import Request, lead_required
from review.queries.comparison import Pair, parts_of
from review.queries.flips import flip_page, ids_after
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@lead_required
def comparison(request: Request) -> HttpResponse:
    """Which two, while the address names none; otherwise how they do on the same statements."""
    versions = list(ModelVersion.objects.select_related("task").order_by("task", "-number"))
    asked = request.GET.dict()
    if not asked:
        newest = {"model": str(versions[0].pk), "other": str(versions[1].pk)} if len(versions) > 1 else {}
        return render(request, "review/comparison.html", {"versions": versions, "asked": newest})
    context: dict[str, object] = {"versions": versions, "asked": asked}
    try:
        pair = pair_in(asked)
    except Http404 as error:
        return render(request, "review/comparison.html", {**context, "trouble": str(error)}, status=404)
    parts = parts_of(pair)
    context |= {
        "pair": pair,
        "parts": [(part, card_of(number, part, pair)) for number, part in enumerate(parts)],
        "advice": advise(parts),
    }
    return render(request, "review/comparison.html", context)


def pair_in(asked: Mapping[str, str]) -> Pair:
    """The two versions an address or a form names (one query). Raises Http404 unless they are two of one task."""
    keys = [key_in(asked, name) for name in ("model", "other")]
    found = {
        one.pk: one
        for one in ModelVersion.objects.filter(pk__in=[key for key in keys if key is not None]).select_related(
            "task", "training_set__round", "derived_from"
        )
    }
    versions = [found[key] for key in keys if key in found]
    if len(found) != 2 or len({version.task_id for version in versions}) != 1:
        raise Http404(_("These are not two model versions of one task. Choose two different ones."))
    return Pair(*versions)


def card_of(number: int, part: Part, pair: Pair) -> Card | None:
    """The chart of F1 by class; the table of the same numbers stands beside it."""
    if part.found is None:
        return None
    classes = part.found.classes
    names = (str(pair.this), str(pair.other))
    return Card(
        f"figure-part-{number}",
        _("F1 by class, %(part)s") % {"part": part.name},
        # xgettext:no-python-format
        _("F1 of each class and model with its 95 % interval; the table has the numbers."),
        by_class(
            [worded(one.label) for one in classes],
            [(one.f1.this, one.f1.this_interval) for one in classes],
            [(one.f1.other, one.f1.other_interval) for one in classes],
            names,
            _("F1, 0 to 1"),
        ),
        [],
        [],
    )


@never_cache
@require_safe
@lead_required
def flips(request: Request) -> HttpResponse:
    asked = request.GET.dict()
    pair, after = pair_in(asked), key_in(asked, "after")
    return render(
        request, "review/comparison_flips.html", {"pair": pair, "page": flip_page(pair, after), "after": after}
    )


@require_POST
@lead_required
def queue_flips(request: Request) -> HttpResponse:
    """Put one page of flips at the front of the queue; the same page again changes nothing."""
    asked = request.POST.dict()
    pair, after = pair_in(asked), key_in(asked, "after")
    statements = list(ids_after(pair, after).values_list("statement", flat=True))
    done = requeue(
        task=pair.this.task,
        statements=statements,
        asking=Asking(by=request.user, model=pair.this, other=pair.other),
        now=timezone.now(),
    )
    messages.success(request, told(done))
    address = f"{reverse('review:flips')}?model={pair.this.pk}&other={pair.other.pk}"
    return see_other(f"{address}&after={after}" if after else address)


def told(done: Requeued) -> str:
    """What became of the statements, in a sentence."""
    n_new = done.n_added + done.n_reopened
    put = ngettext("%(n)s statement put into the queue", "%(n)s statements put into the queue", n_new) % {"n": n_new}
    n_left = done.n_waiting + done.n_in_adjudication
    there = ngettext("%(n)s was there already", "%(n)s were there already", n_left) % {"n": n_left}
    n_settled = done.n_answered_twice
    settled = ngettext("%(n)s is settled by two people", "%(n)s are settled by two people", n_settled) % {
        "n": n_settled
    }
    return "; ".join([put, *([there] if n_left else []), *([settled] if n_settled else [])]) + "."
