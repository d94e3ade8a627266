"""The hash chain that makes tampering evident."""

from __future__ import annotations

from django.db import models

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


class ChainLink(AppendOnlyModel):
    """One link: the digest of the facts it covers, and a hash over that and the link before.

    It covers the `n_rows` rows of its kind with ids from `first_id` to `last_id`, all written in one transaction.
    """

    class Kind(models.TextChoices):
        RUN_ROOT = "run_root", "run root"
        DECISION = "decision", "decision"
        GOLD = "gold", "gold label"
        MODEL_VERSION = "model_version", "model version"
        TRAINING_SET = "training_set", "training set"
        EVALUATION = "evaluation", "evaluation"
        PROMOTION = "promotion", "promotion"
        PATTERN = "pattern", "pattern decision"
        COMMENT = "comment", "comment"
        PROPOSAL = "proposal", "proposal"
        APPROVAL = "approval", "approval"
        CAUSE = "cause", "cause of a disagreement"
        MEMBER = "member", "ensemble member"
        COMPARISON = "comparison", "comparison"

    position = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=13, choices=Kind)
    first_id = models.PositiveBigIntegerField()
    last_id = models.PositiveBigIntegerField()
    n_rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    linked_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["ChainLink"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "chain link"
        ordering = ["position"]

    def __str__(self) -> str:
        return f"link {self.position}"
