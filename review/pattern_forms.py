"""What people send about a pattern, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.covering import statements_with
from ledger.models import Label, Pattern, Task
from ledger.record.comments import MOST_CHARACTERS
from review.queries.pattern import SAMPLE


class PatternForm(forms.Form):
    """One answer for a whole pattern: the label is the button, `sample` the statements that were on the page, `shown`
    the label whose exceptions were: only that one can be the answer.
    """

    label = forms.ModelChoiceField(Label.objects.none(), to_field_name="slug")
    comment = forms.CharField(required=False, max_length=MOST_CHARACTERS)
    shown = forms.SlugField(required=False)
    sample = forms.CharField(max_length=20 * SAMPLE)
    idempotency_key = forms.UUIDField()

    def __init__(self, data: Any = None, *, task: Task, pattern: Pattern) -> None:
        super().__init__(data)
        self._statements = statements_with(task, pattern)
        field: Any = self.fields["label"]
        field.queryset = Label.objects.filter(task=task)

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if "label" in given and given["label"].slug != given.get("shown"):
            raise ValidationError(
                _("What this answer would set apart was not on the page. Open the answer, look, and decide then.")
            )
        given.pop("shown", None)
        return given

    def clean_sample(self) -> list[int]:
        """Ids of this pattern's statements; those the page showed."""
        given = str(self.cleaned_data["sample"]).split()
        ids = [int(one) for one in given if one.isdecimal() and len(one) < 19]
        if len(set(ids)) != len(given) or self._statements.filter(pk__in=ids).count() != len(ids):
            raise ValidationError(_("These are no statements of this pattern. Load the page again."))
        return ids


class PatternWithdrawalForm(forms.Form):
    """Why a decision about a pattern is taken back."""

    reason = forms.CharField(
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Say in a sentence why; it is kept with the decision.")},
    )
    idempotency_key = forms.UUIDField()
