"""What people send, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.models import GoldLabel, Label, Prediction, Task
from review.filters import GoldFilter
from review.models import ReviewItem

LONGEST_COMMENT = 2_000  # characters
LONGEST_TIME = 24 * 3600.0  # seconds


class DecisionForm(forms.Form):
    """One answer: the label is the button that was pressed."""

    label = forms.ModelChoiceField(Label.objects.none(), to_field_name="slug")
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    prediction_seen = forms.ModelChoiceField(Prediction.objects.none(), required=False)
    seconds_spent = forms.FloatField(required=False, min_value=0, max_value=LONGEST_TIME)
    idempotency_key = forms.UUIDField()

    def __init__(self, data: Any = None, *, item: ReviewItem) -> None:
        super().__init__(data)
        self._field("label").queryset = Label.objects.filter(task=item.task_id)
        self._field("prediction_seen").queryset = Prediction.objects.filter(statement=item.statement_id)

    def _field(self, name: str) -> Any:
        return self.fields[name]


class AdjudicationForm(forms.Form):
    """The answer that settles a disagreement, with the reason others will read."""

    label = forms.ModelChoiceField(Label.objects.none(), to_field_name="slug")
    comment = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_COMMENT,
        error_messages={"required": _("Say in a sentence why this answer is right; both reviewers will read it.")},
    )
    idempotency_key = forms.UUIDField()

    def __init__(self, data: Any = None, *, item: ReviewItem) -> None:
        super().__init__(data)
        field: Any = self.fields["label"]
        field.queryset = Label.objects.filter(task=item.task_id)


class UndoForm(forms.Form):
    idempotency_key = forms.UUIDField()


class ReasonForm(forms.Form):
    """Why the live model is changed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Give a reason in a sentence; it is kept with the promotion.")},
    )


class ExportForm(forms.Form):
    """Which gold labels to export; empty fields mean all."""

    task = forms.ModelChoiceField(Task.objects.all(), to_field_name="slug", label=_("Task"))
    round = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, label=_("Round"))
    label = forms.SlugField(required=False, label=_("Label"))
    source = forms.ChoiceField(
        required=False, choices=[("", _("all sources")), *GoldLabel.Source.choices], label=_("Source")
    )

    def chosen(self) -> GoldFilter | None:
        """The filter the form stands for; None when it does not stand for one."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return GoldFilter(task=given["task"], round=given["round"], label=given["label"], source=given["source"])
