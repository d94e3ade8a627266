"""What people tell each other about a statement, and why they had disagreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.decision import Decision
from ledger.models.statement import Statement
from ledger.models.task import Task


class Comment(AppendOnlyModel):
    """One contribution to the discussion of a statement; `answers` is the one it replies to."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="comments", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    text = models.TextField()
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    idempotency_key = models.UUIDField(unique=True)
    written_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Comment"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "comment"

    def __str__(self) -> str:
        return f"comment {self.pk} on statement {self.statement_id}"


class DisagreementCause(AppendOnlyModel):
    """Why people had given different answers, as the adjudicator sees it."""

    class Cause(models.TextChoices):
        AMBIGUOUS = "ambiguous", _("the sentence can be read both ways")
        NO_OUTCOME = "no_outcome", _("the sentence states no outcome")
        GUIDELINE = "guideline", _("the guideline does not cover it")
        PHARMACOLOGY = "pharmacology", _("pharmacology was read into the sentence")
        MENTIONS = "mentions", _("the marked mentions or their direction are wrong")
        SLIP = "slip", _("a slip of the hand")
        OTHER = "other", _("another cause, see the comment")

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="cause")
    cause = models.CharField(max_length=12, choices=Cause)

    objects = AppendOnlyQuerySet["DisagreementCause"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "cause of a disagreement"

    def __str__(self) -> str:
        return self.get_cause_display()
