"""Every append-only table refuses UPDATE and DELETE, by the ORM and by raw SQL, on whichever database this runs."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, models, transaction

from ledger.checks import append_only_guards_stand
from ledger.models import AppendOnlyModel, Label, LedgerIsAppendOnly, Statement
from ledger.triggers import append_only_tables, create_sql, drop_sql, missing_triggers
from tests.ledger.facts import one_of_each

TABLES = sorted(model.__name__ for model in AppendOnlyModel.__subclasses__())


@pytest.fixture
def rows(db: None) -> dict[str, models.Model]:
    return one_of_each()


def test_the_cast_has_a_row_of_every_append_only_model(rows: dict[str, models.Model]) -> None:
    assert sorted(rows) == TABLES
    assert len(append_only_tables()) == len(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_python_refuses_with_a_sentence(rows: dict[str, models.Model], name: str) -> None:
    row = rows[name]
    manager = type(row).objects
    attempts = [
        row.save,
        row.delete,
        manager.all().delete,
        lambda: manager.update(id=7),
        lambda: manager.filter(pk=row.pk).update(id=7),
        lambda: manager.bulk_update([row], ["id"]),
        lambda: manager.update_or_create(pk=row.pk),
        lambda: manager.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["id"]),
        lambda: type(row)._base_manager.all().delete(),
    ]
    for attempt in attempts:
        with pytest.raises(LedgerIsAppendOnly, match="write a new row"):
            attempt()


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_raw_sql(rows: dict[str, models.Model], name: str, act: str) -> None:
    table = rows[name]._meta.db_table
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))
    assert type(rows[name]).objects.filter(pk=rows[name].pk).exists()


def test_the_database_refuses_an_update_that_went_round_the_managers(rows: dict[str, models.Model]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        models.QuerySet(Statement).filter(pk=rows["Statement"].pk).update(text="rewritten")


def test_a_dropped_guard_is_noticed_and_can_be_put_back(rows: dict[str, models.Model]) -> None:
    with connection.cursor() as cursor:
        for statement in drop_sql(connection.vendor, "ledger_decision"):
            cursor.execute(statement)
    assert missing_triggers(connection) == ["ledger_decision_refuses_update", "ledger_decision_refuses_delete"]
    assert {error.id for error in append_only_guards_stand(["default"])} == {"ledger.E001"}
    with connection.cursor() as cursor:
        for statement in create_sql(connection.vendor, "ledger_decision"):
            cursor.execute(statement)
    assert missing_triggers(connection) == []


def test_rows_that_are_no_facts_can_change(rows: dict[str, models.Model]) -> None:
    assert Label.objects.filter(slug="synergistic").update(title="Synergy") == 1
