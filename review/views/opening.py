"""What pages that open work have in common: a refusal is a sentence on the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from ledger.models import Round, Run
from ledger.record.ensembles import NotJoinable
from ledger.record.runs import AlreadyActive, NothingToPredict, NotResumable
from review.actions.open_run import BrokerIsDown, announced
from review.permissions import Request
from review.views.queue import see_other
from review.wording import worded

T = TypeVar("T")


def opened_or_told(request: Request, open_run: Callable[[], T]) -> T | None:
    """What `open_run` gives; None when it cannot be, or nobody could be woken for it, and the person is told why."""
    try:
        return announced(open_run)
    except (AlreadyActive, NothingToPredict, NotJoinable, NotResumable, BrokerIsDown) as error:
        messages.warning(request, worded(error))
        return None


def to_opened(request: Request, open_work: Callable[[], Run | Round], *, otherwise: str) -> HttpResponse:
    """The way to the page of the run or round that `open_work` opens; `otherwise` where it could not be."""
    opened = opened_or_told(request, open_work)
    if opened is None:
        return see_other(otherwise)
    return see_other(reverse("review:run" if isinstance(opened, Run) else "review:round", args=[opened.pk]))
