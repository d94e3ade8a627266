from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.models import Approval, ModelVersion, Promotion, Proposal, Task
from ledger.queries import current_model
from ledger.record.proposals import propose
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import sign_in

PAGE = "/proposals/"


@pytest.fixture
def second_lead(db: None) -> User:
    return person("second-lead", "lead")


@pytest.fixture
def candidate(model: ModelVersion) -> ModelVersion:
    """A model that is not live, in a task with the two-person rule."""
    Task.objects.update(two_person_rule=True)
    return facts.model_version()


def promote(candidate: ModelVersion, by: User, reason: str = "better at the ward") -> Any:
    return sign_in(by).post(reverse("review:promote", args=[candidate.pk]), {"reason": reason}, follow=True)


def answer(proposal: Proposal, by: User, **values: str) -> Any:
    return sign_in(by).post(reverse("review:answer_proposal", args=[proposal.pk]), values, follow=True)


def test_promoting_proposes_and_a_second_lead_promotes(
    candidate: ModelVersion, model: ModelVersion, lead: User, second_lead: User
) -> None:
    response = promote(candidate, lead)
    assert response.redirect_chain == [(PAGE, 303)]
    page = response.content.decode()
    assert "Another lead has to approve it" in page
    assert "This is your own proposal" in page
    proposal = Proposal.objects.get()
    assert (proposal.by, proposal.reason, current_model(model.task)) == (lead, "better at the ward", model)
    page = answer(proposal, second_lead, answer="approve").content.decode()
    assert f"Proposal {proposal.pk}: approved and done." in page
    assert "Nothing waits for an answer" in page
    assert current_model(model.task) == candidate
    shown = sign_in(lead).get(reverse("review:model", args=[candidate.pk])).content.decode()
    assert f"better at the ward (proposal {proposal.pk}, approved by second-lead)" in shown


def test_rolling_back_proposes_too(candidate: ModelVersion, model: ModelVersion, lead: User, second_lead: User) -> None:
    promote(candidate, lead)
    answer(Proposal.objects.get(), second_lead, answer="approve")
    sign_in(lead).post(reverse("review:roll_back", args=[model.task.slug]), {"reason": "worse"})
    proposal = Proposal.objects.latest("id")
    assert (proposal.act, proposal.model_version) == ("roll_back", model)
    answer(proposal, second_lead, answer="approve")
    assert current_model(model.task) == model


def test_without_the_rule_it_is_done_at_once(candidate: ModelVersion, lead: User) -> None:
    Task.objects.update(two_person_rule=False)
    promote(candidate, lead)
    assert current_model(candidate.task) == candidate
    assert not Proposal.objects.exists()


def test_nobody_answers_their_own(candidate: ModelVersion, lead: User) -> None:
    promote(candidate, lead)
    page = answer(Proposal.objects.get(), lead, answer="approve").content.decode()
    assert "Nobody approves their own proposal" in page
    assert not Approval.objects.exists()


def test_what_another_has_proposed_is_not_proposed_again(
    candidate: ModelVersion, lead: User, second_lead: User
) -> None:
    promote(candidate, lead)
    assert "Approve or decline theirs" in promote(candidate, second_lead).content.decode()
    assert Proposal.objects.count() == 1


def test_declining_needs_a_reason(candidate: ModelVersion, model: ModelVersion, lead: User, second_lead: User) -> None:
    promote(candidate, lead)
    proposal = Proposal.objects.get()
    refused = answer(proposal, second_lead, answer="decline", reason="")
    assert refused.status_code == 422
    assert "Say in a sentence why you decline it" in refused.content.decode()
    page = answer(proposal, second_lead, answer="decline", reason="worse on one class").content.decode()
    assert "worse on one class" in page
    assert current_model(model.task) == model


def test_answered_twice_it_happens_once(candidate: ModelVersion, lead: User, second_lead: User) -> None:
    promote(candidate, lead)
    for _ in range(2):
        answer(Proposal.objects.get(), second_lead, answer="approve")
    assert Promotion.objects.count() == 2
    page = answer(Proposal.objects.get(), person("third-lead", "lead"), answer="decline", reason="no").content.decode()
    assert "was approved or declined before" in page


def test_what_has_become_impossible_says_so(candidate: ModelVersion, lead: User, second_lead: User) -> None:
    promote(candidate, lead)
    proposal = Proposal.objects.get()
    Promotion.objects.create(
        task=candidate.task, model_version=candidate, at=facts.NOW, reason="x", replaces=Promotion.objects.get()
    )
    assert "is the live one already" in answer(proposal, second_lead, answer="approve").content.decode()


def test_an_export_shows_what_it_would_hold(candidate: ModelVersion, lead: User, second_lead: User) -> None:
    propose(
        task=candidate.task, act=Proposal.Act.EXPORT, by=lead, reason="<script>alert(1)</script>", now=facts.NOW,
        parameters={"format": "parquet", "label": "", "note": "<b>"},
    )  # fmt: skip
    page = sign_in(second_lead).get(PAGE).content.decode()
    assert "parquet" in page
    assert "<dt>label</dt>" not in page
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_a_proposal_that_does_not_exist_is_not_found(lead: User) -> None:
    assert sign_in(lead).post("/proposals/12345/answer/", {"answer": "approve"}).status_code == 404


def test_only_leads_answer(candidate: ModelVersion, lead: User, pharmacist: User) -> None:
    promote(candidate, lead)
    assert answer(Proposal.objects.get(), pharmacist, answer="approve").status_code == 403
    response = Client().post(reverse("review:answer_proposal", args=[Proposal.objects.get().pk]))
    assert response["Location"].startswith(reverse("login"))
    assert not Approval.objects.exists()


def test_the_page_costs_the_same_however_many_wait(
    candidate: ModelVersion, lead: User, django_assert_num_queries: Any
) -> None:
    client = sign_in(lead)
    for number in range(3):
        propose(
            task=candidate.task, act=Proposal.Act.EXPORT, by=lead, reason="x", now=facts.NOW, parameters={"n": number}
        )  # fmt: skip
        with django_assert_num_queries(6):  # session, person, roles, and the page's three
            client.get(PAGE)
