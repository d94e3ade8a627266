"""A system check that needs the database: does every label's key reach its label?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from ledger.models import Label
from review.keys import can_be_a_labels


@register(Tags.database)
def no_label_key_shadows_another(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Asked by `manage.py check --database default` and after every migrate."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        if Label._meta.db_table not in connections[alias].introspection.table_names():
            continue  # not migrated yet
        for task, title, key in Label.objects.using(alias).values_list("task__slug", "title", "key"):
            if not can_be_a_labels(key):
                errors.append(
                    Error(
                        f"The key {key!r} of the label {title!r} of {task} does something else on the item page.",
                        hint="Give the label another key, a digit or a free letter, on the task's page.",
                        id="review.E001",
                    )
                )
    return errors
