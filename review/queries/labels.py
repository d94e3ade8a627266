"""The labels of a task, read once for whatever a page does with them."""

from __future__ import annotations

from django.db.models import prefetch_related_objects

from ledger.models import Label, Task


def labels_of(task: Task) -> list[Label]:
    """In their order; one query, none where they were read through this very task before."""
    prefetch_related_objects([task], "labels")
    return list(task.labels.all())
