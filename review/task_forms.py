"""What the lead sends about tasks and labels, checked."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.models import Label, Task
from ledger.record.tasks import OF_A_LABEL, SETTINGS, state_of
from review.keys import PAGE_KEYS
from review.presets import presets_of

SHARE = {"step": "any", "min": 0, "max": 1, "inputmode": "decimal"}  # attributes of a field for one


class TaskForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a task is asked and worked on."""

    class Meta:
        model = Task
        fields = SETTINGS
        labels = {
            "title": _("Title"),
            "question": _("Question"),
            "guideline": _("Guideline"),
            "head_kind": _("Kind of the first mention"),
            "tail_kind": _("Kind of the second mention"),
            "doubt_threshold": _("Doubtful below"),
            "pseudo_label_threshold": _("Sure enough to teach from"),
            "audit_share": _("Random audit"),
            "second_opinion_share": _("Second opinions"),
            "blind": _("The model's answer stays hidden until a person has given their own"),
            "pattern_weight": _("Weight of pattern gold"),
            "spot_check_share": _("Spot checks of a pattern"),
            "spot_checks_at_least": _("Spot checks, at least"),
            "two_person_rule": _("Promotions, roll-backs and exports need a second lead's approval"),
            "preset": _("Way of training"),
        }
        help_texts = {
            "question": _("Stands above every sentence."),
            "guideline": _("Shown beside the sentence when a reviewer asks for it."),
            "head_kind": _("For instance drug or gene; it stays once statements were imported."),
            "tail_kind": _("For instance drug or gene; it stays once statements were imported."),
            "doubt_threshold": _("Predictions with a calibrated confidence below this go to a person."),
            "pseudo_label_threshold": _("Predictions at or above this may teach the next model."),
            "audit_share": _("Share of all statements reviewed at random, for honest estimates."),
            "second_opinion_share": _("Share of reviewed statements that two people answer independently."),
            "blind": _("Then it is shown, and the answer may be kept or changed; both are stored."),
            "pattern_weight": _("What gold from a decision about a whole pattern weighs in training; others weigh 1."),
            "spot_check_share": _("Share of a decided pattern's statements that another person answers."),
            "spot_checks_at_least": _("The fewest of them, however small the pattern."),
            "two_person_rule": _("To switch it off again needs a second lead, too."),
            "preset": _("How its models are trained unless a round or a command asks for another way."),
        }
        widgets = {"guideline": forms.Textarea(attrs={"rows": 6}), "question": forms.TextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.FloatField):
                field.widget.attrs |= SHARE
        self._presets = dict(presets_of(self.instance))
        known = [(name, f"{name}, {title}") for name, title in self._presets.items()]
        if self.instance.preset not in dict(known):  # of a version before or after this one
            known.append((self.instance.preset, self.instance.preset))
        self.fields["preset"].widget = forms.Select(choices=known)

    def clean_preset(self) -> str:
        preset: str = self.cleaned_data["preset"]
        if preset not in self._presets and preset != self.instance.preset:
            raise forms.ValidationError(_("There is no such way of training."))
        return preset

    def clean_spot_checks_at_least(self) -> int:
        n: int = self.cleaned_data["spot_checks_at_least"]
        if n > 1_000:
            raise forms.ValidationError(_("A thousand spot checks of one pattern are more than anybody needs."))
        return n


class NewTaskForm(TaskForm):
    """A task that is not there yet: with the name that addresses, files and commands use."""

    class Meta(TaskForm.Meta):
        fields = ("slug", *SETTINGS)  # type: ignore[assignment]
        labels = {**TaskForm.Meta.labels, "slug": _("Short name")}
        help_texts = {
            **TaskForm.Meta.help_texts,
            "slug": _("Lower-case letters, digits and hyphens; addresses, files and commands use it, so it stays."),
        }

    def clean_slug(self) -> str:
        return plain_slug(self.cleaned_data["slug"])


class AnswerForm(forms.Form):
    """What one answer of a task says, how it is given, and whether models learn it."""

    title = forms.CharField(max_length=80, label=_("Title"))
    key = forms.CharField(max_length=1, label=_("Key"))
    meaning = forms.CharField(max_length=400, label=_("Meaning"), widget=forms.Textarea(attrs={"rows": 2}))
    trainable = forms.BooleanField(required=False, label=_("Models learn it"))
    negative = forms.BooleanField(
        required=False,
        label=_("It says that there is no relation"),
        help_text=_("Then it is in no submission and in no score over relation types; at most one label of a task."),
    )
    doubt_threshold = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label=_("Doubtful below"),
        help_text=_("Its own threshold for the queue; empty for the task's."),
        widget=forms.NumberInput(attrs=SHARE),
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].lower()
        if key in PAGE_KEYS:
            raise forms.ValidationError(_("The key %(key)s does something else on every page.") % {"key": key})
        if not re.fullmatch("[a-z0-9]", key):
            raise forms.ValidationError(_("A key is a letter from a to z or a digit."))
        return key


class LabelForm(AnswerForm):
    """A label that is there; its short name was given once and for all."""

    position = forms.IntegerField(min_value=0, max_value=1_000, label=_("Place"))
    seen = forms.CharField(widget=forms.HiddenInput)


class NewLabelForm(AnswerForm):
    """A label that is not there yet; it comes after the others."""

    slug = forms.SlugField(max_length=50, label=_("Short name"))
    field_order = ("title", "slug", "key", "meaning", "trainable", "negative", "doubt_threshold")

    def clean_slug(self) -> str:
        return plain_slug(self.cleaned_data["slug"])


def plain_slug(slug: str) -> str:
    """A name that reads the same in an address, a file's name and a class of the page."""
    if not re.fullmatch("[a-z][a-z0-9-]*", slug):
        raise forms.ValidationError(_("Lower-case letters, digits and hyphens, a letter first."))
    return slug


def label_form(label: Label, data: Any = None) -> LabelForm:
    """The form of a label that is there, filled in; `seen` tells whether somebody changes it meanwhile."""
    names = (*OF_A_LABEL, "trainable")
    filled = {name: getattr(label, name) for name in names} | {"seen": state_of(label)}
    return LabelForm(data, initial=filled, auto_id=f"label-{label.pk}-%s")
