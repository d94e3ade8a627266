"""Somebody else answers some statements of a decided pattern, and a contradiction reopens it."""

from __future__ import annotations

import pytest

from ledger.models import (
    ModelVersion,
    PatternDecision,
    SpotCheck,
    Statement,
    Task,
)
from tests.ledger.facts import answer, polarity
from tests.ledger.patterned import decided, held, withdrawn, worded
from tests.ledger.people import undo


def test_the_spot_checks_are_drawn_by_chance_fixed_by_the_decision(made: list[Statement]) -> None:
    outcome = decided(made[0])
    assert outcome.checked == sorted(SpotCheck.objects.values_list("statement", flat=True))
    assert len(outcome.checked) == 5  # 2 % of twenty is less than the least
    assert set(outcome.read) == set(outcome.checked)
    Task.objects.update(spot_check_share=0.35, spot_checks_at_least=2)
    withdrawn(outcome.decision)
    assert len(decided(made[0], task=polarity()).checked) == 7


def test_fewer_statements_than_the_least_are_all_checked(live: ModelVersion) -> None:
    made = worded(live, 3)
    assert decided(made[0]).checked == [one.pk for one in made]


def test_somebody_else_who_agrees_confirms_the_one_statement(made: list[Statement]) -> None:
    outcome = decided(made[0])
    checked = Statement.objects.get(pk=outcome.checked[0])
    answered = answer(checked, "synergistic", by="ben")
    assert answered.reopened is None
    assert held(checked) == ("synergistic", "single_review")
    assert PatternDecision.objects.in_force().get() == outcome.decision


def test_a_contradicting_spot_check_reopens_the_pattern(made: list[Statement]) -> None:
    outcome = decided(made[0])
    checked = Statement.objects.get(pk=outcome.checked[0])
    reopened = answer(checked, "antagonistic", by="ben").reopened
    assert reopened is not None
    assert (reopened.act, reopened.reviewer.username, reopened.sample) == ("reopened", "ben", [checked.pk])
    assert reopened.replaces == outcome.decision
    assert held(checked) == ("antagonistic", "single_review")
    assert {held(one) for one in made if one != checked} == {None}


def test_taking_the_contradiction_back_does_not_close_the_pattern_again(made: list[Statement]) -> None:
    outcome = decided(made[0])
    checked = Statement.objects.get(pk=outcome.checked[0])
    undo(answer(checked, "antagonistic", by="ben").decision, by="ben")
    assert PatternDecision.objects.newest().get().act == "reopened"
    assert {held(one) for one in made} == {None}
    assert len(decided(made[0]).covered) == 20


@pytest.mark.parametrize("by", ["ana", "ben"])
def test_only_anothers_answer_to_a_drawn_statement_is_a_check(made: list[Statement], by: str) -> None:
    outcome = decided(made[0])
    drawn = outcome.checked[0] if by == "ana" else next(pk for pk in outcome.covered if pk not in outcome.checked)
    assert answer(Statement.objects.get(pk=drawn), "antagonistic", by=by).reopened is None
    assert PatternDecision.objects.in_force().exists()


def test_a_check_of_a_withdrawn_decision_reopens_nothing(made: list[Statement]) -> None:
    outcome = decided(made[0])
    withdrawn(outcome.decision)
    answered = answer(Statement.objects.get(pk=outcome.checked[0]), "antagonistic", by="ben")
    assert answered.reopened is None
    assert PatternDecision.objects.newest().get().act == "withdrawal"
