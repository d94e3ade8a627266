"""What the lead sees of tasks, their labels and who changed them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Q, QuerySet

from ledger.models import Label, Task
from ledger.record.tasks import has_statements

CHANGES = 20  # shown


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A task's labels in their order, whether its kinds may still change, and the newest changes."""

    task: Task
    labels: list[Label]
    kinds_stay: bool
    changes: list[LogEntry]

    @property
    def n_trainable(self) -> int:
        return sum(label.trainable for label in self.labels)


def tasks_with_labels() -> QuerySet[Task]:
    """Every task with how many labels it has and how many of them models learn (one query)."""
    return Task.objects.annotate(
        n_labels=Count("labels"), n_trainable=Count("labels", filter=Q(labels__trainable=True))
    ).order_by("id")


def settings_page(task: Task) -> SettingsPage:
    """Three queries, and one the first time for the content type."""
    return SettingsPage(
        task=task,
        labels=list(Label.objects.filter(task=task).order_by("position")),
        kinds_stay=has_statements(task),
        changes=list(changes_of(Task, task)),
    )


def changes_of(model: type[models.Model], row: models.Model | None = None) -> QuerySet[LogEntry]:
    """The newest twenty changes of a row, or of all rows of a kind (one query)."""
    noted = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model)).select_related("user")
    if row is not None:
        noted = noted.filter(object_id=str(row.pk))
    return noted.order_by("-action_time", "-id")[:CHANGES]
