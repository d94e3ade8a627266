"""Add tasks and labels, change their settings, and note who did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Label, Proposal, Task
from ledger.record import tasks
from ledger.record.proposals import propose
from review.actions.note_change import ADDED, REMOVED, differences, note_change

RULE = "two_person_rule"
OF_A_LABEL = (*tasks.OF_A_LABEL, "trainable")


@transaction.atomic
def add_task(*, slug: str, settings: Mapping[str, Any], by: User) -> Task:
    task = tasks.add_task(slug=slug, settings=settings)
    note_change(by=by, row=task, act=ADDED)
    return task


@transaction.atomic
def save_task(
    *, task: Task, settings: Mapping[str, Any], seen: str, by: User, now: datetime, why_lift: str
) -> Proposal | None:
    """Save settings; to switch the two-person rule off is only proposed, for the reason `why_lift`.

    Returns that proposal. Raises ledger's ChangedSince, KindsAreInUse or ProposedByAnother, with nothing saved.
    """
    before = Task.objects.select_for_update().get(pk=task.pk)
    lifts = before.two_person_rule and not settings[RULE]
    after = tasks.change_task(task=before, settings={**settings, RULE: settings[RULE] or lifts}, seen=seen)
    if told := differences(before, after, tasks.SETTINGS):
        note_change(by=by, row=after, words=told)
    return propose(task=after, act=Proposal.Act.LIFT, by=by, reason=why_lift, now=now) if lifts else None


@transaction.atomic
def add_label(*, task: Task, facts: Mapping[str, Any], by: User) -> Label:
    """Raises ledger's NameIsTaken, KeyIsTaken, NegativeIsTaken or TrainingUnderWay."""
    label = tasks.add_label(task=task, **facts)
    note_change(by=by, row=task, words=f"label {label.slug} added")
    return label


@transaction.atomic
def save_label(*, label: Label, trainable: bool, facts: Mapping[str, Any], seen: str, by: User) -> Label:
    """Raises ledger's ChangedSince, KeyIsTaken, NegativeIsTaken, TooFewToLearn or TrainingUnderWay."""
    before = Label.objects.select_for_update().select_related("task").get(pk=label.pk)
    after = tasks.change_label(label=before, trainable=trainable, facts=facts, seen=seen)
    if told := differences(before, after, OF_A_LABEL):
        note_change(by=by, row=before.task, words=f"label {before.slug}: {told}")
    return after


@transaction.atomic
def remove_label(*, label: Label, by: User) -> None:
    """Raises ledger's LabelIsInUse or TrainingUnderWay."""
    tasks.remove_label(label=label)
    note_change(by=by, row=label.task, act=REMOVED, words=f"label {label.slug} removed")
