"""Database triggers that refuse UPDATE and DELETE on append-only tables, whoever asks.

SQLite drops a table's triggers without a word when Django remakes the table, so a migration that alters an
append-only table ends with `GuardAppendOnly` again, and `missing_triggers` is asked by the system checks and by
`verify_ledger`. PostgreSQL's TRUNCATE is left alone: the test runner flushes with it.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from ledger import references, searchable
from ledger.models.append_only import AppendOnlyModel

ACTS = ("update", "delete")


def trigger_name(table: str, act: str) -> str:
    return f"{table}_refuses_{act}"


def append_only_tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel))


def create_sql(vendor: str, table: str) -> list[str]:
    """Statements that guard `table`; running them twice is harmless."""
    sentence = f"{table} is append-only: write a new row instead"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {trigger_name(table, act)} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            for act in ACTS
        ]
    return [
        "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only: write a new row instead', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {trigger_name(table, act)} BEFORE {act.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()"
            for act in ACTS
        ),
        *references.create_sql(table),
    ]


def drop_sql(vendor: str, table: str) -> list[str]:
    where = f" ON {table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {trigger_name(table, act)}{where}" for act in ACTS]


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that should stand in this database and do not, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        standing = {row[0] for row in cursor.fetchall()}
    wanted = [trigger_name(table, act) for table in append_only_tables() for act in ACTS]
    wanted += references.trigger_names() if connection.vendor == "postgresql" else searchable.trigger_names()
    return [name for name in wanted if name not in standing]


class GuardAppendOnly(migrations.operations.base.Operation):
    """Migration step: put the guards on an append-only table. Backwards, it takes them off."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The guards change no model."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in create_sql(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in drop_sql(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Refuse UPDATE and DELETE on {self.table}"
