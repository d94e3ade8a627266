"""What pages that open work have in common: a refusal is a sentence on the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages

from ledger.record.runs import AlreadyActive, NothingToPredict, NotResumable
from review.actions.open_run import BrokerIsDown, announced
from review.permissions import Request

T = TypeVar("T")


def opened_or_told(request: Request, open_run: Callable[[], T]) -> T | None:
    """What `open_run` gives; None when it cannot be, or nobody could be woken for it, and the person is told why."""
    try:
        return announced(open_run)
    except (AlreadyActive, NothingToPredict, NotResumable, BrokerIsDown) as error:
        messages.warning(request, str(error))
        return None
