"""A script in every text column that people or files can fill: no page runs it."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import (
    AtcCode,
    AtcRule,
    Drug,
    DrugAtc,
    Label,
    ModelVersion,
    Promotion,
    Proposal,
    Rationale,
    Run,
    Task,
)
from ledger.record.comments import add_comment
from ledger.record.proposals import propose
from review.actions.claim import claim
from review.actions.note_change import note_change
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import answered, predict, put_in_queue, sign_in

SCRIPT = "<script>alert('1')</script>"
PAYLOAD = f"\"'>{SCRIPT}<img src=x onerror=alert(1)>{{{{ 7|add:7 }}}}"


@pytest.fixture
def pages(db: None) -> dict[str, str]:
    """Every page with the payload in everything it shows, by name."""
    Task.objects.update(title=PAYLOAD[:120], question=PAYLOAD, guideline=PAYLOAD)
    Label.objects.filter(slug="undetermined").update(title=PAYLOAD[:80], meaning=PAYLOAD)
    task = facts.polarity()
    lead = person("lead", "lead")
    lead.username = PAYLOAD
    lead.save()
    second = person("second", "pharmacist")
    code = AtcCode.objects.create(code="N02AA01", name=PAYLOAD)
    AtcCode.objects.create(code="N02", name=PAYLOAD)
    drug = Drug.objects.create(drugbank_id="DB99999", name=PAYLOAD)
    DrugAtc.objects.create(drug=drug, code=code)
    rule = AtcRule.objects.create(
        task=task, table="t", prefix_a="N02", prefix_b="N05", expected=facts.label("synergistic"), mechanism=PAYLOAD,
        reference=PAYLOAD, source="curated",
    )  # fmt: skip
    model = facts.model_version(
        architecture=PAYLOAD[:40], backbone=PAYLOAD, code_version=PAYLOAD[:80], config={PAYLOAD: PAYLOAD},
        calibration={PAYLOAD: PAYLOAD}, files={PAYLOAD: "0" * 64},
    )  # fmt: skip
    Promotion.objects.create(task=task, model_version=model, at=facts.NOW, reason=PAYLOAD, by=lead)
    build = Run.objects.create(
        kind="queue", task=task, status="failed", error=PAYLOAD, stage=PAYLOAD[:40], created_at=facts.NOW,
        detail={PAYLOAD: PAYLOAD}, requested_by=lead,
    )  # fmt: skip
    reasons = [{"rule": "atc_contradiction", "explanation": PAYLOAD, "atc_rule": rule.pk}]
    items = []
    for reviews in (1, 2):
        statement = facts.statement(head=PAYLOAD, tail="Warfarin", wording="{} " + PAYLOAD + " {}.", head_drug=drug)
        said = predict(model, "flip", of=statement)
        items.append(put_in_queue(build, said, "flip", reasons=reasons, reviews_needed=reviews))
    held, disputed = items
    length = len(held.statement.text)
    Rationale.objects.create(
        prediction=held.prediction, method=PAYLOAD[:80], version=1, parameters={"steps": PAYLOAD, "movement": 1.0},
        tokens=[[0, length // 2, 0.6], [length // 2, length, -0.4]], completeness_error=0.5, computed_at=facts.NOW,
    )  # fmt: skip
    answered(disputed, lead, "undetermined", comment=PAYLOAD)
    answered(disputed, second, "synergistic", comment=PAYLOAD)
    add_comment(
        task=task, statement=disputed.statement, author=lead, text=PAYLOAD, idempotency_key=uuid.uuid4(), now=facts.NOW
    )
    propose(task=task, act=Proposal.Act.EXPORT, by=lead, reason=PAYLOAD, parameters={PAYLOAD: PAYLOAD}, now=facts.NOW)
    note_change(by=lead, row=task, words=PAYLOAD)
    note_change(by=lead, row=lead, words=PAYLOAD)
    claim(item=held, reviewer=lead, now=timezone.now())
    add_comment(
        task=task, statement=disputed.statement, author=lead, text=PAYLOAD, idempotency_key=uuid.uuid4(), now=facts.NOW
    )
    client = sign_in(User.objects.get(pk=lead.pk))
    addresses = {
        "home": reverse("review:home"),
        "queue": reverse("review:queue", args=[task.slug]) + f"?reason={PAYLOAD}&said={PAYLOAD}",
        "item": reverse("review:item", args=[held.pk]) + f"?said={PAYLOAD}",
        "answered": reverse("review:item", args=[disputed.pk]),
        "rationale": reverse("review:rationale", args=[held.pk]),
        "comments": reverse("review:comments", args=[disputed.pk]),
        "my answers": reverse("review:my_answers"),
        "preferences": reverse("review:preferences"),
        "tour": reverse("review:tour") + f"?step=4&answer={PAYLOAD}",
        "guideline": reverse("review:guideline", args=[task.slug]),
        "dashboard": reverse("review:dashboard", args=[task.slug]),
        "adjudication_list": reverse("review:adjudication_list"),
        "adjudication": reverse("review:adjudication", args=[disputed.pk]),
        "runs": reverse("review:runs"),
        "run": reverse("review:run", args=[build.pk]),
        "models": reverse("review:models"),
        "model": reverse("review:model", args=[model.pk]),
        "rounds": reverse("review:rounds"),
        "round": reverse("review:round", args=[model.training_set.round_id]),
        "new_round": reverse("review:new_round", args=[task.slug]),
        "agreement": reverse("review:agreement", args=[task.slug]),
        "my_statistics": reverse("review:my_statistics"),
        "proposals": reverse("review:proposals"),
        "people": reverse("review:people"),
        "person": reverse("review:person", args=[lead.pk]),
        "tasks": reverse("review:tasks"),
        "task_settings": reverse("review:task_settings", args=[task.slug]),
        "exports": reverse("review:exports"),
        "exports of nonsense": reverse("review:exports") + f"?task={PAYLOAD}&label={PAYLOAD}&round={PAYLOAD}",
    }
    shown = {name: client.get(address).content.decode() for name, address in addresses.items()}
    refused = client.post(
        reverse("review:decide", args=[held.pk]),
        {"label": PAYLOAD, "comment": PAYLOAD, "idempotency_key": uuid.uuid4(), "said": PAYLOAD},
    )
    return shown | {"refused answer": refused.content.decode()}


def test_no_page_lets_text_become_markup(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert SCRIPT not in page, name
        assert "<img" not in page, name
        assert "onerror=alert(1)>" not in page, name
    for name in (
        "item",
        "rationale",
        "answered",
        "comments",
        "my answers",
        "adjudication",
        "run",
        "model",
        "home",
        "guideline",
        "proposals",
        "people",
        "task_settings",
        "agreement",
        "refused answer",
    ):
        assert "&lt;script&gt;" in pages[name], name


def test_every_page_forbids_inline_scripts_and_holds_none(pages: dict[str, str], lead: User) -> None:
    response = sign_in(lead).get("/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    for name, page in pages.items():
        assert " style=" not in page, name
        assert " onclick=" not in page, name
        inline = [part for part in page.split("<script")[1:] if "src=" not in part.split(">")[0]]
        assert all('type="application/json"' in part for part in inline), name


def test_models_are_shown_with_their_hostile_names(model: ModelVersion, lead: User) -> None:
    assert sign_in(lead).get(reverse("review:model", args=[model.pk])).status_code == 200
