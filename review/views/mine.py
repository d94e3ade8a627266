"""A person's own answers, each to look at again or to undo."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from review.filters import key_in
from review.permissions import Request, pharmacist_required
from review.queries.mine import own_answers


@never_cache
@require_safe
@pharmacist_required
def my_answers(request: Request) -> HttpResponse:
    after = key_in(request.GET.dict(), "after")
    answers, more = own_answers(request.user, after)
    return render(request, "review/mine.html", {"answers": answers, "more": more, "after": after})
