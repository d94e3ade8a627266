"""A ledger that holds predictions keeps them, and what guards them, when its labels get shorter numbers."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Label, Prediction
from ledger.triggers import missing_triggers
from tests.ledger.facts import one_of_each
from tests.ledger.migrating import migrated

COLUMN = "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = 'label_id'"
KEYS = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'ledger_prediction'::regclass AND contype = 'f'"


def test_predictions_keep_their_labels_and_their_guards(committed_db: str) -> None:
    held = one_of_each()["Prediction"]
    said = list(Prediction.objects.order_by("id").values())
    migrated("0012_comparisons")
    migrated("0013_label_ids")
    assert list(Prediction.objects.order_by("id").values()) == said
    assert Prediction.objects.get(pk=held.pk).label == held.label
    assert missing_triggers(connection) == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_label WHERE id = %s", [held.label_id])
    assert Label.objects.filter(pk=held.label_id).exists()
    connection.check_constraints()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite stores a number in as many bytes as it takes")
def test_a_prediction_names_its_label_in_four_bytes_and_leaves_references_to_its_trigger(db: None) -> None:
    with connection.cursor() as cursor:
        for table in ("ledger_prediction", "ledger_decision", "ledger_goldlabel"):
            cursor.execute(COLUMN, [table])
            assert cursor.fetchone() == ("integer",)
        cursor.execute(KEYS)
        assert cursor.fetchone() == (0,)
