"""Who takes part: the list, an invitation, one person's roles, and the end of their part."""

from __future__ import annotations

from smtplib import SMTPException

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from review.actions.invite import invitation_path, mail_invitation, mails_are_sent
from review.actions.invite import invite as add_person
from review.actions.set_roles import LastLead
from review.actions.set_roles import activate as let_in
from review.actions.set_roles import deactivate as let_go
from review.actions.set_roles import set_roles as give_roles
from review.people_forms import InviteForm, RolesForm
from review.permissions import Request, lead_required
from review.queries.people import person_rows
from review.queries.tasks import changes_of
from review.views.queue import see_other
from review.wording import worded


@never_cache
@require_safe
@lead_required
def people(request: Request) -> HttpResponse:
    return show(request, InviteForm(initial={"roles": ["pharmacist"]}))


def show(request: Request, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {
        "rows": person_rows(timezone.now()),
        "form": form,
        "mails": mails_are_sent(),
        "changes": list(changes_of(User)),
    }
    return render(request, "review/people.html", context, status=status)


@require_POST
@lead_required
def invite(request: Request) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    invited = add_person(by=request.user, **form.cleaned_data)
    try:
        if mail_invitation(user=invited, absolute=request.build_absolute_uri):
            messages.success(request, _("The link was mailed to %(address)s.") % {"address": invited.email})
    except (OSError, SMTPException):
        messages.warning(request, _("The mail server did not take the link; hand it over yourself."))
    return to_person(invited)


@never_cache
@require_safe
@lead_required
def person(request: Request, person_id: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=person_id)
    (row,) = person_rows(timezone.now(), pk=shown.pk)
    waits = shown.is_active and not row.has_joined
    context = {
        "row": row,
        "person": shown,
        "form": RolesForm(initial={"roles": row.roles}),
        "link": request.build_absolute_uri(invitation_path(shown)) if waits else "",
        "changes": list(changes_of(User, shown)),
    }
    return render(request, "review/person.html", context)


@require_POST
@lead_required
def set_roles(request: Request, person_id: int) -> HttpResponse:
    changed = get_object_or_404(User, pk=person_id)
    form = RolesForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("There is no such role. Choose among those on the page."))
        return to_person(changed)
    try:
        give_roles(person=changed, roles=form.cleaned_data["roles"], by=request.user)
        messages.success(request, _("The roles of %(name)s are saved.") % {"name": changed.get_username()})
    except LastLead as error:
        messages.warning(request, worded(error))
    return to_person(changed)


@require_POST
@lead_required
def deactivate(request: Request, person_id: int) -> HttpResponse:
    ended = get_object_or_404(User, pk=person_id)
    try:
        let_go(person=ended, by=request.user)
        messages.success(
            request,
            _("%(name)s cannot sign in any more. What they had open is free again; what they answered stays.")
            % {"name": ended.get_username()},
        )
    except LastLead as error:
        messages.warning(request, worded(error))
    return to_person(ended)


@require_POST
@lead_required
def activate(request: Request, person_id: int) -> HttpResponse:
    back = get_object_or_404(User, pk=person_id)
    let_in(person=back, by=request.user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": back.get_username()})
    return to_person(back)


def to_person(person: User) -> HttpResponse:
    return see_other(reverse("review:person", args=[person.pk]))
