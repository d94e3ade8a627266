"""A database taken to an earlier or later form."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrated(name: str) -> Any:
    """The models after the database has been taken there."""
    target = [("ledger", name)]
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps
