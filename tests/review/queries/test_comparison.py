from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from ledger.models import ModelVersion
from review.queries.comparison import Pair, audit, fixed_test, parts_of
from review.versus import Beside
from tests.ledger import facts
from tests.review.evaluated import evaluated, full_metrics
from tests.review.queries.models_beside import both_say, held_out_for, judged, taught


@pytest.fixture
def pair(model: ModelVersion) -> Pair:
    """A newer version beside the live one."""
    return Pair(facts.model_version(), model)


def cells(found: Beside | None) -> list[tuple[str, list[tuple[int, int]]]]:
    assert found is not None
    return [(gold, [(one.this, one.other) for one in changes]) for gold, changes in found.confusion]


def test_the_fixed_test_is_the_newer_ones_test_examples_that_both_have_read(pair: Pair) -> None:
    say = ("synergistic", "antagonistic")
    held_out_for(pair.this, both_say(pair.this, pair.other, "synergistic", "synergistic", n=3), "synergistic")
    held_out_for(pair.this, both_say(pair.this, pair.other, "synergistic", "antagonistic", n=2), "synergistic")
    held_out_for(pair.this, both_say(pair.this, pair.other, "antagonistic", "synergistic"), "antagonistic")
    both_say(pair.this, pair.other, "synergistic", "antagonistic", n=7)  # nobody's gold
    found = fixed_test(pair).found
    assert cells(found) == [(say[0], [(5, 3), (0, 2)]), (say[1], [(0, 1), (1, 0)])]
    assert found is not None
    assert found.chance is not None
    assert (found.chance.only_this, found.chance.only_other) == (3, 0)
    assert cells(fixed_test(Pair(pair.other, pair.this)).found)[0] == (say[0], [(3, 5), (2, 0)])


def test_evaluations_on_the_same_examples_come_first(pair: Pair) -> None:
    held_out_for(pair.this, both_say(pair.this, pair.other, "synergistic", "antagonistic", n=3), "synergistic")
    mine, theirs = full_metrics(against=pair.other.number), full_metrics()
    evaluated(pair.this, mine)
    evaluated(pair.other, theirs, on=pair.this.training_set)
    found = fixed_test(pair).found
    assert found is not None
    assert (found.n, found.accuracy.this, found.accuracy.other) == (12, 10 / 12, 10 / 12)
    assert found.accuracy.this_interval == tuple(mine["intervals"]["accuracy"])
    assert [one.f1.this for one in found.classes] == [one["f1"] for one in mine["per_label"].values()]
    assert [change.difference for _, changes in found.confusion for change in changes] == [0, 0, 0, 0]
    assert found.chance is not None
    assert found.chance.p_value == mine["compared"]["p_value"]
    # The other way round the kept test is of another pair, so the examples are counted.
    other_way = fixed_test(Pair(pair.other, pair.this)).found
    assert other_way is not None
    assert other_way.chance is not None
    assert (other_way.chance.only_this, other_way.chance.only_other) == (0, 3)


def test_what_neither_read_says_what_to_do(pair: Pair) -> None:
    statements = both_say(pair.other, facts.model_version(), "synergistic", "synergistic", n=2)
    held_out_for(pair.this, statements, "synergistic")
    part = fixed_test(pair)
    assert part.found is None
    assert part.trouble == (
        f"Model {pair.this.number} has not read any of the 2 statements: let it read all statements first."
    )
    assert audit(pair).trouble == "There is no such statement with a gold label yet."


def test_the_audit_holds_what_was_drawn_read_and_taught_neither(pair: Pair, pharmacist: User) -> None:
    def drawn(n: int, **how: Any) -> Any:
        return both_say(pair.this, pair.other, "antagonistic", "synergistic", n=n, audited=True, **how)

    judged(drawn(4), "antagonistic", pharmacist)
    judged(both_say(pair.this, pair.other, "antagonistic", "synergistic", n=3), "antagonistic", pharmacist)
    learnt = drawn(2)
    judged(learnt, "antagonistic", pharmacist)
    taught(pair.this, learnt[:1])
    taught(pair.other, learnt[1:])
    judged(drawn(1), "undetermined", pharmacist)  # no class of either
    imported = drawn(1)
    held_out_for(pair.this, imported, "antagonistic")
    drawn(1)  # nobody judged it
    found = audit(pair).found
    assert found is not None
    assert (found.n, found.accuracy.this, found.accuracy.other) == (4, 1.0, 0.0)


def test_both_parts_take_a_fixed_number_of_queries(
    pair: Pair, pharmacist: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # whether pairs may be unrelated, evaluations, test examples, audit
        parts_of(pair)
    judged(both_say(pair.this, pair.other, "antagonistic", "synergistic", n=5, audited=True), "synergistic", pharmacist)
    evaluated(pair.this, full_metrics())
    evaluated(pair.other, full_metrics(), on=pair.this.training_set)
    with django_assert_num_queries(6):  # and the evaluations' figures, a later comparison; McNemar's test is counted
        parts_of(pair)


def test_only_settings_that_differ_are_told(model: ModelVersion) -> None:
    made = facts.model_version(config={"rank": 8, "seed": 1, "padding": "batch"})
    other = facts.model_version(config={"rank": 4, "seed": 1})
    assert Pair(made, other).settings_that_differ == [("rank", 8, 4), ("padding", "batch", "–")]
