"""The discussion of an item: read it, and add to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ledger.record.comments import AnswersAnotherStatement, NothingSaid, add_comment
from review.forms import CommentForm
from review.models import ReviewItem
from review.permissions import Request, role_required
from review.queries.comments import thread_of
from review.views.item_page import item_or_404
from review.views.keeping import forget_kept, keep_over_sign_in, kept_at
from review.views.queue import see_other, wants_fragment
from review.wording import worded


def _page(item_id: int) -> str:
    return reverse("review:comments", args=[item_id])


@never_cache
@vary_on_headers("HX-Request")
@require_safe
@role_required
def comments(request: Request, item_id: int) -> HttpResponse:
    """The thread as it stands; its own page where there is no script to swap it in."""
    return _thread(request, item_or_404(item_id))


@require_POST
@keep_over_sign_in(_page, "text", "answers")
@role_required
def comment(request: Request, item_id: int) -> HttpResponse:
    """Add a comment, or an answer to one; sent twice it stands once."""
    item = item_or_404(item_id)
    form = CommentForm(request.POST, item=item)
    if not form.is_valid():
        return _thread(request, item, form, status=422)
    try:
        add_comment(
            task=item.task,
            statement=item.statement,
            author=request.user,
            text=form.cleaned_data["text"],
            answers=form.cleaned_data["answers"],
            idempotency_key=form.cleaned_data["idempotency_key"],
            now=timezone.now(),
        )
    except (NothingSaid, AnswersAnotherStatement) as error:
        form.add_error(None, worded(error))
        return _thread(request, item, form, status=422)
    forget_kept(request, _page(item_id))
    if wants_fragment(request):
        return _thread(request, item)
    return see_other(_page(item_id))


def typed(request: Request, item_id: int, form: CommentForm | None = None) -> dict[str, Any]:
    """What stands in the comment's field, or in that of the reply it was: refused just now, or kept over a sign-in."""
    sent = request.POST if form else kept_at(request, _page(item_id))
    replied = "" if form and "answers" in form.errors else sent.get("answers", "")
    return {"form": form, "text": sent.get("text", ""), "replied": replied}


def _thread(request: Request, item: ReviewItem, form: CommentForm | None = None, status: int = 200) -> HttpResponse:
    context = {"thread": thread_of(item, request.user), "key": uuid.uuid4(), **typed(request, item.pk, form)}
    name = "review/_comments.html" if wants_fragment(request) else "review/comments.html"
    return render(request, name, context, status=status)
