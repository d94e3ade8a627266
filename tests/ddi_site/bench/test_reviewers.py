"""The bench of reviewers notices what it is there to notice."""

from __future__ import annotations

import uuid

import pytest

from ddi_site.bench.reviewers import Watch, held_against_the_ledger
from tests.ledger import facts


def test_an_item_two_people_have_before_them_is_noticed() -> None:
    watch = Watch()
    watch.gets("7", 1)
    watch.gets("7", 1)
    assert watch.n_held_by_two == 0
    watch.gets("7", 2)
    assert watch.n_held_by_two == 1
    watch.answers("7", 2, "key", "synergistic")
    watch.gets("7", 3)
    assert watch.n_held_by_two == 1


@pytest.mark.django_db
def test_lost_changed_and_doubled_answers_are_counted() -> None:
    keys = [uuid.uuid4() for _ in range(4)]
    ana, ben = facts.user("ana"), facts.user("ben")
    for key, slug in zip(keys[:3], ("synergistic", "synergistic", "antagonistic"), strict=True):
        facts.answer(facts.statement(), slug, by="ana", idempotency_key=key)
    facts.answer(facts.statement(), "synergistic", by="ben")  # nobody said so: a second row of something
    watch = Watch()
    watch.answers("1", ana.pk, str(keys[0]), "synergistic")  # there
    watch.answers("2", ana.pk, str(keys[1]), "antagonistic")  # there, as something else
    watch.answers("3", ben.pk, str(keys[2]), "antagonistic")  # there, as somebody else's
    watch.answers("4", ana.pk, str(keys[3]), "synergistic")  # not there
    assert held_against_the_ledger(watch, before=0) == (3, 1, 4)
