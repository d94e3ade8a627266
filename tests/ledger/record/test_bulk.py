"""Rows inserted together come out as they went in, whatever their number and cells."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.models import Drug
from ledger.record.bulk import ROWS_A_STATEMENT, Cell, insert_many, insert_new, reserved_ids

MOST = max(ROWS_A_STATEMENT)
COLUMNS = {"number": "int8", "share": "float8", "words": "text", "packed": "bytea"}


@pytest.fixture(autouse=True)
def table(db: None) -> None:
    blob = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE made_up (number bigint UNIQUE, share double precision, words text, packed {blob})"
        )


def inserted() -> list[tuple[Cell, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, share, words, packed FROM made_up ORDER BY number")
        return [(*cells, None if packed is None else bytes(packed)) for *cells, packed in cursor.fetchall()]


@pytest.mark.parametrize("n", [0, 1, 19, MOST - 1, MOST, 2 * MOST + 45])
def test_every_row_comes_once(n: int) -> None:
    rows: list[tuple[Cell, ...]] = [(number, number / 3, f"row {number}", bytes([number % 256])) for number in range(n)]
    insert_many("made_up", COLUMNS, rows)
    assert inserted() == rows


def test_awkward_cells_stay_what_they_are() -> None:
    rows: list[tuple[Cell, ...]] = [
        (-(2**62), 0.1 + 0.2, "Wirkung ↑\\t\t\n\\N; DROP TABLE made_up; %s", b"\0\xff\n"),
        (0, None, None, None),
        (2**62, 5e-324, "", b""),
    ]
    insert_many("made_up", COLUMNS, rows)
    assert inserted() == rows


def test_a_row_that_breaks_a_constraint_takes_all_with_it() -> None:
    rows: list[tuple[Cell, ...]] = [(number, 0.5, "", b"") for number in (*range(60), 59)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many("made_up", COLUMNS, rows)
    assert inserted() == []


@pytest.mark.parametrize("n", [60, MOST + 60])
def test_a_refused_row_costs_the_whole_transaction_wherever_it_is_caught(n: int) -> None:
    rows: list[tuple[Cell, ...]] = [(number, 0.5, "", b"") for number in (*range(n), n - 1)]
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert_many("made_up", COLUMNS, rows)
        with pytest.raises(DatabaseError):
            inserted()
        transaction.set_rollback(True)
    assert inserted() == []


def test_rows_that_are_there_already_are_passed_over_and_not_counted(db: None) -> None:
    first: list[tuple[str | int | None, ...]] = [(f"DB{number:05d}", f"Drug {number}") for number in range(MOST + 5)]
    assert insert_new(Drug, ("drugbank_id", "name"), first) == MOST + 5
    again = [("DB00003", "Another name"), ("DB90000", "Wirkung ↑ \"'\\ {}"), ("DB90000", "Twice"), ("DB90001", "New")]
    assert insert_new(Drug, ("drugbank_id", "name"), again) == 2
    assert insert_new(Drug, ("drugbank_id", "name"), []) == 0
    assert Drug.objects.count() == MOST + 7
    names = dict(Drug.objects.values_list("drugbank_id", "name"))
    assert (names["DB00003"], names["DB90000"]) == ("Drug 3", "Wirkung ↑ \"'\\ {}")


def test_reserved_ids_are_new_and_the_next_row_gets_a_greater_one(db: None) -> None:
    held = Drug.objects.create(drugbank_id="DB00001", name="First")
    ids = reserved_ids("ledger_drug", 5)
    assert [held.pk, *ids] == sorted({held.pk, *ids})
    columns = {"id": "int8", "drugbank_id": "text", "name": "text"}
    insert_many("ledger_drug", columns, [(number, f"DB{number:05d}", "Reserved") for number in ids])
    assert Drug.objects.create(drugbank_id="DB99999", name="Last").pk > ids[-1]
    assert len(reserved_ids("ledger_drug", 0)) == 0


def test_ids_of_a_table_nothing_was_ever_inserted_into_start_somewhere(db: None) -> None:
    assert min(reserved_ids("ledger_flag", 3)) > 0
