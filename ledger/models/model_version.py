"""Trained checkpoints, how good they were, and which one is live."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.task import Task
from ledger.models.training import TrainingSet


class ModelVersion(AppendOnlyModel):
    """An immutable trained checkpoint; `artifact` is the hash of its files and the name of their folder."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="model_versions")
    number = models.PositiveIntegerField()
    training_set = models.ForeignKey(TrainingSet, models.PROTECT, related_name="model_versions")
    derived_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="derived", help_text="The trained version it is a form of."
    )
    architecture = models.CharField(max_length=40)
    backbone = models.CharField(max_length=300)
    backbone_revision = models.CharField(max_length=64, blank=True)
    backbone_sha256 = models.CharField(max_length=64)
    artifact = models.CharField(max_length=64, db_index=True)
    files = models.JSONField(help_text="sha256 of every file of the artifact by relative path.")
    labels = models.JSONField(help_text="Label slugs in the order of the model's classes.")
    config = models.JSONField()
    calibration = models.JSONField()
    measured = models.JSONField(
        default=dict, help_text="What was measured when it was made: its adapter, or how it agrees with its parent."
    )
    code_version = models.CharField(max_length=80)
    trained_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["ModelVersion"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "model version"
        ordering = ["task", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="one_model_version_per_task_and_number"),
            models.UniqueConstraint(
                fields=["derived_from", "architecture"], name="one_form_of_a_model_version_per_architecture"
            ),
        ]

    def __str__(self) -> str:
        return gettext("model %(number)s") % {"number": self.number}


class EnsembleMember(AppendOnlyModel):
    """That an ensemble averages what this trained version says; positions count from 0, as its manifest lists them."""

    ensemble = models.ForeignKey(ModelVersion, models.PROTECT, related_name="members")
    member = models.ForeignKey(ModelVersion, models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField()

    objects = AppendOnlyQuerySet["EnsembleMember"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "ensemble member"
        ordering = ["ensemble_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ensemble", "member"], name="one_membership_per_ensemble_and_member"),
            models.UniqueConstraint(fields=["ensemble", "position"], name="one_member_per_ensemble_and_position"),
        ]

    def __str__(self) -> str:
        return f"{self.ensemble_id} averages {self.member_id}"


class Evaluation(AppendOnlyModel):
    """How one model version did on one fixed set of gold labels."""

    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="evaluations")
    training_set = models.ForeignKey(
        TrainingSet, models.PROTECT, related_name="evaluations", help_text="Whose held-out examples were asked."
    )
    view = models.CharField(max_length=10, help_text="Which examples: test, one drug unseen, or validation.")
    n_examples = models.PositiveIntegerField()
    metrics = models.JSONField()
    evaluated_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Evaluation"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "evaluation"
        constraints = [
            models.UniqueConstraint(
                fields=["model_version", "training_set", "view"], name="one_evaluation_per_model_and_held_out_examples"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_version} on {self.view}"


class Comparison(AppendOnlyModel):
    """How an evaluated model did beside another one on the examples both were asked, found after the evaluation."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="comparisons")
    other = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    metrics = models.JSONField()
    compared_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Comparison"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "comparison"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "other"], name="one_comparison_per_evaluation_and_other_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} beside {self.other}"


class Promotion(AppendOnlyModel):
    """The row that makes a model version the current one of its task; the newest one holds."""

    class Act(models.TextChoices):
        PROMOTE = "promote", _("promoted")
        ROLL_BACK = "roll_back", _("rolled back to")

    task = models.ForeignKey(Task, models.PROTECT, related_name="promotions")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="promotions")
    act = models.CharField(max_length=9, choices=Act, default=Act.PROMOTE)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    objects = AppendOnlyQuerySet["Promotion"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "promotion"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(replaces__isnull=True), name="one_first_promotion_per_task"
            )
        ]

    def __str__(self) -> str:
        return gettext("%(act)s %(model)s") % {"act": self.get_act_display(), "model": self.model_version}
