"""Deciding a pattern settles its items, puts spot checks before everybody else, and can be taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.integrity import problems
from ledger.models import GoldLabel, PatternDecision, Prediction, Run
from review.actions.build_queue import build_queue
from review.actions.claim import claim, claim_next
from review.actions.decide import OwnSpotCheck, undo
from review.actions.decide_pattern import NotYourPattern
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import Flagged, answered, put_in_queue
from tests.review.patterned import read_wording, taken_back, together

State = ReviewItem.State


@pytest.fixture
def read(flagged: Flagged) -> list[Prediction]:
    return read_wording(flagged)


def item_of(said: Prediction) -> ReviewItem:
    return ReviewItem.objects.get(statement=said.statement_id)


def chain_problems() -> list[str]:
    """What is wrong with people's facts; these tests' models are made without the chain."""
    return [problem for problem in problems() if "gold" in problem or "decision" in problem]


def checks() -> list[ReviewItem]:
    return list(ReviewItem.objects.filter(main_reason="spot_check").order_by("statement_id"))


def test_items_of_doubt_are_settled_and_others_stay(read: list[Prediction], build: Run, pharmacist: User) -> None:
    for said, reason in zip(read, ("low_confidence", "flip", "audit", "requested"), strict=False):
        put_in_queue(build, said, reason)
    held = put_in_queue(
        build, read[4], "low_confidence", lease_by=facts.user("ben"), lease_until=timezone.now() + timedelta(hours=1)
    )
    assigned = put_in_queue(build, read[5], "low_confidence", assigned_to=facts.user("ben"))
    outcome = together(read[0], pharmacist)
    individual = {said.statement_id for said in read[1:4]} | {held.statement_id, assigned.statement_id}
    assert set(outcome.covered) == {said.statement_id for said in read} - individual
    assert outcome.left_out == {"flagged": 1, "audit": 1, "asked": 2, "held": 1}
    settled = item_of(read[0])
    assert settled.state == (State.OPEN if settled.main_reason == "spot_check" else State.SETTLED)
    assert {item_of(said).state for said in read[1:6]} == {State.OPEN}
    held.refresh_from_db()
    assert held.lease_until is not None


def test_the_checks_come_first_for_everybody_but_the_decider(
    read: list[Prediction], build: Run, pharmacist: User, second_pharmacist: User
) -> None:
    other = put_in_queue(build, read[0], "flip", priority=1.0)
    outcome = together(read[1], pharmacist)
    made = checks()
    assert [item.statement_id for item in made] == outcome.checked
    assert len(made) == 5
    assert {item.build for item in made} == {None}
    assert {item.prediction.statement_id for item in made} == set(outcome.checked)
    assert claim_next(reviewer=pharmacist, task=facts.polarity(), now=timezone.now()) == other
    first = claim_next(reviewer=second_pharmacist, task=facts.polarity(), now=timezone.now())
    assert first is not None
    assert first.main_reason == "spot_check"


def test_the_decider_can_neither_take_nor_answer_a_check(read: list[Prediction], pharmacist: User) -> None:
    together(read[0], pharmacist)
    check = checks()[0]
    assert claim(item=check, reviewer=pharmacist, now=timezone.now()) is False
    with pytest.raises(OwnSpotCheck):
        answered(check, pharmacist, "synergistic")
    check.refresh_from_db()
    assert check.lease_by is None


def test_an_agreeing_check_settles_its_item_alone(
    read: list[Prediction], pharmacist: User, second_pharmacist: User
) -> None:
    together(read[0], pharmacist)
    answered(checks()[0], second_pharmacist, "synergistic")
    assert [item.state for item in checks()] == [State.SETTLED, *[State.OPEN] * 4]
    assert GoldLabel.objects.current().filter(source="pattern_review").count() == 11


def test_a_contradicting_check_brings_everything_back(
    read: list[Prediction], build: Run, pharmacist: User, second_pharmacist: User
) -> None:
    for said in read:
        put_in_queue(build, said, "low_confidence")
    before = dict(ReviewItem.objects.values_list("statement", "priority"))
    together(read[0], pharmacist)
    contradicted = checks()[2]
    answered(contradicted, second_pharmacist, "antagonistic")
    contradicted.refresh_from_db()
    assert contradicted.state == State.SETTLED
    others = ReviewItem.objects.exclude(pk=contradicted.pk)
    assert set(others.values_list("state", "main_reason")) == {("open", "low_confidence")}
    assert {item.statement_id: item.priority for item in others} == {
        statement: priority for statement, priority in before.items() if statement != contradicted.statement_id
    }
    assert set(others.values_list("build", flat=True)) == {build.pk}
    assert PatternDecision.objects.newest().get().act == "reopened"
    assert chain_problems() == []


def test_taking_the_contradiction_back_leaves_the_pattern_open(
    read: list[Prediction], pharmacist: User, second_pharmacist: User
) -> None:
    together(read[0], pharmacist)
    check = checks()[0]
    said = answered(check, second_pharmacist, "antagonistic")
    undo(decision=said, by=second_pharmacist, idempotency_key=uuid.uuid4(), now=timezone.now())
    check.refresh_from_db()
    assert (check.state, check.lease_by) == (State.OPEN, second_pharmacist)
    assert not PatternDecision.objects.in_force().exists()
    assert not GoldLabel.objects.current().exists()


def test_checks_nobody_answered_leave_the_queue_with_the_decision(
    read: list[Prediction], build: Run, pharmacist: User, second_pharmacist: User
) -> None:
    kept = put_in_queue(build, read[0], "low_confidence")
    facts.Task.objects.update(spot_check_share=1.0)
    outcome = together(read[0], pharmacist, task=facts.polarity())
    assert len(checks()) == 12
    held = checks()[3]
    claim(item=held, reviewer=second_pharmacist, now=timezone.now())
    answered(checks()[5], second_pharmacist, "synergistic")
    taken_back(outcome.decision, pharmacist)
    kept.refresh_from_db()
    assert (kept.state, kept.main_reason, kept.build, kept.reasons[0]["rule"]) == (
        State.OPEN, "low_confidence", build, "low_confidence",
    )  # fmt: skip
    assert {item.state for item in checks()} == {State.OPEN, State.SETTLED}  # somebody's open one, and the answered
    assert ReviewItem.objects.count() == 3


def test_rebuilding_the_queue_leaves_checks_and_settled_items(
    read: list[Prediction], flagged: Flagged, build: Run, pharmacist: User
) -> None:
    put_in_queue(build, read[0], "low_confidence")
    together(read[0], pharmacist)
    before = set(ReviewItem.objects.values_list("statement", "state", "main_reason"))
    again = Run.objects.create(kind="queue", task=facts.polarity(), status="finished", created_at=facts.NOW)
    build_queue(run=again, now=timezone.now())
    assert set(ReviewItem.objects.values_list("statement", "state", "main_reason")) == before


def test_the_same_key_changes_no_item(read: list[Prediction], pharmacist: User, second_pharmacist: User) -> None:
    key = uuid.uuid4()
    first = together(read[0], pharmacist, idempotency_key=key)
    answered(checks()[0], second_pharmacist, "synergistic")
    before = list(ReviewItem.objects.order_by("pk").values())
    again = together(read[0], pharmacist, idempotency_key=key)
    assert (again.repeated, again.decision) == (True, first.decision)
    assert list(ReviewItem.objects.order_by("pk").values()) == before


def test_only_the_decider_and_the_lead_withdraw(
    read: list[Prediction], pharmacist: User, second_pharmacist: User, lead: User
) -> None:
    decision = together(read[0], pharmacist).decision
    with pytest.raises(NotYourPattern):
        taken_back(decision, second_pharmacist)
    assert PatternDecision.objects.in_force().exists()
    ended = taken_back(decision, lead, is_lead=True)
    assert (ended.reviewer, ended.act) == (lead, "withdrawal")
    assert chain_problems() == []
