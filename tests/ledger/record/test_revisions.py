"""After a blind answer comes a second look: kept or changed, both rows stay, and gold follows the one that stands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import models

from ledger.models import Decision, GoldLabel, Label, ModelVersion, Prediction, Statement, Task
from ledger.queries import standing_decisions
from ledger.record.decisions import (
    AlreadyAdjudicated,
    KeyUsedElsewhere,
    LabelOfAnotherTask,
    NotYours,
    Outcome,
)
from ledger.record.revisions import NothingToRevise, ReadByAnotherModel, revise_decision
from tests.ledger.facts import NOW, answer, label, polarity, said_of, status, user
from tests.ledger.people import gold_slug, n_rows, settle, undo
from tests.ledger.whole import Says, claimed_run, commit


@pytest.fixture
def prediction(said: Statement, version: ModelVersion) -> Prediction:
    return read(said, version)


def read(said: Statement, version: ModelVersion) -> Prediction:
    """What the model says of a statement."""
    commit(claimed_run(version), Says(said, "synergistic", 0.6))
    return Prediction.objects.get(statement=said)


def revise(decision: Decision, slug: str, seen: Prediction, by: str = "ana", **changes: Any) -> Outcome:
    facts: dict[str, Any] = {
        "label": label(slug),
        "comment": "",
        "prediction_seen": seen,
        "seconds_spent": 2.0,
        "idempotency_key": uuid.uuid4(),
        "reviews_needed": 1,
        "now": NOW,
    }
    given = facts | changes
    with said_of(decision.statement, decision.task, given["idempotency_key"]) as read:
        return revise_decision(said=read, decision=decision, by=user(by), **given)


def rests_on(said: Statement) -> set[models.Model]:
    return set(GoldLabel.objects.current().get(statement=said).decisions.all())


@pytest.mark.parametrize("slug", ["antagonistic", "synergistic"])
def test_both_looks_stay_and_gold_rests_on_the_second(said: Statement, prediction: Prediction, slug: str) -> None:
    first = answer(said, "antagonistic").decision
    outcome = revise(first, slug, prediction)
    second = outcome.decision
    assert (second.replaces, second.prediction_seen, second.kind) == (first, prediction, "answer")
    assert (first.label.slug, first.prediction_seen) == ("antagonistic", None)
    assert list(standing_decisions(polarity(), said)) == [second]
    assert (outcome.status, gold_slug(said), rests_on(said)) == ("settled", slug, {second})
    undo(second)
    assert gold_slug(said) is None


def test_the_same_key_again_changes_nothing(said: Statement, prediction: Prediction) -> None:
    first, key = answer(said, "antagonistic").decision, uuid.uuid4()
    second = revise(first, "synergistic", prediction, idempotency_key=key).decision
    before = n_rows()
    again = revise(first, "antagonistic", prediction, idempotency_key=key)
    assert (again.repeated, again.decision, n_rows()) == (True, second, before)


def test_changing_the_mind_undoes_an_agreement_and_keeping_it_does_not(said: Statement, prediction: Prediction) -> None:
    first = answer(said, "antagonistic", by="ana", reviews_needed=2).decision
    other = answer(said, "antagonistic", by="ben", reviews_needed=2).decision
    kept = revise(first, "antagonistic", prediction, reviews_needed=2)
    assert (kept.status, kept.gold.source, rests_on(said)) == ("settled", "agreement", {kept.decision, other})
    changed = revise(other, "synergistic", prediction, by="ben", reviews_needed=2)
    assert (changed.status, gold_slug(said), status(said)) == (
        "disagreement", None, "disagreement",
    )  # fmt: skip


def test_only_ones_own_blind_answer_is_revised_and_only_once(said: Statement, prediction: Prediction) -> None:
    first = answer(said, "antagonistic").decision
    with pytest.raises(NotYours):
        revise(first, "synergistic", prediction, by="ben")
    second = revise(first, "synergistic", prediction).decision
    before = n_rows()
    for gone in (first, second, undo(second)):
        with pytest.raises(NothingToRevise):
            revise(gone, "antagonistic", prediction)
    assert n_rows()[0] == before[0] + 1  # the undoing


def test_an_answer_given_with_the_model_in_view_is_not_revised(said: Statement, prediction: Prediction) -> None:
    seen = answer(said, "antagonistic", prediction_seen=prediction).decision
    with pytest.raises(NothingToRevise, match="Undo your answer"):
        revise(seen, "synergistic", prediction)


def test_what_an_adjudicator_settled_stays(said: Statement, prediction: Prediction) -> None:
    first = answer(said, "antagonistic", reviews_needed=2).decision
    settle(said, "undetermined")
    with pytest.raises(AlreadyAdjudicated):
        revise(first, "synergistic", prediction)
    assert gold_slug(said) == "undetermined"


def test_a_key_a_label_and_a_prediction_from_elsewhere_are_refused(said: Statement, prediction: Prediction) -> None:
    key, taught = uuid.uuid4(), Statement.objects.exclude(pk=said.pk).first()
    first = answer(said, "antagonistic", idempotency_key=key).decision
    other = Task.objects.create(slug="other", title="Other", question="?")
    foreign = Label.objects.create(task=other, slug="yes", title="Yes", meaning="yes", key="1", position=0)
    before = n_rows()
    with pytest.raises(KeyUsedElsewhere):
        revise(first, "synergistic", prediction, idempotency_key=key)
    with pytest.raises(LabelOfAnotherTask):
        revise(first, "synergistic", prediction, label=foreign)
    with pytest.raises(ReadByAnotherModel):
        revise(first, "synergistic", Prediction(statement=taught))
    assert n_rows() == before
