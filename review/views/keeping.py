"""What somebody typed, kept while they sign in again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from ledger.record.comments import MOST_CHARACTERS
from review.permissions import to_login

KEPT = "kept_over_sign_in"
MOST = 4  # forms kept for one person, the newest
NOTHING: Mapping[str, str] = MappingProxyType({})


def keep_over_sign_in(place: Callable[..., str], *fields: str) -> Callable[..., Any]:
    """Somebody whose session ended while they typed finds it on the page again after signing in.

    `place`: the address of the page that has the form, from what the view's own address names; `fields`: what of the
    form is kept, each cut to what a comment may hold. They come back to the page that they were on.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def keeping(request: HttpRequest, **named: Any) -> HttpResponseBase:
            if request.user.is_authenticated or request.method != "POST":
                return view(request, **named)
            address = place(**named)
            others = {kept: typed for kept, typed in request.session.get(KEPT, {}).items() if kept != address}
            typed = {name: request.POST.get(name, "")[:MOST_CHARACTERS] for name in fields}
            request.session[KEPT] = dict([*others.items(), (address, typed)][-MOST:])
            return to_login(request, _shown_at(request) or address)

        return keeping

    return decorate


def kept_at(request: HttpRequest, address: str) -> Mapping[str, str]:
    """What was kept of the form of the page at this address; empty where nothing was."""
    kept: Mapping[str, str] = request.session.get(KEPT, {}).get(address, NOTHING)
    return kept


def forget_kept(request: HttpRequest, address: str) -> None:
    """It is saved: nothing of it is shown again."""
    if kept_at(request, address):
        request.session[KEPT] = {kept: typed for kept, typed in request.session[KEPT].items() if kept != address}


def _shown_at(request: HttpRequest) -> str | None:
    """The page of this site that htmx sent from; None without htmx."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx.current_url_abs_path if htmx else None
