from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import Evaluation, ModelVersion, Promotion, Run
from ledger.queries import current_model
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
