"""The references of predictions and flags on PostgreSQL, checked once for all the rows of a statement.

A foreign key there asks for every row's parent by a query of its own and locks the parent: for a chunk of predictions
that takes four times as long as writing it. Parents are append-only, so it is enough to ask when rows come, and one
trigger asks for all of them at once. Labels can be deleted: a second trigger refuses that for one that was predicted.
SQLite's foreign keys cost little and stay.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

OWN = {  # the reference in which the rows of one statement differ
    "ledger_prediction": ("statement_id", "ledger_statement"),
    "ledger_flag": ("prediction_id", "ledger_prediction"),
}
SHARED = {  # those in which most of them are alike
    "ledger_prediction": {
        "model_version_id": "ledger_modelversion",
        "chunk_id": "ledger_predictionchunk",
        "label_id": "ledger_label",
    },
    "ledger_flag": {"rule_id": "ledger_flagrule", "atc_rule_id": "ledger_atcrule"},
}
TABLES = tuple(OWN)
LABEL_GUARD = "ledger_label_keeps_predictions"


def trigger_name(table: str) -> str:
    return f"{table}_has_parents"


def trigger_names() -> list[str]:
    return [*map(trigger_name, TABLES), LABEL_GUARD]


def create_sql(table: str) -> list[str]:
    """Statements that make PostgreSQL check what new rows of `table` refer to; running them twice is harmless."""
    if table not in TABLES:
        return []
    (own, parent), shared = OWN[table], SHARED[table]
    orphaned = " OR ".join(
        f"(alike.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} WHERE id = alike.{column}))"
        for column, parent in shared.items()
    )
    name = trigger_name(table)
    statements = [
        # Rows just imported have no statistics yet: whatever those say, parents are looked up by their keys.
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "  # noqa: S608  names of ours
        "SET enable_hashjoin = off SET enable_mergejoin = off AS $$ BEGIN "
        f"IF EXISTS (SELECT FROM fresh LEFT JOIN {parent} ON {parent}.id = fresh.{own} WHERE {parent}.id IS NULL) "
        f"OR EXISTS (SELECT FROM (SELECT DISTINCT {', '.join(shared)} FROM fresh) AS alike WHERE {orphaned}) THEN "
        f"RAISE EXCEPTION 'a row of {table} names a row that is not there' USING ERRCODE = 'foreign_key_violation'; "
        "END IF; RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]
    if "label_id" in shared:
        statements += [
            f"CREATE OR REPLACE FUNCTION {LABEL_GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS (SELECT FROM {table} WHERE label_id = OLD.id) THEN "
            "RAISE EXCEPTION 'label % was predicted and stays', OLD.id USING ERRCODE = 'foreign_key_violation'; "
            "END IF; RETURN OLD; END $$",
            f"CREATE OR REPLACE TRIGGER {LABEL_GUARD} BEFORE DELETE ON ledger_label "
            f"FOR EACH ROW EXECUTE FUNCTION {LABEL_GUARD}()",
        ]
    return statements


class DropForeignKeys(migrations.operations.base.Operation):
    """Migration step: on PostgreSQL, leave the references of a guarded table to its trigger alone."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models keep their foreign keys."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                "DO $$ DECLARE name text; BEGIN FOR name IN SELECT conname FROM pg_constraint "  # noqa: S608
                f"WHERE conrelid = '{self.table}'::regclass AND contype = 'f' LOOP "
                f"EXECUTE format('ALTER TABLE {self.table} DROP CONSTRAINT %I', name); END LOOP; END $$",
                params=None,
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """The keys stay away: the trigger asks what they would."""

    def describe(self) -> str:
        return f"Leave the references of {self.table} to its trigger"
