"""`manage.py verify_ledger`: exit 0 only for a ledger that is as it was written."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from ledger.models import ChainLink, GoldLabel, Prediction
from ledger.triggers import drop_sql, missing_triggers
from tests.ledger.tampering import guard_again, remove, rewrite, unguarded


def verify(*options: str) -> tuple[str, str]:
    """What the command prints, and the error it ends with."""
    out = StringIO()
    try:
        call_command("verify_ledger", *options, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def take_down_guards() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sql in drop_sql(connection.vendor, "ledger_goldlabel"):
            cursor.execute(sql)


def test_a_clean_ledger_is_counted_and_passes(ledger: dict[str, models.Model]) -> None:
    links, predictions = ChainLink.objects.count(), Prediction.objects.count()
    head = ChainLink.objects.latest("position").hash
    printed, error = verify()
    assert printed.startswith(f"{links} links and {predictions} predictions verified\nhead {head} ")
    assert error == ""
    printed, error = verify("--json")
    facts = {"links": links, "head": head, "predictions": predictions, "problems": []}
    assert (json.loads(printed), error) == (facts, "")


def test_an_earlier_head_is_found_again_until_the_chain_is_cut_off(ledger: dict[str, models.Model]) -> None:
    newest = ChainLink.objects.latest("position")
    assert verify("--contains", newest.hash)[1] == ""
    with unguarded():
        remove(newest)
        printed, error = verify("--contains", newest.hash)
        assert f"no longer holds the link {newest.hash}" in printed
        assert error


def test_an_empty_ledger_passes(db: None) -> None:
    assert verify()[0].startswith("0 links and 0 predictions verified\n")
    assert verify()[1] == ""


def test_a_changed_fact_is_printed_and_fails(ledger: dict[str, models.Model]) -> None:
    gold = GoldLabel.objects.filter(pattern_evidence__isnull=True).latest("id")  # in a link of its own
    with unguarded():
        rewrite(gold, origin="elsewhere")
        guard_again()
        printed, error = verify()
        assert f"the gold label row {gold.pk} was changed after it was written." in printed
        assert error == "The ledger is not as it was written: 1 problem, see above."
        printed, error = verify("--json")
        assert len(json.loads(printed)["problems"]) == 1
        assert error


def test_missing_guards_are_a_problem_until_they_are_restored(ledger: dict[str, models.Model]) -> None:
    take_down_guards()
    printed, error = verify()
    assert "The trigger ledger_goldlabel_refuses_update is missing" in printed
    assert error
    printed, error = verify("--restore-triggers")
    assert error == ""
    assert missing_triggers(connection) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_guards_that_are_switched_off_are_a_problem_until_they_are_restored(ledger: dict[str, models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_goldlabel DISABLE TRIGGER ALL")
    assert len(missing_triggers(connection)) == 2
    assert verify("--restore-triggers")[1] == ""


def test_restored_guards_do_not_excuse_what_was_changed_without_them(ledger: dict[str, models.Model]) -> None:
    gold = GoldLabel.objects.filter(pattern_evidence__isnull=True).latest("id")  # in a link of its own
    with unguarded():
        rewrite(gold, origin="elsewhere")
        guard_again()
        assert verify("--restore-triggers")[1].startswith("The ledger is not as it was written")
