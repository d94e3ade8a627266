"""What a run's predictions are compared to: drugs' classes, the predecessor's answers, gold labels."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.models import AtcRule, Prediction, PredictionChunk, Statement
from ledger.record.gold import add_seed_labels
from ledger.record.predictions import Predicted
from ledger.record.promotions import promote
from modeling.records import Scored
from modeling.store.context import Context
from tests.ledger.facts import NOW, answer, corpus, drug, inference_run, label, model_version, polarity, statement


@pytest.fixture
def asked(db: None) -> list[Statement]:
    """Four statements; a rule speaks of the drugs of the first, in either order of the second."""
    AtcRule.objects.create(
        task=polarity(), table="test", prefix_a="Z01", prefix_b="Z02", expected=label("antagonistic"),
        mechanism="Made up for this test.", reference="none", source="curated",
    )  # fmt: skip
    drug("Oneine", "Z01AA01")
    drug("Twoine", "Z02AA01", "Z09AA01")
    drug("Threeine", "Z03AA01")
    pairs = [("Oneine", "Twoine"), ("Twoine", "Oneine"), ("Threeine", "Twoine"), ("Codeless", "Threeine")]
    return [statement(*pair) for pair in pairs]


def context(asked: list[Statement]) -> Context:
    """A run of a second model, after the first was promoted and called all but the last statement synergistic."""
    first = model_version()
    promote(model_version=first, by=None, reason="first", now=NOW)
    chunk = PredictionChunk.objects.create(
        run=inference_run(first), first_statement=1, last_statement=2, n_predictions=3, n_flags=0, sha256="2" * 64,
        committed_at=NOW,
    )  # fmt: skip
    for one in asked[:3]:
        Prediction.objects.create(
            statement=one, model_version=first, chunk=chunk, label=label("synergistic"), confidence=0.9, scores=b""
        )
    return Context(inference_run(model_version()))


def test_every_prediction_stands_beside_its_classes_the_answer_before_and_its_gold(
    asked: list[Statement], django_assert_num_queries: Any
) -> None:
    answer(asked[1], "antagonistic")
    answer(asked[2], "undetermined")  # no class of the model: it could not have said it
    made = context(asked)
    predicted = [Predicted(one.pk, label("synergistic").pk, 0.75, (0.75, 0.25)) for one in asked]
    with django_assert_num_queries(3):
        beside = made.beside(predicted)
    expected = {pk: expectation.label_id for pk, expectation in beside.expectations.items()}
    assert expected == {asked[0].pk: label("antagonistic").pk, asked[1].pk: label("antagonistic").pk}
    assert beside.previous_label_ids == {one.pk: label("synergistic").pk for one in asked[:3]}
    assert beside.gold_label_ids == {asked[1].pk: label("antagonistic").pk}


def test_a_pair_s_other_type_disputes_nothing(asked: list[Statement]) -> None:
    both = {one.pk: ["synergistic"] for one in asked[:2]}
    rows = [(one.pk, label("antagonistic").pk, "corpus") for one in asked[:3]]
    add_seed_labels(task=polarity(), rows=rows, now=NOW, further=both)
    said = [("synergistic", asked[0]), ("undetermined", asked[1]), ("synergistic", asked[2])]
    predicted = [Predicted(one.pk, label(slug).pk, 0.96, (0.96, 0.04)) for slug, one in said]
    gold = context(asked).beside(predicted).gold_label_ids
    assert set(gold) == {asked[1].pk, asked[2].pk}  # neither of the pair's types, and no second type


def test_statements_that_were_not_asked_about_are_not_read(asked: list[Statement]) -> None:
    beside = context(asked).beside([Predicted(asked[3].pk, label("synergistic").pk, 0.75, (0.75, 0.25))])
    assert (beside.expectations, beside.previous_label_ids, beside.gold_label_ids) == ({}, {}, {})


def test_the_first_model_has_no_answer_before_it(asked: list[Statement], django_assert_num_queries: Any) -> None:
    made = Context(inference_run(model_version()))
    with django_assert_num_queries(2):
        assert made.beside([Predicted(one.pk, 1, 0.75, ()) for one in asked]).previous_label_ids == {}


def test_free_text_without_known_drugs_expects_nothing(asked: list[Statement]) -> None:
    nameless = statement("Aa", "Bb", corpus=corpus("free"), head_drug=None, tail_drug=None)
    assert context(asked).beside([Predicted(nameless.pk, 1, 0.75, ())]).expectations == {}


def test_scores_become_predictions_of_the_tasks_labels_whatever_their_order(asked: list[Statement]) -> None:
    scored = [Scored(7, 0, 0.75, (0.75, 0.25)), Scored(8, 1, 0.625, (0.375, 0.625))]
    assert context(asked).predicted(scored, ("antagonistic", "synergistic")) == [
        Predicted(7, label("antagonistic").pk, 0.75, (0.75, 0.25)),
        Predicted(8, label("synergistic").pk, 0.625, (0.375, 0.625)),
    ]
