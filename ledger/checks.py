"""System checks that need the database: are the append-only guards still there?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from ledger.triggers import append_only_tables, missing_triggers


@register(Tags.database)
def append_only_guards_stand(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Asked by `manage.py check --database default` and after every migrate."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        with connection.cursor() as cursor:
            existing = set(connection.introspection.table_names(cursor))
        if not set(append_only_tables()) <= existing:
            continue  # not migrated yet
        for name in missing_triggers(connection):
            errors.append(
                Error(
                    f"The trigger {name} is missing from database {alias!r}, so a fact could be changed.",
                    hint="Run `manage.py verify_ledger --restore-triggers`.",
                    id="ledger.E001",
                )
            )
    return errors
