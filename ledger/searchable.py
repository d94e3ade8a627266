"""The index in which words of statements are looked up, kept in step by the database itself.

SQLite has a full-text table beside the statements that stores the index alone (`content=''`, no positions: about
12 bytes a statement of DrugBank's wordings, 4 µs to insert), filled by a trigger; PostgreSQL has a GIN index over the
text. Both fold case and nothing else.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

TABLE = "ledger_statement"
INDEX = "ledger_statement_words"
TRIGGER = "ledger_statement_is_searchable"
VECTOR = "to_tsvector('simple'::regconfig, text)"


def trigger_names() -> list[str]:
    """The triggers that keep SQLite's index in step."""
    return [TRIGGER]


def create_sql(vendor: str) -> list[str]:
    """Statements that make the index over the statements that are there and those to come."""
    if vendor == "sqlite":
        return [
            f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
            "(text, content='', detail='none', tokenize='unicode61 remove_diacritics 0')",
            f"INSERT INTO {INDEX} (rowid, text) SELECT id, text FROM {TABLE}",  # noqa: S608  names of ours
            f"CREATE TRIGGER {TRIGGER} AFTER INSERT ON {TABLE} BEGIN "  # noqa: S608
            f"INSERT INTO {INDEX} (rowid, text) VALUES (new.id, new.text); END",
        ]
    return [f"CREATE INDEX {INDEX} ON {TABLE} USING gin ({VECTOR})"]


def drop_sql(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {TRIGGER}", f"DROP TABLE {INDEX}"]
    return [f"DROP INDEX {INDEX}"]


class MakeSearchable(migrations.operations.base.Operation):
    """Migration step: make the words of statements searchable. Backwards, it takes the index away."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The index is the database's own."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in create_sql(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in drop_sql(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make the words of {TABLE} searchable"
