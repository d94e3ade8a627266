"""What people send, checked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models import Comment, Corpus, DisagreementCause, Label, Prediction, Task
from review.models import LooksAgain, ReviewItem
from review.presets import PRESETS, presets_of
from review.queries.labels import labels_of

LONGEST_COMMENT = 2_000  # characters
LONGEST_TIME = 24 * 3600.0  # seconds


class AtHand(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row by the value that names it; of those read already none is read again."""

    rows: Mapping[str, models.Model] = MappingProxyType({})

    def to_python(self, value: Any) -> Any:
        return self.rows.get(str(value)) or super().to_python(value)


class DecisionForm(forms.Form):
    """One answer: the label is the button that was pressed.

    One query for the labels of a task that has them not read yet, one more where the page showed another prediction
    than the item asks about.
    """

    label = AtHand(Label.objects.none(), to_field_name="slug")
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    prediction_seen = AtHand(Prediction.objects.none(), required=False)
    seconds_spent = forms.FloatField(required=False, min_value=0, max_value=LONGEST_TIME)
    idempotency_key = forms.UUIDField()

    def __init__(self, data: Any = None, *, item: ReviewItem) -> None:
        super().__init__(data)
        self._field("label").rows = {label.slug: label for label in labels_of(item.task)}
        self._field("prediction_seen").rows = {str(item.prediction_id): item.prediction}
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


class ReopenForm(forms.Form):
    """Who looks again at a settled item, and why; the reason is kept in its discussion."""

    to = forms.ChoiceField(choices=LooksAgain.choices, error_messages={"required": _("Choose who looks at it again.")})
    reason = forms.CharField(
        max_length=LONGEST_COMMENT - 100,  # a few words about the reopening stand before it
        error_messages={"required": _("Say in a sentence why it is opened again; it is kept in the discussion.")},
    )
    idempotency_key = forms.UUIDField()


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


class RoundForm(forms.Form):
    """How the next model is trained: a preset by name, the task's own without one; and on which corpora's gold.

    Without a corpus it is trained on the gold of all.
    """

    preset = forms.ChoiceField(choices=PRESETS, required=False, label=_("Way of training"))
    corpus = forms.MultipleChoiceField(required=False, label=_("Corpora whose gold is used"))

    def __init__(self, data: Any = None, *, task: Task) -> None:
        super().__init__(data)
        ways: Any = self.fields["preset"]
        ways.choices = presets_of(task)
        field: Any = self.fields["corpus"]
        field.choices = [(one.name, one.title) for one in Corpus.objects.filter(task=task)]

    @property
    def chosen_corpora(self) -> list[str]:
        """The corpora sent, without those that are none of the task's; none is all."""
        known = {name for name, _ in self.corpora}
        return [name for name in self["corpus"].value() or () if name in known]

    @property
    def corpora(self) -> list[tuple[str, str]]:
        """The task's corpora: name and title."""
        field: Any = self.fields["corpus"]
        return list(field.choices)
