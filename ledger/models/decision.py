"""What people said, and the gold labels that came of it.

Decisions and gold labels form chains: a correction names the row it replaces, a row can be replaced once, and there
is one first row per person and statement (decisions) or per task and statement (gold). So the row nobody replaces
is what holds now, and the database itself refuses a second one.

Tasks and labels are few, so they have no index of their own: given one, SQLite walks it instead of the statement's.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.prediction import Prediction
from ledger.models.statement import Statement
from ledger.models.task import Label, Task


class DecisionQuerySet(AppendOnlyQuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        """Answers that hold now: neither replaced nor withdrawn."""
        return self.filter(replaced_by__isnull=True).exclude(kind=Decision.Kind.WITHDRAWAL)


class Decision(AppendOnlyModel):
    """What one person said of one statement, at one moment, having seen what."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        ADJUDICATION = "adjudication", _("adjudication")
        WITHDRAWAL = "withdrawal", _("undone")

    task = models.ForeignKey(Task, models.PROTECT, related_name="decisions", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="decisions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=Kind)
    label = models.ForeignKey(Label, models.PROTECT, null=True, related_name="+", db_index=False)
    comment = models.TextField(blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    prediction_seen = models.ForeignKey(Prediction, models.PROTECT, null=True, related_name="+", db_index=False)
    seconds_spent = models.FloatField(
        null=True, help_text="Active time on the item, seconds, as the browser measured it."
    )
    idempotency_key = models.UUIDField(unique=True)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "decision"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "statement", "reviewer"],
                condition=models.Q(replaces__isnull=True),
                name="one_first_decision_per_reviewer_and_statement",
            ),
            models.CheckConstraint(
                name="answers_carry_a_label_and_withdrawals_none",
                condition=models.Q(kind="withdrawal", label__isnull=True, replaces__isnull=False)
                | (~models.Q(kind="withdrawal") & models.Q(label__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at"], name="decision_by_time"),
            models.Index(fields=["reviewer", "decided_at"], name="decision_by_reviewer_and_time"),
            models.Index(fields=["reviewer", "statement"], name="decision_by_reviewer_and_what"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of statement {self.statement_id}"


class GoldLabelQuerySet(AppendOnlyQuerySet["GoldLabel"]):
    def current(self) -> GoldLabelQuerySet:
        """Gold labels that hold now: neither replaced nor withdrawn."""
        return self.filter(replaced_by__isnull=True, label__isnull=False)

    def as_of(self, gold_id: int) -> GoldLabelQuerySet:
        """Gold labels that held when `gold_id` was the newest row."""
        return self.filter(id__lte=gold_id, label__isnull=False).exclude(replaced_by__id__lte=gold_id)


class GoldLabel(AppendOnlyModel):
    """A confirmed answer and where it came from; a row without a label takes an earlier one back."""

    class Source(models.TextChoices):
        SEED = "seed", _("seed corpus")
        SINGLE_REVIEW = "single_review", _("single review")
        AGREEMENT = "agreement", _("agreement")
        ADJUDICATION = "adjudication", _("adjudication")
        PATTERN_REVIEW = "pattern_review", _("pattern review")

    task = models.ForeignKey(Task, models.PROTECT, related_name="gold_labels", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="gold_labels")
    label = models.ForeignKey(Label, models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.CharField(max_length=14, choices=Source)
    origin = models.CharField(max_length=300, blank=True, help_text="For seed labels: the file they came from.")
    further = models.JSONField(
        null=True, help_text="For seed labels: slugs of the other labels that the corpus gives the same pair, if any."
    )
    round_number = models.PositiveIntegerField(help_text="How many rounds had been opened when this was confirmed.")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    decisions = models.ManyToManyField(Decision, through="GoldEvidence", related_name="gold_labels")
    confirmed_at = models.DateTimeField()

    objects = GoldLabelQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "gold label"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "statement"],
                condition=models.Q(replaces__isnull=True),
                name="one_first_gold_label_per_task_and_statement",
            ),
            models.CheckConstraint(
                name="a_gold_label_without_a_label_takes_one_back",
                condition=models.Q(label__isnull=False) | models.Q(replaces__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"gold label {self.pk} of statement {self.statement_id}"


class GoldEvidence(AppendOnlyModel):
    """That a gold label rests on a decision."""

    gold = models.ForeignKey(GoldLabel, models.PROTECT, related_name="evidence")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="evidence_for")

    objects = AppendOnlyQuerySet["GoldEvidence"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "gold evidence"
        constraints = [models.UniqueConstraint(fields=["gold", "decision"], name="one_row_per_gold_label_and_decision")]

    def __str__(self) -> str:
        return f"gold {self.gold_id} rests on decision {self.decision_id}"
