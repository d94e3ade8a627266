"""Predictions and flags name rows that are there, on whichever database and however they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Flag, Label, Prediction
from ledger.record.bulk import insert_many, reserved_ids
from ledger.record.predictions import FLAG_COLUMNS, PREDICTION_COLUMNS
from ledger.references import OWN, SHARED, create_sql, trigger_names
from ledger.triggers import missing_triggers
from tests.ledger.facts import model_version, one_of_each, polarity, statement

NOBODY = 987_654_321


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return one_of_each()


def insert_predictions(cast: dict[str, Any], **changes: int) -> None:
    """Three predictions of one more model, the second of them with changes."""
    held, version = cast["Prediction"], model_version()
    facts = {
        "label_id": held.label_id, "confidence": 0.5, "scores": b"\0" * 8, "model_version_id": version.pk,
        "chunk_id": held.chunk_id,
    }  # fmt: skip
    ids = reserved_ids("ledger_prediction", 3)
    rows = [
        facts | {"id": ids[number], "statement_id": statement().pk} | (changes if number == 1 else {})
        for number in range(3)
    ]
    insert_many(
        "ledger_prediction", PREDICTION_COLUMNS, [tuple(row[name] for name in PREDICTION_COLUMNS) for row in rows]
    )


def insert_flags(cast: dict[str, Any], **changes: int | None) -> None:
    facts = {
        "prediction_id": cast["Prediction"].pk, "rule_id": cast["FlagRule"].pk, "atc_rule_id": None, "explanation": "",
    } | changes  # fmt: skip
    insert_many("ledger_flag", FLAG_COLUMNS, [tuple(facts[name] for name in FLAG_COLUMNS)])


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError):
        committing(act)


@transaction.atomic
def committing(act: Callable[[], object]) -> None:
    act()
    connection.check_constraints()  # SQLite asks when the outermost transaction commits, which a test's never does


@pytest.mark.parametrize("column", ["statement_id", "model_version_id", "chunk_id", "label_id"])
def test_one_prediction_among_others_that_names_nothing_is_refused(cast: dict[str, Any], column: str) -> None:
    insert_predictions(cast)
    before = Prediction.objects.count()
    refused(lambda: insert_predictions(cast, **{column: NOBODY}))
    assert Prediction.objects.count() == before == 4


@pytest.mark.parametrize("column", ["prediction_id", "rule_id", "atc_rule_id"])
def test_a_flag_that_names_nothing_is_refused(cast: dict[str, Any], column: str) -> None:
    refused(lambda: insert_flags(cast, **{column: NOBODY}))
    assert Flag.objects.count() == 1


def test_a_flag_may_name_no_atc_rule(cast: dict[str, Any]) -> None:
    held = cast["Prediction"]
    made = Prediction.objects.create(
        statement=statement(), model_version=held.model_version, chunk=held.chunk, label=held.label, confidence=0.5,
        scores=b"",
    )  # fmt: skip
    insert_flags(cast, prediction_id=made.pk)
    connection.check_constraints()
    assert Flag.objects.count() == 2


def test_a_label_that_was_predicted_stays_and_another_may_go(cast: dict[str, Any]) -> None:
    insert_predictions(cast)
    made = Label.objects.create(task=polarity(), slug="other", title="Other", key="8", position=8)
    insert_predictions(cast, label_id=made.pk)

    def delete(label: Label) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_label WHERE id = %s", [label.pk])

    refused(lambda: delete(made))
    unused = Label.objects.create(task=polarity(), slug="unused", title="Unused", key="9", position=9)
    delete(unused)
    connection.check_constraints()
    assert set(Label.objects.filter(slug__in=["other", "unused"])) == {made}


def test_every_reference_of_the_two_tables_is_checked() -> None:
    for model in (Prediction, Flag):
        table = model._meta.db_table
        asked = {OWN[table][0]: OWN[table][1], **SHARED[table]}
        assert asked == {
            field.column: field.related_model._meta.db_table
            for field in model._meta.concrete_fields
            if field.related_model
        }


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps its foreign keys")
def test_a_check_that_was_dropped_is_noticed_and_can_be_put_back(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_flag_has_parents ON ledger_flag")
        cursor.execute("DROP TRIGGER ledger_label_keeps_predictions ON ledger_label")
        assert missing_triggers(connection) == ["ledger_flag_has_parents", "ledger_label_keeps_predictions"]
        for table in ("ledger_prediction", "ledger_flag"):
            for sql in create_sql(table):
                cursor.execute(sql)
    assert missing_triggers(connection) == []
    assert len(trigger_names()) == 3
