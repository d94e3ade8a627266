"""System checks that need the database: are the append-only guards still there?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from ledger.triggers import missing_triggers


@register(Tags.database)
def append_only_guards_stand(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Asked by `manage.py check --database default` and before every migrate."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if not _is_migrated(connection):
            continue  # the migrations that are still to come put them up
        for name in missing_triggers(connection):
            errors.append(
                Error(
                    f"The trigger {name} is missing from database {alias!r}, so a fact could be changed.",
                    hint="Run `manage.py verify_ledger --restore-triggers`.",
                    id="ledger.E001",
                )
            )
    return errors


def _is_migrated(connection: BaseDatabaseWrapper) -> bool:
    loader = MigrationLoader(connection)
    return set(loader.graph.leaf_nodes("ledger")) <= loader.applied_migrations.keys()
