"""Who may open which page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")
View = Callable[Concatenate["Request", P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Roles:
    """What a signed-in person may do. The lead may do everything; a superuser is a lead."""

    pharmacist: bool
    adjudicator: bool
    lead: bool

    @property
    def any(self) -> bool:
        return self.pharmacist or self.adjudicator or self.lead


class Request(HttpRequest):
    """A request of a signed-in person, as views behind the decorators below receive it."""

    user: User
    htmx: HtmxDetails
    roles: Roles


def roles_of(user: User) -> Roles:
    """One query."""
    groups = set(user.groups.values_list("name", flat=True))
    lead = user.is_superuser or "lead" in groups
    return Roles(pharmacist=lead or "pharmacist" in groups, adjudicator=lead or "adjudicator" in groups, lead=lead)


def to_login(request: HttpRequest, come_back_to: str) -> HttpResponse:
    """The way to the login page and back; htmx is told to leave the page instead of swapping the form in."""
    response = redirect_to_login(come_back_to)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _guarded(allowed: Callable[[Roles], bool], refusal: Callable[[], str]) -> Callable[[View[P]], Any]:
    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                read = request.method in ("GET", "HEAD")
                return to_login(request, request.get_full_path() if read else resolve_url("review:home"))
            signed_in = cast(Request, request)
            signed_in.roles = roles_of(signed_in.user)
            if not allowed(signed_in.roles):
                raise PermissionDenied(refusal())
            return view(signed_in, *args, **kwargs)

        return guarded

    return decorate


signed_in = _guarded(lambda roles: True, lambda: "")
role_required = _guarded(lambda roles: roles.any, lambda: _("This page needs a role. The lead gives roles."))
pharmacist_required = _guarded(lambda roles: roles.pharmacist, lambda: _("This page is for pharmacists."))
adjudicator_required = _guarded(lambda roles: roles.adjudicator, lambda: _("This page is for adjudicators."))
lead_required = _guarded(lambda roles: roles.lead, lambda: _("This page is for the lead."))
