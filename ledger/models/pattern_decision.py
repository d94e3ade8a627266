"""One person's decision about all statements of a pattern, and the gold labels that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.decision import GoldLabel
from ledger.models.statement import Pattern, Statement
from ledger.models.task import Label, Task


class PatternDecisionQuerySet(AppendOnlyQuerySet["PatternDecision"]):
    def newest(self) -> PatternDecisionQuerySet:
        """The end of each pattern's chain, also where it takes a decision back."""
        return self.filter(replaced_by__isnull=True)

    def in_force(self) -> PatternDecisionQuerySet:
        """Decisions that hold now: all since the pattern was last withdrawn or reopened."""
        ended = PatternDecision.objects.filter(
            task=models.OuterRef("task"), pattern=models.OuterRef("pattern"), id__gt=models.OuterRef("pk")
        ).exclude(act=PatternDecision.Act.DECISION)
        return self.filter(act=PatternDecision.Act.DECISION).exclude(models.Exists(ended))


class PatternDecision(AppendOnlyModel):
    """What one person said of a pattern at one moment, after reading a sample; a row without a label takes it back."""

    class Act(models.TextChoices):
        DECISION = "decision", _("decided")
        WITHDRAWAL = "withdrawal", _("withdrawn")
        REOPENED = "reopened", _("reopened by a spot check")

    task = models.ForeignKey(Task, models.PROTECT, related_name="pattern_decisions", db_index=False)
    pattern = models.ForeignKey(Pattern, models.PROTECT, related_name="pattern_decisions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="pattern_decisions")
    act = models.CharField(max_length=10, choices=Act)
    label = models.ForeignKey(Label, models.PROTECT, null=True, related_name="+", db_index=False)
    comment = models.TextField(blank=True)
    sample = models.JSONField(help_text="Ids of the statements that were shown, in their order.")
    n_statements = models.PositiveIntegerField(help_text="How many statements the decision speaks for.")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    idempotency_key = models.UUIDField(unique=True)
    decided_at = models.DateTimeField()

    objects = PatternDecisionQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "pattern decision"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "pattern"],
                condition=models.Q(replaces__isnull=True),
                name="one_first_decision_per_task_and_pattern",
            ),
            models.CheckConstraint(
                name="a_decided_pattern_has_a_label_and_others_none",
                condition=models.Q(act="decision", label__isnull=False)
                | (~models.Q(act="decision") & models.Q(label__isnull=True, replaces__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"pattern {self.pattern_id} {self.get_act_display()}"


class PatternEvidence(AppendOnlyModel):
    """That a gold label rests on, or was taken back with, a decision about its statement's pattern."""

    gold = models.OneToOneField(GoldLabel, models.PROTECT, related_name="pattern_evidence")
    decision = models.ForeignKey(PatternDecision, models.PROTECT, related_name="evidence_for")

    objects = AppendOnlyQuerySet["PatternEvidence"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "pattern evidence"

    def __str__(self) -> str:
        return f"gold {self.gold_id} rests on pattern decision {self.decision_id}"


class SpotCheckQuerySet(AppendOnlyQuerySet["SpotCheck"]):
    def in_force(self) -> SpotCheckQuerySet:
        """Checks of decisions that hold now."""
        return self.filter(decision__in=PatternDecision.objects.in_force().order_by().values("id"))


class SpotCheck(AppendOnlyModel):
    """That a statement was drawn so that somebody else answers it by itself, to test a decision about its pattern."""

    decision = models.ForeignKey(PatternDecision, models.PROTECT, related_name="spot_checks")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="spot_checks")

    objects = SpotCheckQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "spot check"
        constraints = [
            models.UniqueConstraint(fields=["decision", "statement"], name="one_spot_check_per_decision_and_statement")
        ]

    def __str__(self) -> str:
        return f"spot check of statement {self.statement_id}"
