"""What somebody wants exported, checked."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.models import GoldLabel, Task
from review.export.formats import FORMATS, Format
from review.filters import GoldFilter


class ExportForm(forms.Form):
    """Which gold labels, as of when, in which form; empty fields mean all, now, and CSV."""

    task = forms.ModelChoiceField(Task.objects.all(), to_field_name="slug", label=_("Task"))
    round = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, label=_("Round"))
    label = forms.SlugField(required=False, label=_("Label"))
    source = forms.ChoiceField(
        required=False, choices=[("", _("all sources")), *GoldLabel.Source.choices], label=_("Source")
    )
    format = forms.ChoiceField(
        required=False, choices=[(one.name, one.title) for one in FORMATS.values()], label=_("Format")
    )
    as_of = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
        label=_("As of (UTC)"),
    )
    gold = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    reason = forms.CharField(required=False, max_length=500, label=_("Reason"))

    def chosen(self) -> GoldFilter | None:
        """The filter the form stands for; None when it does not stand for one."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return GoldFilter(task=given["task"], round=given["round"], label=given["label"], source=given["source"])

    @property
    def format_asked(self) -> Format:
        """The form asked for; the form has to be valid."""
        return FORMATS[self.cleaned_data["format"] or "csv"]

    @property
    def moment(self) -> datetime | None:
        """The moment asked for, None for now; the form has to be valid."""
        moment: datetime | None = self.cleaned_data["as_of"]
        return moment
