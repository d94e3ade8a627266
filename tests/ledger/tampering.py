"""Changing the ledger behind its guards, as somebody with the database's own tools could."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from ledger.integrity import problems
from ledger.triggers import append_only_tables, create_sql, drop_sql


@contextmanager
def unguarded() -> Iterator[None]:
    """Let the block change facts as somebody with the database's own tools could; afterwards all is as before."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                for table in append_only_tables():
                    for sql in drop_sql(connection.vendor, table):
                        cursor.execute(sql)
        yield
        transaction.set_rollback(True)


def guard_again() -> None:
    """Put the guards back, so that only what was done under their absence is left to find."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            for table in append_only_tables():
                for sql in create_sql(connection.vendor, table):
                    cursor.execute(sql)


def rewrite(row: models.Model, **changes: object) -> None:
    """Change a fact, round the managers that refuse it."""
    assert models.QuerySet(type(row)).filter(pk=row.pk).update(**changes) == 1


def remove(row: models.Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        assert cursor.rowcount == 1


def something_else(value: Any) -> Any:
    """Another value of the same kind, as near as can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    if isinstance(value, dict):
        return {**value, "added": 0}
    if isinstance(value, list):
        return value[::-1]
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    if isinstance(value, float):
        return value + 1e-9
    return (value or 0) + 1_000


def found() -> list[str]:
    """What is found once the guards are back."""
    guard_again()
    return list(problems())
