from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import Evaluation, ModelVersion, Promotion, Run
from ledger.queries import current_model
from ledger.record.ensembles import add_ensemble
from ledger.record.gold import add_seed_labels
from ledger.record.promotions import promote
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import sign_in

METRICS = {
    "accuracy": 0.912, "macro_f1": 0.887, "ece": 0.031,
    "per_label": {"synergistic": {"precision": 0.9, "recall": 0.8, "f1": 0.847, "support": 11}},
}  # fmt: skip


@pytest.fixture
def candidate(model: ModelVersion) -> ModelVersion:
    made = facts.model_version()
    Evaluation.objects.create(
        model_version=made, training_set=made.training_set, view="test", n_examples=25, metrics=METRICS,
        evaluated_at=facts.NOW,
    )  # fmt: skip
    return made


def post(name: str, key: Any, by: User, **values: str) -> Any:
    return sign_in(by).post(reverse(f"review:{name}", args=[key]), values)


def test_the_list_shows_which_is_live_and_how_good_each_is(
    candidate: ModelVersion, model: ModelVersion, lead: User
) -> None:
    page = sign_in(lead).get("/models/").content.decode()
    assert "0.887" in page
    assert page.count("<strong>live</strong>") == 1


def test_the_page_shows_metrics_and_lineage(candidate: ModelVersion, lead: User) -> None:
    page = sign_in(lead).get(reverse("review:model", args=[candidate.pk])).content.decode()
    for shown in ("0.912", "0.887", "0.031", "0.847", "both drugs unseen", candidate.artifact[:12], "Promote"):
        assert shown in page
    assert "Roll back" not in page


def test_promoting_needs_a_reason_and_happens_once(candidate: ModelVersion, lead: User) -> None:
    response = post("promote", candidate.pk, lead, reason=" ")
    assert response.status_code == 422
    assert "Give a reason" in response.content.decode()
    for _ in range(2):
        assert post("promote", candidate.pk, lead, reason="better on the test").status_code == 303
    assert current_model(candidate.task) == candidate
    promotion = Promotion.objects.latest("id")
    assert (promotion.reason, promotion.by, Promotion.objects.count()) == ("better on the test", lead, 2)


def test_rolling_back_goes_to_the_one_before(candidate: ModelVersion, model: ModelVersion, lead: User) -> None:
    promote(model_version=candidate, by=lead, reason="better", now=timezone.now())
    page = sign_in(lead).get(reverse("review:model", args=[candidate.pk])).content.decode()
    assert f"Reason for rolling back to model {model.number}" in page
    assert post("roll_back", candidate.task.slug, lead).status_code == 422
    response = post("roll_back", candidate.task.slug, lead, reason="worse at the ward")
    assert response["Location"] == reverse("review:model", args=[model.pk])
    assert current_model(candidate.task) == model


def test_there_may_be_nothing_to_roll_back_to(model: ModelVersion, lead: User) -> None:
    client = sign_in(lead)
    page = client.post(reverse("review:roll_back", args=[model.task.slug]), {"reason": "x"}, follow=True)
    assert "No other model version was live" in page.content.decode()
    assert Promotion.objects.count() == 1


def test_a_model_reads_what_it_has_not_read(
    candidate: ModelVersion, item: ReviewItem, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: None)
    before = Run.objects.count()
    response = post("infer", candidate.pk, lead)
    run = Run.objects.latest("id")
    assert response["Location"] == reverse("review:run", args=[run.pk])
    assert (run.kind, run.model_version, run.n_total) == ("inference", candidate, 1)
    again = sign_in(lead).post(reverse("review:infer", args=[candidate.pk]), follow=True)
    assert "waiting or running already" in again.content.decode()
    assert Run.objects.count() == before + 1


def test_a_model_that_does_not_exist_is_not_found(lead: User, db: None) -> None:
    assert sign_in(lead).get("/models/12345/").status_code == 404
    assert post("promote", 12345, lead, reason="x").status_code == 404


ADAPTER = {
    "backbone": "small", "backbone_revision": "", "backbone_sha256": "1" * 64, "tokenizer_sha256": "4" * 64,
    "adapter_parameters": 294_912, "head_parameters": 1_538, "frozen_parameters": 108_310_272,
    "adapter_bytes": 1_190_912, "adapter_bytes_goal": 10_000_000, "adapter_bytes_goal_met": True,
    "merge_max_difference": 1.43e-06, "merge_inputs": 256,
}  # fmt: skip
HALF = {"n": 132, "agree": 111, "share": 0.8409, "interval": [0.769, 0.894]}
QUANTISED = {
    "agreement": {
        "doubt_below": 0.9, "doubtful": HALF, "untaught": {"n": 0, "agree": 0, "share": None, "interval": None},
        "all": {"n": 987, "agree": 950, "share": 0.9625, "interval": [0.949, 0.973], "confidence_change": 0.0123},
    },
    "hard_task": {"statements": 1_200, "inputs": 987, "sources": {"one_per_pattern": 900}},
    "speed": {"inputs": 128, "threads": 2, "per_second": {"torch float32": 100.0, "onnx int8": 470.0}, "ratio": 4.7},
    "compared": {"padded": 6.6e-08, "unpadded": 4.9e-08, "inputs": 512, "limit": 1e-4},
}  # fmt: skip


