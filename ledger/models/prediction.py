"""What models said, and why some of it needs a person."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import starmap

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.model_version import ModelVersion
from ledger.models.run import PredictionChunk
from ledger.models.statement import Statement
from ledger.models.task import Label, Task

LIKELY = 0.5


def pack_scores(scores: tuple[float, ...]) -> bytes:
    """Class scores as little-endian float32, in the order of the model version's labels."""
    return struct.pack(f"<{len(scores)}f", *scores)


def pack_all_scores(rows: Sequence[tuple[float, ...]]) -> list[bytes]:
    """`pack_scores` of every row; all rows have as many scores."""
    return list(starmap(struct.Struct(f"<{len(rows[0])}f").pack, rows)) if rows else []


def unpack_scores(packed: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(packed) // 4}f", packed)


def said_beside(slug: str, packed: bytes | memoryview, labels: Sequence[str]) -> list[str]:
    """The labels that a model says beside its answer `slug`: the others that are likelier than not.

    None where labels exclude each other, since of those only one can be. `labels` are the model version's.
    """
    scores = zip(labels, unpack_scores(bytes(packed)), strict=False)  # checked against one another when written
    return [label for label, score in scores if score > LIKELY and label != slug]


class Prediction(AppendOnlyModel):
    """What one model version said of one statement. The time is its chunk's; the run is the chunk's run."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="predictions", db_index=False)
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="predictions", db_index=False)
    chunk = models.ForeignKey(PredictionChunk, models.PROTECT, related_name="predictions")
    label = models.ForeignKey(Label, models.PROTECT, related_name="+", db_index=False)
    confidence = models.FloatField(help_text="Calibrated probability of `label`, 0 to 1.")
    scores = models.BinaryField(help_text="Calibrated class scores, see `pack_scores`.")

    objects = AppendOnlyQuerySet["Prediction"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "prediction"
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "model_version"], name="one_prediction_per_statement_and_model"
            ),
            models.CheckConstraint(
                name="confidence_lies_between_0_and_1", condition=models.Q(confidence__range=(0, 1))
            ),
        ]
        # With the id: one wording has one confidence, so a hundred thousand rows may share it.
        indexes = [models.Index(fields=["model_version", "confidence", "id"], name="prediction_by_confidence")]

    def __str__(self) -> str:
        return f"{self.label_id} {self.confidence:.3f}"

    @property
    def class_scores(self) -> tuple[float, ...]:
        """Calibrated scores in the order of `model_version.labels`."""
        return unpack_scores(bytes(self.scores))


class AtcRule(AppendOnlyModel):
    """What pharmacology expects of a pair of ATC classes (any level, either order; the most specific wins)."""

    class Source(models.TextChoices):
        CURATED = "curated", _("curated table")
        LEARNT = "learnt", _("learnt from gold labels")

    task = models.ForeignKey(Task, models.PROTECT, related_name="atc_rules")
    table = models.CharField(max_length=64, help_text="Which edition of the rules this row belongs to.")
    prefix_a = models.CharField(max_length=7)
    prefix_b = models.CharField(max_length=7)
    expected = models.ForeignKey(Label, models.PROTECT, related_name="+")
    mechanism = models.CharField(max_length=400)
    reference = models.CharField(max_length=300)
    source = models.CharField(max_length=7, choices=Source)

    objects = AppendOnlyQuerySet["AtcRule"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "ATC rule"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "table", "prefix_a", "prefix_b"], name="one_atc_rule_per_table_and_class_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix_a} × {self.prefix_b} → {self.expected_id}"


class FlagRule(AppendOnlyModel):
    """One version of a flag rule with its parameters."""

    class Rule(models.TextChoices):
        LOW_CONFIDENCE = "low_confidence", _("low confidence")
        ATC_CONTRADICTION = "atc_contradiction", _("ATC contradiction")
        FLIP = "flip", _("changed its mind")
        SUSPECT_GOLD = "suspect_gold", _("disputes a gold label")
        AUDIT = "audit", _("random audit")

    task = models.ForeignKey(Task, models.PROTECT, related_name="flag_rules")
    rule = models.CharField(max_length=20, choices=Rule)
    version = models.PositiveSmallIntegerField()
    parameters = models.JSONField()
    parameters_sha256 = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet["FlagRule"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "flag rule"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "rule", "version", "parameters_sha256"], name="one_flag_rule_per_version_and_parameters"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} v{self.version}"


class Flag(AppendOnlyModel):
    """Why one prediction needs a person."""

    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="flags", db_index=False)
    rule = models.ForeignKey(FlagRule, models.PROTECT, related_name="flags", db_index=False)
    atc_rule = models.ForeignKey(AtcRule, models.PROTECT, null=True, related_name="flags", db_index=False)
    explanation = models.CharField(max_length=300)

    objects = AppendOnlyQuerySet["Flag"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "flag"
        constraints = [models.UniqueConstraint(fields=["prediction", "rule"], name="one_flag_per_prediction_and_rule")]

    def __str__(self) -> str:
        return self.explanation
