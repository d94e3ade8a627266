"""On to the next item: its page is read ahead while a person thinks, and comes in place once they have decided."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.models import Task
from review.actions.claim import claim_next
from review.filters import QueueFilter
from review.models import ReviewItem
from review.permissions import Request, pharmacist_required
from review.queries.following import arrived, item_of, likely_following, stamp_of
from review.views.item_page import address_of, item_page_or_404, page_of, show, to_item
from review.views.keeping import kept_at
from review.views.queue import to_next, wants_fragment

STAMP = "X-Read-Ahead"
"""The header in which the browser says what page it has read ahead, and is told that this very page holds."""


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@pharmacist_required
def following(request: Request, item_id: int) -> HttpResponse:
    """The page of the item that will likely come after this one, as it will stand then.

    Nobody is given it: nothing is written. It is kept by the browser until `advance` says that it holds. 204 where
    there is none, or where this one's answer will be part of it.
    """
    chosen = QueueFilter.read(request.GET.dict())
    shown = ReviewItem.objects.select_related("task", "statement").filter(pk=item_id).first()
    if shown is None or not wants_fragment(request):  # no page to go to: the item itself has one
        raise Http404("There is no such item.")
    now, task = timezone.now(), shown.task
    ahead = likely_following(shown=shown, reviewer=request.user, now=now, chosen=chosen, task=task)
    if ahead is None or kept_at(request, page_of(ahead.pk)):
        return HttpResponse(status=204)
    page = item_page_or_404(request, ahead.pk, task, ahead=True)
    if page.tells_of(shown.statement):
        return HttpResponse(status=204)
    return show(request, ahead.pk, chosen=chosen, page=page, stamp=_stamp(request, ahead, task))


def advance(request: Request, task: Task, chosen: QueueFilter) -> HttpResponse:
    """On to the next item: it is claimed and comes with this very answer, so nobody waits for it.

    Where the browser has read its page ahead only what is new on it comes.
    """
    if wants_fragment(request):
        read = request.headers.get(STAMP, "")
        item = claim_next(reviewer=request.user, task=task, now=timezone.now(), chosen=chosen, preferred=item_of(read))
        if item is not None:
            return (
                _in_place(request, item, chosen, task)
                if read == _stamp(request, item, task)
                else to_item(request, item.pk, chosen, task)
            )
    return to_next(request, task, chosen)


def _in_place(request: Request, item: ReviewItem, chosen: QueueFilter, task: Task) -> HttpResponse:
    now = timezone.now()
    page = arrived(item, request.user, task, now)
    context = {"page": page, "task": task, "chosen": chosen, "receipt": page.recent.receipt(now)}
    response = render(request, "review/_item_arrived.html", context)
    response["HX-Push-Url"] = address_of(item.pk, chosen)
    response[STAMP] = _stamp(request, item, task)
    return response


def _stamp(request: Request, item: ReviewItem, task: Task) -> str:
    return stamp_of(item, task=task, reader=request.user, language=get_language() or "")
