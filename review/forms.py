"""What people send, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ledger.models import Comment, DisagreementCause, Label, Prediction
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
    """The answer that settles a disagreement, why people had differed, and the reason they will read."""

    label = forms.ModelChoiceField(Label.objects.none(), to_field_name="slug")
    cause = forms.ChoiceField(
        choices=DisagreementCause.Cause.choices,
        error_messages={"required": _("Choose why they had disagreed; the causes are counted.")},
    )
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


class SecondOpinionForm(forms.Form):
    """Why somebody wants a second opinion; they need not say."""

    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    idempotency_key = forms.UUIDField()


class CommentForm(forms.Form):
    """A contribution to the discussion of an item; `answers` is the one it replies to."""

    text = forms.CharField(
        max_length=LONGEST_COMMENT, error_messages={"required": _("Write something; an empty comment is not kept.")}
    )
    answers = forms.ModelChoiceField(Comment.objects.none(), required=False)
    idempotency_key = forms.UUIDField()

    def __init__(self, data: Any = None, *, item: ReviewItem) -> None:
        super().__init__(data)
        field: Any = self.fields["answers"]
        field.queryset = Comment.objects.filter(task=item.task_id, statement=item.statement_id)


class PreferenceForm(forms.Form):
    """How a person likes to work."""

    LANGUAGES = (("", _("as the browser asks")), *settings.LANGUAGES)

    single_keys = forms.BooleanField(required=False)
    language = forms.ChoiceField(required=False, choices=LANGUAGES)


class UndoForm(forms.Form):
    idempotency_key = forms.UUIDField()


class ReasonForm(forms.Form):
    """Why the live model is changed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Give a reason in a sentence; it is kept with the promotion.")},
    )


PRESETS = (
    ("default", _("the project's: adapts the whole encoder and learns from curated sentences too")),
    ("paper", _("the first paper's: its published configuration, slower")),
    ("relations", _("the project's for relations: reads what is marked by its kind and name, and weighs rare labels")),
    ("paper-relations", _("the second paper's: marks, convolutions and the vectors of both mentions, slowest")),
    ("paper-relations-cls", _("the second paper's plain network, without convolutions")),
)


class RoundForm(forms.Form):
    """How the next model is trained: a preset by name, the project's own without one."""

    preset = forms.ChoiceField(choices=PRESETS, required=False, label=_("Way of training"))
