from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User

from ledger.models import ModelVersion, Round, Task, TrainingSet
from review.queries.learning_curve import learning_curve
from tests.ledger import facts
from tests.ledger.people import undo
from tests.review.evaluated import evaluated
from tests.review.queries.models_beside import both_say, judged


def trained(minutes: int, **metrics: Any) -> ModelVersion:
    """A version whose examples were frozen so many minutes after NOW, evaluated on them."""
    number = 1_000 + Round.objects.count()
    frozen = TrainingSet.objects.create(
        round=Round.objects.create(task=facts.polarity(), number=number, opened_at=facts.NOW),
        content_hash="3" * 64, parameters={}, composition={}, frozen_at=facts.NOW + timedelta(minutes=minutes),
    )  # fmt: skip
    version = facts.model_version(training_set=frozen)
    evaluated(version, {"n": 20, **metrics})
    return version


def test_each_round_stands_at_the_answers_before_it(task: Task) -> None:
    trained(0, accuracy=0.7, macro_f1=0.6)
    for minute in (1, 2, 3):
        facts.answer(facts.statement(), "synergistic", now=facts.NOW + timedelta(minutes=minute))
    undo(facts.answer(facts.statement(), "synergistic", now=facts.NOW + timedelta(minutes=2)).decision)
    trained(2, accuracy=0.8, macro_f1=0.75)
    trained(5, accuracy=0.85, macro_f1=0.8)
    trained(6)  # an evaluation without figures is passed over
    curve = learning_curve(task)
    assert [(one.n_answers, one.accuracy, one.f1, one.n_examples) for one in curve.points] == [
        (0, 0.7, 0.6, 20),
        (3, 0.8, 0.75, 20),
        (4, 0.85, 0.8, 20),
    ]
    assert curve.gain is not None
    assert curve.gain.n_rounds == 3
    assert curve.narrowing is None


def test_relations_are_told_by_their_micro_f1(task: Task) -> None:
    trained(0, accuracy=0.7, macro_f1=0.6)  # by an earlier version, which kept no such figure
    trained(2, accuracy=0.9, macro_f1=0.6, relations={"micro": {"f1": 0.55}})
    curve = learning_curve(task)
    assert [(one.f1, one.is_micro) for one in curve.points] == [(0.55, True)]
    assert curve.is_micro


def test_the_audit_counts_what_the_live_model_did_not_learn(model: ModelVersion, pharmacist: User) -> None:
    other = facts.model_version()
    judged(both_say(other, model, "synergistic", "antagonistic", n=3, audited=True), "antagonistic", pharmacist)
    judged(both_say(other, model, "synergistic", "synergistic", audited=True), "antagonistic", pharmacist)
    curve = learning_curve(model.task)
    assert (curve.points, curve.gain) == ([], None)
    assert curve.narrowing is not None
    assert (curve.narrowing.n, curve.narrowing.accuracy) == (4, 0.75)


def test_it_takes_a_fixed_number_of_queries(model: ModelVersion, django_assert_num_queries: Any) -> None:
    for minutes in range(4):
        trained(minutes, accuracy=0.8, macro_f1=0.7)
    with django_assert_num_queries(5):
        learning_curve(model.task)
