"""Every address of the review wing × every role × every verb."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.models import ModelVersion, PatternDecision, Proposal, Run
from ledger.record.proposals import propose
from review.models import ReviewItem, SavedFilter
from review.urls import urlpatterns
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import answered, sign_in

EVERYBODY = {"newcomer", "pharmacist", "adjudicator", "lead"}
ANY_ROLE = EVERYBODY - {"newcomer"}
PHARMACISTS = {"pharmacist", "lead"}
ADJUDICATORS = {"adjudicator", "lead"}
LEADS = {"lead"}

# Address name: the verb it answers to, and who may.
PAGES: dict[str, tuple[str, set[str]]] = {
    "home": ("get", EVERYBODY),
    "queue": ("get", PHARMACISTS),
    "next": ("post", PHARMACISTS),
    "bring_back": ("post", PHARMACISTS),
    "patterns": ("get", PHARMACISTS),
    "pattern": ("get", PHARMACISTS),
    "decide_pattern": ("post", PHARMACISTS),
    "withdraw_pattern": ("post", PHARMACISTS),
    "ledger": ("get", PHARMACISTS),
    "statement": ("get", PHARMACISTS),
    "save_filter": ("post", PHARMACISTS),
    "remove_filter": ("post", PHARMACISTS),
    "requeue_many": ("post", LEADS),
    "assign_many": ("post", LEADS),
    "reopen_many": ("post", LEADS),
    "guideline": ("get", ANY_ROLE),
    "dashboard": ("get", ANY_ROLE),
    "build_queue": ("post", LEADS),
    "new_round": ("get", LEADS),
    "start_round": ("post", LEADS),
    "learning_curve": ("get", LEADS),
    "roll_back": ("post", LEADS),
    "join_models": ("post", LEADS),
    "item": ("get", PHARMACISTS),
    "following": ("get", PHARMACISTS),
    "decide": ("post", PHARMACISTS),
    "skip": ("post", PHARMACISTS),
    "take": ("post", PHARMACISTS),
    "lease": ("post", PHARMACISTS),
    "revise": ("post", PHARMACISTS),
    "flag": ("post", PHARMACISTS),
    "comments": ("get", ANY_ROLE),
    "comment": ("post", ANY_ROLE),
    "rationale": ("get", PHARMACISTS),
    "explain": ("post", PHARMACISTS),
    "undo": ("post", ANY_ROLE),
    "my_answers": ("get", PHARMACISTS),
    "preferences": ("get", EVERYBODY),
    "save_preferences": ("post", EVERYBODY),
    "tour": ("get", ANY_ROLE),
    "end_tour": ("post", EVERYBODY),
    "adjudication_list": ("get", ADJUDICATORS),
    "adjudication": ("get", ADJUDICATORS),
    "adjudicate": ("post", ADJUDICATORS),
    "reopen": ("post", LEADS),
    "runs": ("get", LEADS),
    "run": ("get", LEADS),
    "run_progress": ("get", LEADS),
    "run_losses": ("get", LEADS),
    "cancel_run": ("post", LEADS),
    "resume_run": ("post", LEADS),
    "models": ("get", LEADS),
    "comparison": ("get", LEADS),
    "flips": ("get", LEADS),
    "queue_flips": ("post", LEADS),
    "model": ("get", LEADS),
    "evaluation": ("get", LEADS),
    "evaluation_report": ("get", LEADS),
    "promote": ("post", LEADS),
    "infer": ("post", LEADS),
    "rounds": ("get", LEADS),
    "round": ("get", LEADS),
    "exports": ("get", LEADS),
    "gold_download": ("get", LEADS),
    "gold_manifest": ("get", LEADS),
    "propose_export": ("post", LEADS),
    "proposals": ("get", LEADS),
    "answer_proposal": ("post", LEADS),
    "tasks": ("get", LEADS),
    "new_task": ("get", LEADS),
    "add_task": ("post", LEADS),
    "task_settings": ("get", LEADS),
    "save_task": ("post", LEADS),
    "add_label": ("post", LEADS),
    "change_label": ("post", LEADS),
    "remove_label": ("post", LEADS),
    "people": ("get", LEADS),
    "invite": ("post", LEADS),
    "person": ("get", LEADS),
    "set_roles": ("post", LEADS),
    "deactivate": ("post", LEADS),
    "activate": ("post", LEADS),
    "agreement": ("get", LEADS),
    "reviewers_csv": ("get", LEADS),
    "my_statistics": ("get", ANY_ROLE),
}


@pytest.fixture
def addresses(item: ReviewItem, model: ModelVersion, build: Run, second_pharmacist: User) -> dict[str, str]:
    """A real address for every name."""
    values = {
        "task": item.task.slug,
        "item_id": item.pk,
        "statement_id": item.statement_id,
        "filter_id": SavedFilter.objects.create(
            owner=second_pharmacist, task=item.task, name="mine", query="atc=B01", saved_at=facts.NOW
        ).pk,
        "pattern_id": item.statement.pattern_id,
        "pattern_decision_id": pattern_decision(item, second_pharmacist).pk,
        "run_id": build.pk,
        "model_id": model.pk,
        "round_id": model.training_set.round_id,
        "decision_id": answered(item, second_pharmacist).pk,
        "person_id": second_pharmacist.pk,
        "label_id": item.prediction.label_id,
        "proposal_id": proposed(model).pk,
    }
    return {
        str(pattern.name): reverse(
            f"review:{pattern.name}", kwargs={name: values[name] for name in pattern.pattern.converters}
        )
        for pattern in urlpatterns
    }


def proposed(model: ModelVersion) -> Proposal:
    return propose(
        task=model.task,
        act=Proposal.Act.PROMOTE,
        model_version=model,
        by=facts.user("other"),
        reason="x",
        now=facts.NOW,
    )


def pattern_decision(item: ReviewItem, by: User) -> PatternDecision:
    return PatternDecision.objects.create(
        task=item.task, pattern=item.statement.pattern, reviewer=by, act="decision", label=item.prediction.label,
        sample=[], n_statements=0, idempotency_key=uuid.uuid4(), decided_at=facts.NOW,
    )  # fmt: skip


def ask(client: Client, verb: str, address: str) -> HttpResponse:
    sent: Any = getattr(client, verb)(address)
    return sent


def test_the_table_names_every_address() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_logged_out_people_are_sent_to_sign_in(addresses: dict[str, str], name: str) -> None:
    verb, _ = PAGES[name]
    response = ask(Client(), verb, addresses[name])
    assert response.status_code == 302
    assert response["Location"].startswith(f"{reverse('login')}?next=/")
    if verb == "get":
        assert response["Location"] == f"{reverse('login')}?next={addresses[name]}"


@pytest.mark.parametrize("role", sorted(EVERYBODY))
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_its_roles_alone(
    addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, role: str
) -> None:
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: None)
    verb, allowed = PAGES[name]
    response = ask(sign_in(person(f"a-{role}", *({role} - {"newcomer"}))), verb, addresses[name])
    if role in allowed:
        # A form without its fields, a thing that is not one's own or answered already: refused, but not for the role.
        assert response.status_code in {200, 303, 302, 422, 404, 400, 409}
    else:
        assert response.status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_other_verbs_are_refused(addresses: dict[str, str], lead: User, name: str) -> None:
    verb, _ = PAGES[name]
    client = sign_in(lead)
    for other in {"get", "post", "put", "patch", "delete"} - {verb}:
        assert ask(client, other, addresses[name]).status_code == 405


@pytest.mark.parametrize("name", [name for name, (verb, _) in PAGES.items() if verb == "post"])
def test_what_writes_wants_a_token(addresses: dict[str, str], lead: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    response = client.post(addresses[name])
    assert response.status_code == 403
    assert b"out of date" in response.content


def test_a_superuser_is_a_lead(db: None) -> None:
    client = sign_in(User.objects.create_superuser("root"))
    assert client.get(reverse("review:runs")).status_code == 200


@pytest.mark.parametrize("name", [name for name, (verb, _) in PAGES.items() if verb == "get"])
def test_reading_a_page_writes_nothing(addresses: dict[str, str], lead: User, name: str) -> None:
    client = sign_in(lead)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(addresses[name])
        b"".join(response.streaming_content) if response.streaming else response.content
    writes = ("INSERT", "UPDATE", "DELETE")
    written = [query["sql"] for query in captured if query["sql"].lstrip().upper().startswith(writes)]
    assert written == []
