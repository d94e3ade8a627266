"""Add labelling questions and their labels, and change how they are worked on. What was used is never removed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction

from ledger.models import (
    AtcRule,
    Corpus,
    Decision,
    GoldLabel,
    Label,
    ModelVersion,
    PatternDecision,
    Prediction,
    Task,
    TrainingExample,
)
from ledger.record.labels import refuse_during_training, set_trainable

Row = TypeVar("Row", Task, Label)
SETTINGS = (
    "title", "question", "guideline", "head_kind", "tail_kind", "doubt_threshold", "pseudo_label_threshold",
    "audit_share", "second_opinion_share", "blind", "pattern_weight", "spot_check_share", "spot_checks_at_least",
    "two_person_rule", "preset",
)  # fmt: skip
KINDS = ("head_kind", "tail_kind")
OF_A_LABEL = ("title", "meaning", "key", "position", "negative", "doubt_threshold")


class ChangedSince(Exception):
    """Somebody else has changed this since you opened it: see who changed what. Save again to put yours there."""


class KindsAreInUse(Exception):
    """Statements were imported with these kinds of mention, so the kinds stay. Add another task for other kinds."""


class NameIsTaken(Exception):
    """Another label of this task has this short name. Choose another one."""


class KeyIsTaken(Exception):
    """Another label of this task has this key. Choose another one."""


class NegativeIsTaken(Exception):
    """Another label of this task says already that there is no relation. Take that from it first."""


class LabelIsInUse(Exception):
    """This label was used, so it stays: facts name it. It can be given another title, meaning, key and place."""


class RuleEndsByTwo(Exception):
    """One person alone cannot end the two-person rule; it has to be proposed and approved."""


def state_of(row: Task | Label) -> str:
    """A short hash of a task's or a label's settings, so that a form can tell whether they changed under it."""
    names = SETTINGS if isinstance(row, Task) else (*OF_A_LABEL, "trainable")
    return sha256(repr([getattr(row, name) for name in names]).encode()).hexdigest()[:16]


def add_task(*, slug: str, settings: Mapping[str, Any]) -> Task:
    """A new task without labels yet."""
    return Task.objects.create(slug=slug, **settings)


@transaction.atomic
def change_task(*, task: Task, settings: Mapping[str, Any], seen: str) -> Task:
    """Change settings of a task whose form was opened in the state `seen`; they hold from the next thing anybody does.

    Raises ChangedSince, KindsAreInUse or RuleEndsByTwo, with nothing changed.
    """
    held = Task.objects.select_for_update().get(pk=task.pk)
    if state_of(held) != seen:
        raise ChangedSince(ChangedSince.__doc__)
    if has_statements(held) and any(settings.get(kind, getattr(held, kind)) != getattr(held, kind) for kind in KINDS):
        raise KindsAreInUse(KindsAreInUse.__doc__)
    if held.two_person_rule and not settings.get("two_person_rule", True):
        raise RuleEndsByTwo(RuleEndsByTwo.__doc__)
    return _changed(held, settings)


def has_statements(task: Task) -> bool:
    """Whether something was imported for this task (one query)."""
    return Corpus.objects.filter(task=task).exists()


@transaction.atomic
def add_label(
    *,
    task: Task,
    slug: str,
    trainable: bool,
    title: str,
    meaning: str,
    key: str,
    negative: bool = False,
    doubt_threshold: float | None = None,
) -> Label:
    """One more answer to a task, after the others; learnt from the next round on where it is trainable.

    Raises NameIsTaken, KeyIsTaken, NegativeIsTaken, or TrainingUnderWay when it is to be learnt while a training runs.
    """
    labels = list(Task.objects.select_for_update().get(pk=task.pk).labels.all())
    if any(one.slug == slug for one in labels):
        raise NameIsTaken(NameIsTaken.__doc__)
    if any(one.key == key for one in labels):
        raise KeyIsTaken(KeyIsTaken.__doc__)
    if negative and any(one.negative for one in labels):
        raise NegativeIsTaken(NegativeIsTaken.__doc__)
    label = Label.objects.create(
        task=task,
        slug=slug,
        title=title,
        meaning=meaning,
        key=key,
        position=1 + max((one.position for one in labels), default=-1),
        trainable=False,
        negative=negative,
        doubt_threshold=doubt_threshold,
    )
    return set_trainable(label=label, trainable=True) if trainable else label


@transaction.atomic
def change_label(*, label: Label, trainable: bool, facts: Mapping[str, Any], seen: str) -> Label:
    """Change a label's words, key, place and whether models learn it; its slug, which facts and files name, stays.

    A place that another label has is swapped with it. Raises ChangedSince, KeyIsTaken, NegativeIsTaken, TooFewToLearn
    or TrainingUnderWay, with nothing changed.
    """
    task = Task.objects.select_for_update().get(pk=label.task_id)
    labels = {one.pk: one for one in task.labels.all()}
    held = labels.pop(label.pk)
    if state_of(held) != seen:
        raise ChangedSince(ChangedSince.__doc__)
    if any(one.key == facts.get("key") for one in labels.values()):
        raise KeyIsTaken(KeyIsTaken.__doc__)
    if facts.get("negative") and any(one.negative for one in labels.values()):
        raise NegativeIsTaken(NegativeIsTaken.__doc__)
    if held.trainable != trainable:
        held = set_trainable(label=held, trainable=trainable)
    if other := next((one for one in labels.values() if one.position == facts.get("position")), None):
        place = held.position
        _changed(held, {"position": 1 + max(place, *(one.position for one in labels.values()))})
        _changed(other, {"position": place})
    return _changed(held, facts)


@transaction.atomic
def remove_label(*, label: Label) -> None:
    """Take a label away that nobody and nothing has used. Raises LabelIsInUse or TrainingUnderWay."""
    task = Task.objects.select_for_update().get(pk=label.task_id)
    held = Label.objects.select_for_update().get(pk=label.pk)
    if held.trainable:
        refuse_during_training(held, task)
    if is_used(held):
        raise LabelIsInUse(LabelIsInUse.__doc__)
    held.delete()


def is_used(label: Label) -> bool:
    """Whether any fact names the label. At most seven queries; those without an index read their table once."""
    taught = ModelVersion.objects.filter(task=label.task_id).values_list("labels", flat=True)
    if any(label.slug in slugs for slugs in taught):
        return True
    facts = (PatternDecision, Decision, GoldLabel, TrainingExample, Prediction)
    return AtcRule.objects.filter(expected=label).exists() or any(
        model._default_manager.filter(label=label).exists() for model in facts
    )


def _changed(row: Row, values: Mapping[str, Any]) -> Row:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row
