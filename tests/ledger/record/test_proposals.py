from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from ledger.integrity import problems
from ledger.models import Approval, ChainLink, ModelVersion, Promotion, Proposal, Task
from ledger.queries import current_model
from ledger.record.promotions import AlreadyCurrent, NeedsSecondPerson, RollBackHasMoved, promote, roll_back
from ledger.record.proposals import (
    AlreadyAnswered,
    NoReasonGiven,
    OwnProposal,
    ProposedByAnother,
    answer_proposal,
    propose,
)
from tests.ledger.facts import NOW, model_version, polarity, user
from tests.ledger.together import at_once

PROMOTE, ROLL_BACK = Proposal.Act.PROMOTE, Proposal.Act.ROLL_BACK


@pytest.fixture
def versions(task: Task) -> list[ModelVersion]:
    """Three models, of which the second is live and the first was; the two-person rule is on."""
    made = [model_version() for _ in range(3)]
    for version in made[:2]:
        promote(model_version=version, by=None, reason="first", now=NOW)
    Task.objects.update(two_person_rule=True)
    return made


def proposed(
    version: ModelVersion | None = None, act: Proposal.Act = PROMOTE, by: str = "lea", **changes: Any
) -> Proposal:
    facts: dict[str, Any] = {"reason": "Better at the ward."}
    return propose(task=polarity(), act=act, by=user(by), model_version=version, now=NOW, **(facts | changes))


def answered(proposal: Proposal, by: str = "max", approves: bool = True, reason: str = "") -> Approval:
    return answer_proposal(proposal=proposal, by=user(by), approves=approves, reason=reason, now=NOW)


def test_nobody_moves_the_live_model_alone(versions: list[ModelVersion]) -> None:
    for by in (None, user("lea")):
        with pytest.raises(NeedsSecondPerson, match="two-person rule"):
            promote(model_version=versions[2], by=by, reason="x", now=NOW)
        with pytest.raises(NeedsSecondPerson):
            roll_back(task=polarity(), by=by, reason="x", now=NOW)
    assert current_model(polarity()) == versions[1]


def test_a_rule_switched_on_after_the_task_was_read_holds(versions: list[ModelVersion]) -> None:
    Task.objects.update(two_person_rule=False)
    read_before = ModelVersion.objects.select_related("task").get(pk=versions[2].pk)
    Task.objects.update(two_person_rule=True)
    with pytest.raises(NeedsSecondPerson):
        promote(model_version=read_before, by=user("lea"), reason="x", now=NOW)


def test_an_approval_promotes_and_the_row_names_both(versions: list[ModelVersion]) -> None:
    proposal = proposed(versions[2])
    assert current_model(polarity()) == versions[1]
    answered(proposal)
    promotion = Promotion.objects.latest("id")
    assert (promotion.model_version, promotion.act, promotion.by) == (versions[2], "promote", user("lea"))
    assert promotion.reason == f"Better at the ward. (proposal {proposal.pk}, approved by max)"
    kinds = list(ChainLink.objects.order_by("-position").values_list("kind", flat=True)[:3])
    assert kinds == [ChainLink.Kind.PROMOTION, ChainLink.Kind.APPROVAL, ChainLink.Kind.PROPOSAL]


def test_an_approval_rolls_back(versions: list[ModelVersion]) -> None:
    answered(proposed(versions[0], ROLL_BACK))
    assert current_model(polarity()) == versions[0]
    assert Promotion.objects.latest("id").act == "roll_back"


def test_a_decline_moves_nothing(versions: list[ModelVersion]) -> None:
    given = answered(proposed(versions[2]), approves=False, reason="Worse on one class.")
    assert (given.approves, given.reason, current_model(polarity())) == (False, "Worse on one class.", versions[1])


def test_nobody_approves_their_own(versions: list[ModelVersion]) -> None:
    for approves in (True, False):
        with pytest.raises(OwnProposal):
            answered(proposed(versions[2]), by="lea", approves=approves)
    assert not Approval.objects.exists()


def test_the_same_answer_again_changes_nothing_and_another_is_refused(versions: list[ModelVersion]) -> None:
    proposal = proposed(versions[2])
    assert answered(proposal) == answered(proposal)
    assert Promotion.objects.count() == 3
    for by, approves in (("max", False), ("eve", True)):
        with pytest.raises(AlreadyAnswered):
            answered(proposal, by=by, approves=approves)


def test_an_act_that_cannot_be_done_leaves_the_proposal_waiting(versions: list[ModelVersion]) -> None:
    stale, moved = proposed(versions[1]), proposed(versions[2], ROLL_BACK)
    for proposal, error in ((stale, AlreadyCurrent), (moved, RollBackHasMoved)):
        before = ChainLink.objects.count()
        with pytest.raises(error):
            answered(proposal)
        assert not Approval.objects.filter(proposal=proposal).exists()
        assert ChainLink.objects.count() == before
        assert not answered(proposal, approves=False).approves


def test_proposed_twice_it_waits_once(versions: list[ModelVersion]) -> None:
    first = proposed(versions[2])
    assert proposed(versions[2], reason="again") == first
    with pytest.raises(ProposedByAnother):
        proposed(versions[2], by="max")
    assert proposed(versions[0]) != first
    answered(first, approves=False, reason="no")
    assert proposed(versions[2]) != first


def test_exports_are_told_apart_by_what_they_hold(versions: list[ModelVersion]) -> None:
    one = proposed(act=Proposal.Act.EXPORT, parameters={"format": "csv", "gold": 7})
    assert proposed(act=Proposal.Act.EXPORT, parameters={"gold": 7, "format": "csv"}) == one
    assert proposed(act=Proposal.Act.EXPORT, parameters={"format": "csv", "gold": 8}) != one


def test_a_reason_is_needed(versions: list[ModelVersion]) -> None:
    with pytest.raises(NoReasonGiven):
        proposed(versions[2], reason=" ")
    assert not Proposal.objects.exists()


def test_the_rule_ends_by_two(versions: list[ModelVersion]) -> None:
    proposal = proposed(act=Proposal.Act.LIFT)
    assert polarity().two_person_rule
    answered(proposal)
    assert not polarity().two_person_rule
    assert Promotion.objects.count() == 2


def test_the_chain_covers_both(versions: list[ModelVersion]) -> None:
    answered(proposed(versions[2]))
    assert [problem for problem in problems() if "proposal" in problem or "approval" in problem] == []


def test_of_two_answers_at_once_one_holds(committed_db: str) -> None:
    Task.objects.update(two_person_rule=True)
    proposal = proposed(model_version())
    people: list[User] = [user("max"), user("eve")]

    def say(number: int) -> None:
        answer_proposal(proposal=proposal, by=people[number], approves=not number, reason="x", now=NOW)

    work: Callable[[int], object] = say
    raised = at_once(2, work)
    assert [type(error) for error in raised] == [AlreadyAnswered]
    assert Promotion.objects.count() == Approval.objects.get().approves