def shown(version: ModelVersion, by: User) -> str:
    page = sign_in(by).get(reverse("review:model", args=[version.pk])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_network_that_was_trained_whole_has_no_adapter_to_praise(model: ModelVersion, lead: User) -> None:
    trained = facts.model_version(measured={"adapter": ADAPTER}, config={"tuning": "full"})
    page = shown(trained, lead)
    assert "1,190,912 bytes: the whole encoder was trained" in page
    assert "goal below" not in page


def test_the_page_shows_what_was_measured_of_the_adapter(model: ModelVersion, lead: User) -> None:
    trained = facts.model_version(measured={"adapter": ADAPTER})
    page = shown(trained, lead)
    assert "294,912 in the adapter, 1,538 in the head; 108,310,272 frozen" in page
    assert "1,190,912 bytes; goal below 10,000,000: met" in page
    assert "changes no logit by more than 1.4e-06, on 256 inputs" in page
    assert "44444444" in page
    large = facts.model_version(measured={"adapter": ADAPTER | {"adapter_bytes_goal_met": False}})
    assert ": missed" in shown(large, lead)
    assert "How far it agrees" not in page


def test_the_page_of_an_int8_version_shows_parent_and_agreement(model: ModelVersion, lead: User) -> None:
    made = facts.model_version(derived_from=model, measured=QUANTISED)
    page = shown(made, lead)
    assert f"How far it agrees with model {model.number}" in page
    assert "all 987 0.963 0.949 0.973" in page
    assert f"where model {model.number} is unsure (below 0.9) 132 0.841 0.769 0.894" in page
    assert "in wordings that taught it nothing 0 – – –" in page
    assert "4.70 times its parent in float32, on 2 threads" in page
    assert "no logit further than 6.6e-08" in page
    assert "It has not been evaluated since it was made from another." in page
    link = reverse("review:model", args=[model.pk])
    assert f'href="{link}"' in sign_in(lead).get(reverse("review:model", args=[made.pk])).content.decode()
    assert "in the adapter" not in page


def test_models_are_joined_from_the_page_by_a_worker(
    candidate: ModelVersion, model: ModelVersion, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: None)
    client = sign_in(lead)
    assert client.get("/models/").content.decode().count('type="checkbox" name="model"') == 2
    address = reverse("review:join_models", args=[model.task.slug])
    page = client.post(address, {"model": [model.pk, "x", "9" * 30]}, follow=True).content.decode()
    assert "An ensemble needs at least two models" in page
    response = client.post(address, {"model": [model.pk, candidate.pk]})
    run = Run.objects.get(kind="ensemble")
    assert response["Location"] == reverse("review:run", args=[run.pk])
    assert (run.parameters, run.requested_by) == ({"members": sorted([model.pk, candidate.pk])}, lead)
    assert client.get(response["Location"]).status_code == 200


def test_an_ensembles_page_names_its_members_and_theirs_names_it(
    candidate: ModelVersion, model: ModelVersion, lead: User
) -> None:
    made = add_ensemble(
        members=[model, candidate], backbone="small", backbone_sha256="1" * 64, artifact="e" * 64,
        calibration={"temperature": 1.0}, code_version="test", now=facts.NOW,
    )  # fmt: skip
    client = sign_in(lead)
    page = client.get(reverse("review:model", args=[made.pk])).content.decode()
    for one in (model, candidate):
        assert f'<a href="{reverse("review:model", args=[one.pk])}">{one}</a>' in page
        assert "member of" in client.get(reverse("review:model", args=[one.pk])).content.decode()
    assert "pseudo-labels by" not in page
    listed = client.get("/models/").content.decode()
    assert f", {model}, {candidate}</td>" in listed
    assert listed.count('type="checkbox" name="model"') == 2


def test_pairs_that_seed_labels_are_about_can_be_left_out(
    candidate: ModelVersion, item: ReviewItem, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: None)
    address = reverse("review:model", args=[candidate.pk])
    assert 'name="leave_out_seed"' not in sign_in(lead).get(address).content.decode()
    seeded = facts.statement("Aspirin", "Heparin")
    add_seed_labels(task=candidate.task, rows=[(seeded.pk, facts.label("synergistic").pk, "seeds")], now=facts.NOW)
    assert 'name="leave_out_seed"' in sign_in(lead).get(address).content.decode()
    post("infer", candidate.pk, lead, leave_out_seed="yes")
    run = Run.objects.latest("id")
    assert "seed_left_out_up_to" in run.parameters
    assert run.n_total == 1  # the item's statement, not the seed's
