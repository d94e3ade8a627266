"""Imported labels never overrule a person, and gold as of a moment is what held then."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ledger.integrity import problems
from ledger.models import ChainLink, GoldLabel, Statement
from ledger.queries import current_gold
from ledger.record import gold as recorded
from ledger.record.decisions import withdraw_decision
from ledger.record.gold import add_seed_labels
from ledger.record.runs import open_round
from tests.ledger.facts import NOW, answer, label, polarity, statement, user
from tests.ledger.whole import seed, statements


def rows(made: list[Statement], slug: str = "synergistic") -> list[tuple[int, int, str]]:
    return [(one.pk, label(slug).pk, "seeds.csv") for one in made]


def test_importing_labels_again_adds_nothing(db: None) -> None:
    made = statements(3)
    assert add_seed_labels(task=polarity(), rows=rows(made), now=NOW) == 3
    n_links = ChainLink.objects.count()
    assert add_seed_labels(task=polarity(), rows=rows(made), now=NOW) == 0
    assert add_seed_labels(task=polarity(), rows=rows(made, "antagonistic"), now=NOW) == 0
    assert (GoldLabel.objects.count(), ChainLink.objects.count()) == (3, n_links)
    assert add_seed_labels(task=polarity(), rows=[], now=NOW) == 0


def test_one_statement_twice_in_a_batch_is_one_label(db: None) -> None:
    (said,) = statements(1)
    assert add_seed_labels(task=polarity(), rows=[*rows([said]), *rows([said], "antagonistic")], now=NOW) == 1
    assert GoldLabel.objects.get().label == label("synergistic")


def test_an_import_does_not_overrule_a_person_nor_revive_what_a_person_took_back(db: None) -> None:
    answered, undone, fresh = statements(3)
    answer(answered, "antagonistic")
    decision = answer(undone, "antagonistic").decision
    withdraw_decision(decision=decision, by=user("ana"), idempotency_key=uuid.uuid4(), now=NOW)
    assert add_seed_labels(task=polarity(), rows=rows([answered, undone, fresh]), now=NOW) == 1
    assert current_gold(polarity(), undone) is None
    assert [gold.label.slug for gold in GoldLabel.objects.current().order_by("statement_id")] == [
        "antagonistic",
        "synergistic",
    ]
    assert list(problems()) == []


def test_every_batch_is_one_link(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "SEED_BATCH", 2)
    made = statements(5)
    before = ChainLink.objects.count()
    add_seed_labels(task=polarity(), rows=rows(made), now=NOW)
    assert list(ChainLink.objects.values_list("n_rows", flat=True).order_by("position"))[before:] == [2, 2, 1]
    assert list(problems()) == []


def test_gold_as_of_a_moment_is_what_held_then(db: None) -> None:
    first, second = statements(2)
    seed(first, "synergistic")
    at_import = GoldLabel.objects.latest("id").pk
    answer(second, "synergistic", by="ana")
    overruled = answer(first, "antagonistic", by="ana")
    later = GoldLabel.objects.latest("id").pk
    withdraw_decision(decision=overruled.decision, by=user("ana"), idempotency_key=uuid.uuid4(), now=NOW)

    def held(at: int) -> dict[int, str]:
        return {gold.statement_id: gold.label.slug for gold in GoldLabel.objects.as_of(at)}

    assert held(at_import) == {first.pk: "synergistic"}
    assert held(later) == {first.pk: "antagonistic", second.pk: "synergistic"}
    assert held(GoldLabel.objects.latest("id").pk) == {first.pk: "synergistic", second.pk: "synergistic"}


def test_gold_names_the_round_it_was_confirmed_in(db: None) -> None:
    first, second = statements(2)
    assert answer(first, "synergistic").gold.round_number == 0
    open_round(task=polarity(), by=None, now=NOW, wake=False)
    assert answer(second, "synergistic", now=NOW + timedelta(days=1)).gold.round_number == 1


def test_the_database_itself_refuses_gold_without_a_label_that_takes_nothing_back(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        GoldLabel.objects.create(
            task=polarity(), statement=statement(), source="agreement", round_number=0, confirmed_at=NOW
        )
