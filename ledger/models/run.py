"""Work done by a worker, as people see it. The row is the truth; the job in Redis only wakes a worker up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from ledger.models.model_version import ModelVersion
from ledger.models.task import Task
from ledger.models.training import Round


class Run(models.Model):
    """One piece of work: a training, an inference run in resumable chunks, a queue to build, models to join.

    `claim` is the token of the worker process that holds the run; every write of that process names it, so a
    process thought dead that wakes up again cannot write beside its successor.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", _("training")
        INFERENCE = "inference", _("inference")
        QUEUE = "queue", _("queue building")
        ENSEMBLE = "ensemble", _("ensemble")

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting for a worker")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    kind = models.CharField(max_length=10, choices=Kind)
    task = models.ForeignKey(Task, models.PROTECT, related_name="runs")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="runs")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="runs")
    parameters = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    stage = models.CharField(max_length=40, blank=True)
    n_total = models.PositiveIntegerField(null=True)
    n_done = models.PositiveIntegerField(default=0)
    n_flags = models.PositiveIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0, help_text="The last statement dealt with, by id.")
    detail = models.JSONField(default=dict, help_text="What the current stage reports: losses, rates, results.")
    cancel_requested = models.BooleanField(default=False)
    claim = models.CharField(max_length=80, blank=True)
    n_claims = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took this run up.")
    heartbeat_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    root_hash = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(kind="training", status__in=["queued", "running"]),
                name="one_active_training_per_task",
            ),
            models.UniqueConstraint(
                fields=["model_version"],
                condition=models.Q(kind="inference", status__in=["queued", "running"]),
                name="one_active_inference_run_per_model_version",
            ),
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(kind="queue", status__in=["queued", "running"]),
                name="one_active_queue_building_per_task",
            ),
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(kind="ensemble", status__in=["queued", "running"]),
                name="one_active_ensemble_making_per_task",
            ),
            models.CheckConstraint(
                name="run_has_what_its_kind_needs",
                condition=models.Q(kind="training", round__isnull=False)
                | models.Q(kind="inference", model_version__isnull=False)
                | models.Q(kind__in=["queue", "ensemble"]),
            ),
        ]
        indexes = [models.Index(fields=["status", "heartbeat_at"], name="run_by_status_and_heartbeat")]

    def __str__(self) -> str:
        return gettext("%(kind)s run %(number)s") % {"kind": self.get_kind_display(), "number": self.pk}

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE


class PredictionChunk(AppendOnlyModel):
    """One transaction's worth of an inference run: its predictions, its flags, and the hash over both."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="chunks")
    first_statement = models.PositiveBigIntegerField()
    last_statement = models.PositiveBigIntegerField()
    n_predictions = models.PositiveIntegerField()
    n_flags = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    committed_at = models.DateTimeField()

    objects = AppendOnlyQuerySet["PredictionChunk"].as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "prediction chunk"
        constraints = [
            models.UniqueConstraint(fields=["run", "last_statement"], name="one_chunk_per_run_and_last_statement")
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}: statements {self.first_statement}–{self.last_statement}"
