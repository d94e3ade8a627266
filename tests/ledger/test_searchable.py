"""The word index is kept in step by the database, whatever way a statement comes in."""

from __future__ import annotations

import pytest
from django.db import connection

from ledger.searchable import INDEX, TRIGGER
from ledger.triggers import missing_triggers
from tests.ledger import facts

pytestmark = pytest.mark.django_db


def found(word: str) -> list[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s ORDER BY rowid", [f'"{word}"'])
        else:
            cursor.execute(
                "SELECT id FROM ledger_statement WHERE to_tsvector('simple'::regconfig, text) @@ "
                "plainto_tsquery('simple', %s) ORDER BY id",
                [word],
            )
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_found_by_its_words_as_soon_as_it_is_there() -> None:
    one = facts.statement("Rivaroxaban", "Warfarin", "{} thins the blood beside {}; see café.")
    other = facts.statement("Aspirin", "Warfarin", "{} thickens it beside {}.")
    assert found("WARFARIN") == [one.pk, other.pk]
    assert found("thins") == [one.pk]
    assert found("café") == [one.pk]
    assert found("thin") == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps an index by itself")
def test_a_lost_trigger_is_missed() -> None:
    assert missing_triggers(connection) == []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {TRIGGER}")
    assert missing_triggers(connection) == [TRIGGER]
