"""A small queue to review, and the people who do."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.models import (
    Decision,
    Flag,
    ModelVersion,
    Prediction,
    PredictionChunk,
    Promotion,
    Run,
    Statement,
    Task,
    pack_scores,
)
from ledger.record.predictions import flag_rules
from review.actions.claim import claim
from review.actions.decide import decide
from review.models import ReviewItem
from tests.conftest import person
from tests.ledger import facts

Flagged = Callable[..., Prediction]
MakeItem = Callable[..., ReviewItem]
_places = itertools.count(1)


def live_model() -> ModelVersion:
    version = facts.model_version()
    Promotion.objects.create(task=version.task, model_version=version, at=facts.NOW, reason="first")
    return version


def queue_build() -> Run:
    return Run.objects.create(kind="queue", task=facts.polarity(), status="finished", created_at=facts.NOW)


def predict(
    model: ModelVersion,
    *reasons: str,
    said: str = "antagonistic",
    confidence: float = 0.6,
    of: Statement | None = None,
    **wording: Any,
) -> Prediction:
    """A prediction of this model with flags for these reasons."""
    run = Run.objects.filter(model_version=model).first() or facts.inference_run(model, status="finished")
    rules = flag_rules(model.task, facts.THRESHOLDS)
    statement = of or facts.statement(**wording)
    chunk = PredictionChunk.objects.create(
        run=run, first_statement=statement.pk, last_statement=statement.pk, n_predictions=1, n_flags=len(reasons),
        sha256="2" * 64, committed_at=facts.NOW,
    )  # fmt: skip
    prediction = Prediction.objects.create(
        statement=statement, model_version=model, chunk=chunk, label=facts.label(said), confidence=confidence,
        scores=pack_scores(tuple(confidence if slug == said else 1 - confidence for slug in model.labels)),
    )  # fmt: skip
    for reason in reasons:
        Flag.objects.create(prediction=prediction, rule=rules[reason], explanation=f"because of {reason}")
    return prediction


def put_in_queue(build: Run, said: Prediction, reason: str, **changes: Any) -> ReviewItem:
    """An item for this prediction, after all others unless `changes` say where."""
    values: dict[str, Any] = {
        "task": build.task,
        "statement": said.statement,
        "prediction": said,
        "build": build,
        "priority": 1 / next(_places),
        "main_reason": reason,
        "reasons": [{"rule": reason, "explanation": f"because of {reason}", "atc_rule": None}],
    }
    return ReviewItem.objects.create(**(values | changes))


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Hashing a password properly takes a second, and no test here is about passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Rows of another test had the same numbers: what was worked out from them must not serve here."""
    cache.clear()


@pytest.fixture
def model(task: Task) -> ModelVersion:
    """The live model."""
    return live_model()


@pytest.fixture
def build(task: Task) -> Run:
    return queue_build()


@pytest.fixture
def flagged(model: ModelVersion) -> Flagged:
    """Makes a prediction of the live model with flags."""
    return partial(predict, model)


@pytest.fixture
def make_item(flagged: Flagged, build: Run) -> MakeItem:
    """Puts a flagged statement into the queue, each after the one before."""

    def make(reason: str = "low_confidence", *, prediction: dict[str, Any] | None = None, **changes: Any) -> ReviewItem:
        return put_in_queue(build, flagged(reason, **(prediction or {})), reason, **changes)

    return make


@pytest.fixture
def item(make_item: MakeItem) -> ReviewItem:
    return make_item()


@pytest.fixture
def held(make_item: MakeItem, pharmacist: User) -> ReviewItem:
    """An item that `pharmacist` has open."""
    item = make_item()
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    return item


@pytest.fixture
def adjudicator(db: None) -> User:
    return person("adjudicator", "adjudicator")


@pytest.fixture
def newcomer(db: None) -> User:
    """Signed in, without a role."""
    return person("newcomer")


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answered(item: ReviewItem, by: User, slug: str = "antagonistic", comment: str = "") -> Decision:
    """What this person says of the item, through the front door."""
    return decide(
        item=item,
        by=by,
        label=facts.label(slug),
        comment=comment,
        prediction_seen=item.prediction,
        seconds_spent=3.0,
        idempotency_key=uuid.uuid4(),
        now=timezone.now(),
    ).decision


def item_page(item: ReviewItem, reader: User, **headers: str) -> str:
    """The item's page as this person sees it."""
    response = sign_in(reader).get(reverse("review:item", args=[item.pk]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()
