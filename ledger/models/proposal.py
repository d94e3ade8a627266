"""Where two persons have to agree: one proposes, another approves or declines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.model_version import ModelVersion
from ledger.models.task import Task


class Proposal(AppendOnlyModel):
    """That one person wants a model promoted or rolled back, gold labels exported, or the two-person rule ended."""

    class Act(models.TextChoices):
        PROMOTE = "promote", _("promotion")
        ROLL_BACK = "roll_back", _("roll-back")
        EXPORT = "export", _("export")
        LIFT = "lift_rule", _("end of the two-person rule")

    task = models.ForeignKey(Task, models.PROTECT, related_name="proposals")
    act = models.CharField(max_length=9, choices=Act)
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="proposals")
    parameters = models.JSONField(help_text="Of an export: its form, filters and moment.")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Proposal"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "proposal"
        constraints = [
            models.CheckConstraint(
                name="a_proposed_move_names_its_model_and_others_none",
                condition=models.Q(act__in=("promote", "roll_back"), model_version__isnull=False)
                | models.Q(act__in=("export", "lift_rule"), model_version__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}: {self.get_act_display()}"


class Approval(AppendOnlyModel):
    """What a second person said of a proposal."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="approval")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="approvals")
    approves = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Approval"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "approval"

    def __str__(self) -> str:
        return f"proposal {self.proposal_id} {'approved' if self.approves else 'declined'}"
