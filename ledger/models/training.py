"""Rounds, and the frozen sets of examples that models are trained on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.statement import Statement
from ledger.models.task import Label, Task


class Round(AppendOnlyModel):
    """One turn of the wheel: gold and pseudo-labels so far → a new model beside the current one.

    How far it came is read from what it led to (training set, run, evaluations, promotion), never stored.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Round"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "round"
        ordering = ["task", "number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="one_round_per_task_and_number")]

    def __str__(self) -> str:
        return gettext("round %(number)s") % {"number": self.number}


class TrainingSet(AppendOnlyModel):
    """A frozen set of examples with its content hash: what to learn from, stop early on, and be tested on."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="training_set")
    content_hash = models.CharField(max_length=64)
    parameters = models.JSONField(help_text="How the pseudo-labels were chosen.")
    composition = models.JSONField(help_text="Counts by role, source and label, and what was left out and why.")
    frozen_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["TrainingSet"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "training set"

    def __str__(self) -> str:
        return f"training set {self.content_hash[:12]}"


class TrainingExample(AppendOnlyModel):
    """One statement with the label it teaches or is tested by, and where that label came from."""

    class Role(models.TextChoices):
        TRAIN = "train", _("train")
        VALIDATION = "validation", _("validation")
        TEST = "test", _("test")
        ONE_UNSEEN = "one_unseen", _("test, one drug unseen")

    class Source(models.TextChoices):
        GOLD = "gold", _("gold")
        PSEUDO = "pseudo", _("pseudo-label")

    training_set = models.ForeignKey(TrainingSet, models.PROTECT, related_name="examples", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    label = models.ForeignKey(Label, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    source = models.CharField(max_length=6, choices=Source)
    gold = models.ForeignKey("ledger.GoldLabel", models.PROTECT, null=True, related_name="+", db_index=False)
    prediction = models.ForeignKey("ledger.Prediction", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = AppendOnlyQuerySet["TrainingExample"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "training example"
        constraints = [
            models.UniqueConstraint(
                fields=["training_set", "statement"], name="one_example_per_training_set_and_statement"
            ),
            models.CheckConstraint(
                name="example_names_its_gold_label_or_its_prediction",
                condition=models.Q(source="gold", gold__isnull=False, prediction__isnull=True)
                | models.Q(source="pseudo", gold__isnull=True, prediction__isnull=False),
            ),
            models.CheckConstraint(
                name="pseudo_labels_only_teach", condition=models.Q(source="gold") | models.Q(role="train")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.label_id}"
