"""Which labels of a task models learn: a switch on the label, not a change of code."""

from __future__ import annotations

from django.db import transaction

from ledger.models import Label, Run, Task

FEWEST = 2  # labels a model tells apart


class TooFewToLearn(Exception):
    """Fewer than two labels would be left for models to learn."""


class TrainingUnderWay(Exception):
    """A training of this task waits or runs, and the labels it learns must not change under it."""


@transaction.atomic
def set_trainable(*, label: Label, trainable: bool) -> Label:
    """Make a label a class that models learn from the next round on, or one that only people give.

    Model versions keep the labels they were trained with. Raises TooFewToLearn or TrainingUnderWay.
    """
    task = Task.objects.select_for_update().get(pk=label.task_id)
    refuse_during_training(label, task)
    if not trainable and task.labels.filter(trainable=True).exclude(pk=label.pk).count() < FEWEST:
        raise TooFewToLearn(
            f"Without {label.slug} the task {task.slug} would have fewer than {FEWEST} labels to learn: make another "
            "one trainable first."
        )
    label.trainable = trainable
    label.save(update_fields=["trainable"])
    return label


def refuse_during_training(label: Label, task: Task) -> None:
    """Raises TrainingUnderWay. The caller holds the task's row, so that no training is opened meanwhile."""
    if Run.objects.filter(task=task, kind=Run.Kind.TRAINING, status__in=Run.ACTIVE).exists():
        raise TrainingUnderWay(
            f"A training of {task.slug} is under way: wait for it or cancel it, then switch {label.slug}."
        )
