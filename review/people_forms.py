"""What the lead sends about people and their proposals, checked."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """Yes or no to a proposal; a no says why."""

    APPROVE, DECLINE = "approve", "decline"

    answer = forms.ChoiceField(choices=[(APPROVE, _("Approve")), (DECLINE, _("Decline"))])
    reason = forms.CharField(required=False, max_length=500, label=_("Reason"))

    def clean_reason(self) -> str:
        said: str = self.cleaned_data["reason"]
        if self.cleaned_data.get("answer") == self.DECLINE and not said:
            raise forms.ValidationError(_("Say in a sentence why you decline it."))
        return said


ROLES = [
    ("pharmacist", _("Pharmacist: answers items")),
    ("adjudicator", _("Adjudicator: settles disagreements")),
    ("lead", _("Lead: everything, and runs, rounds, models, exports, people")),
]


class RolesForm(forms.Form):
    """Which roles somebody has; none leaves them signed in and without a page."""

    roles = forms.MultipleChoiceField(choices=ROLES, required=False, label=_("Roles"))


class InviteForm(RolesForm):
    """Somebody new: a name to sign in with, where to mail the link, and what they may do."""

    username = forms.CharField(
        max_length=150,
        label=_("Name to sign in with"),
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        required=False, label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def clean_username(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("Somebody has this name already."))
        return name
