"""How a person likes to work, and the tour of a first visit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from review.actions.preferences import finish_tour, set_preferences
from review.forms import PreferenceForm
from review.models import Preference
from review.permissions import Request, signed_in


@never_cache
@require_safe
@signed_in
def preferences(request: Request) -> HttpResponse:
    return _page(request, PreferenceForm())


@require_POST
@signed_in
def save_preferences(request: Request) -> HttpResponse:
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    set_preferences(person=request.user, **form.cleaned_data)
    with translation.override(form.cleaned_data["language"] or translation.get_language()):
        messages.success(request, _("Your preferences are saved."))
    return redirect("review:preferences")


@require_POST
@signed_in
def end_tour(request: Request) -> HttpResponse:
    """The tour was taken, or is not wanted."""
    finish_tour(person=request.user, now=timezone.now())
    return redirect("review:home")


def _page(request: Request, form: PreferenceForm, status: int = 200) -> HttpResponse:
    context = {"preference": Preference.of(request.user), "languages": PreferenceForm.LANGUAGES, "form": form}
    return render(request, "review/preferences.html", context, status=status)
