"""`fold` inside the database, for texts that are compared where they lie."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from ledger.patterns import fold

FUNCTION = "ddi_fold"


def teach_folding(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of `connection_created`: SQLite, which lowers ASCII letters alone, asks `fold` itself."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, fold, deterministic=True)


def folded(text: str, vendor: str) -> str:
    """SQL of a text folded; about a microsecond a row on SQLite."""
    if vendor == "postgresql":
        return rf"regexp_replace(lower({text}), '\s+', ' ', 'g')"
    return f"{FUNCTION}({text})"
