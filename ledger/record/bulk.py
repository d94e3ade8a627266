"""Insert many rows of one table the fastest way each database has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connection, models, transaction

Cell = int | float | str | bytes | datetime | list[str] | None  # a list goes into a JSON column
NewCell = str | int | list[list[str | int]] | None  # a list goes into a JSON column

ROWS_A_STATEMENT = (500, 50, 1)  # on SQLite, the most first


def reserved_ids(table: str, n: int) -> Sequence[int]:
    """Ids for `n` rows that are about to be inserted, each greater than the one before.

    On PostgreSQL nobody else will get them; on SQLite the caller's transaction keeps other writers out.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            (last,) = cursor.fetchone() or (0,)
            return range(last + 1, last + 1 + n)
        sequence = "(SELECT pg_get_serial_sequence(%s, 'id')::regclass)"  # in a SELECT of its own it is found once
        cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [table, n])  # noqa: S608
        return [reserved for (reserved,) in cursor.fetchall()]


def insert_many(table: str, columns: Mapping[str, str], rows: Sequence[tuple[Cell, ...]]) -> None:
    """Insert rows whose cells stand in the order of `columns`: name → PostgreSQL type, for a binary COPY."""
    if not rows:
        return
    target = f"{table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            written = [tuple(map(_as_text, row)) for row in rows] if "jsonb" in columns.values() else rows
            _insert_together(target, len(columns), written, "")
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)


def insert_new(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[NewCell, ...]]) -> int:
    """Insert rows, passing over those that break a unique constraint; returns how many went in."""
    if not rows:
        return 0
    names = ", ".join(columns)
    target = f"{model._meta.db_table} ({names})"
    if connection.vendor == "sqlite":
        written = [tuple(map(_as_text, row)) for row in rows]
        return _insert_together(target, len(columns), written, " ON CONFLICT DO NOTHING")
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    form = ", ".join(f"{column} {types[column]}" for column in columns)
    new = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {target} SELECT {names} FROM json_to_recordset(%s) AS new ({form}) ON CONFLICT DO NOTHING",  # noqa: S608  names of ours only
            [new],
        )
        return int(cursor.rowcount)


def _as_text(cell: Any) -> Any:
    """A cell as SQLite keeps it: JSON is text there."""
    return json.dumps(cell) if isinstance(cell, list) else cell


def _insert_together(target: str, n_columns: int, rows: Sequence[tuple[Cell, ...]], on_conflict: str) -> int:
    """Insert on SQLite by prepared statements of many rows each; returns how many went in.

    For every statement anew SQLite opens the table, its indexes and those its foreign keys point to. A statement that
    may ABORT copies each page before it changes it; one that may FAIL leaves that to the transaction, which is why
    the caller's is lost with it, as on PostgreSQL.
    """
    n_inserted = 0
    places = f"({', '.join('?' * n_columns)})"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor, connection.wrap_database_errors:
        bare = cursor.connection  # Django's own cursor would look through a statement's thousands of places each time
        for n_together in ROWS_A_STATEMENT:
            cells = list(chain.from_iterable(rows[: len(rows) - len(rows) % n_together]))
            width = n_together * n_columns
            insert = f"INSERT OR FAIL INTO {target} VALUES {', '.join([places] * n_together)}{on_conflict}"  # noqa: S608  names of ours only
            if cells:
                batches = (cells[start : start + width] for start in range(0, len(cells), width))
                n_inserted += bare.executemany(insert, batches).rowcount
            rows = rows[len(rows) - len(rows) % n_together :]
    return n_inserted
