"""The forms of a task and of its labels, filled in as the page sends them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import Label, Task
from ledger.record.tasks import SETTINGS
from tests.review.conftest import sign_in

LABEL = {"slug": "severe", "title": "Severe", "key": "1", "meaning": "It needs treatment.", "trainable": "on"}


def settings_of(task: Task, client: Any) -> dict[str, str]:
    """The settings form's fields as the page sends them."""
    page = client.get(reverse("review:task_settings", args=[task.slug])).content.decode()
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page.split('id="settings"')[1])
    task.refresh_from_db()
    values = {name: getattr(task, name) for name in SETTINGS}
    return {"seen": seen} | {name: str(value) for name, value in values.items() if value is not False}


def save(task: Task, by: User, without: str = "", **changes: str) -> Any:
    client = sign_in(by)
    values = settings_of(task, client) | changes
    values.pop(without, None)
    return client.post(reverse("review:save_task", args=[task.slug]), values, follow=True)


def label_fields(label: Label, client: Any) -> dict[str, str]:
    page = client.get(reverse("review:task_settings", args=[label.task.slug])).content.decode()
    form = page.split(reverse("review:change_label", args=[label.pk]))[1].split("</form>")[0]
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', form)
    values = {"title": label.title, "key": label.key, "meaning": label.meaning, "position": str(label.position)}
    ticked = {name: "on" for name in ("trainable", "negative") if getattr(label, name)}
    below = "" if label.doubt_threshold is None else str(label.doubt_threshold)
    return values | {"seen": seen, "doubt_threshold": below} | ticked


def change(label: Label, by: User, without: str = "", **changes: str) -> Any:
    client = sign_in(by)
    values = label_fields(label, client) | changes
    values.pop(without, None)
    return client.post(reverse("review:change_label", args=[label.pk]), values, follow=True)


def add_label(task: Task, by: User, **changes: str) -> Any:
    return sign_in(by).post(reverse("review:add_label", args=[task.slug]), LABEL | changes, follow=True)
