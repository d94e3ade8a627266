"""What people send from the pages of the ledger, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from review.models import LooksAgain
from review.queries.assignees import assignees

MOST_TICKED = 1_000


class SavedFilterForm(forms.Form):
    """The name under which a search is kept."""

    name = forms.CharField(
        max_length=80,
        error_messages={
            "required": _("Give the search a name to save it under."),
            "max_length": _("A name has at most 80 characters."),
        },
    )


class Ticked(forms.Field):
    """Rows ticked in a list, by their ids."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        given = [one for one in value or [] if one.isdecimal() and len(one) < 19]
        return [int(one) for one in given[:MOST_TICKED]]


class BulkForm(forms.Form):
    """Which statements the lead means, and what is to become of them."""

    which = forms.ChoiceField(choices=[("ticked", "ticked"), ("all", "all")])
    statement = Ticked(required=False)
    note = forms.CharField(required=False, max_length=200)
    to = forms.ModelChoiceField(
        User.objects.none(), required=False, error_messages={"invalid_choice": _("Nobody of that name answers items.")}
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        to: Any = self.fields["to"]
        to.queryset = assignees()


class ReopenManyForm(BulkForm):
    """Which settled statements are to be looked at again, by whom and why."""

    note = forms.CharField(
        max_length=200,
        error_messages={"required": _("Say why they are opened again; it is kept in the discussion of each.")},
    )
    looks = forms.ChoiceField(
        choices=LooksAgain.choices, error_messages={"required": _("Choose who looks at them again.")}
    )
    idempotency_key = forms.UUIDField()
