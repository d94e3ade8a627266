"""Relations are scored on documents of which no sentence teaches, with every type that a pair has."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.cross_validation.folds import Fold
from modeling.cross_validation.kept import name_of
from modeling.cross_validation.relation_trial import (
    DocumentsShared,
    RelationTrial,
    described,
    folds_by_document,
    held_out_where,
    sharing,
)
from modeling.evaluation.held_out import HeldOut
from modeling.presets import PRESETS
from tests.modeling.conftest import make_examples
from tests.modeling.evaluation.making import held_out

LABELS = ("synergistic", "antagonistic", "none")


def pairs(n: int = 40, further: tuple[int, ...] = ()) -> list[HeldOut]:
    """Four pairs a document, the text of each its own."""
    made = []
    for number, example in enumerate(make_examples(n)):
        text = example.statement.text + " very" * number
        statement = example.statement._replace(text=text)
        made.append(
            held_out(
                number,
                example=dataclasses.replace(example, statement=statement), further=further, document=str(number // 4),
                corpus="corpus",
            )
        )  # fmt: skip
    return made


def trial(of: list[HeldOut], backbone: Backbone, config: TrainingConfig | None = None) -> RelationTrial:
    return RelationTrial(of, LABELS, 2, backbone, config or PRESETS["relations"])


def certain(*labels: int) -> np.ndarray:
    return np.eye(3)[list(labels)]


def test_figures_by_hand(backbone: Backbone) -> None:
    made = pairs(5)  # labels 0 1 0 1 of one document, 0 of the next
    made[0] = dataclasses.replace(made[0], further=(1,))
    made[3] = dataclasses.replace(made[3], example=dataclasses.replace(made[3].example, label_index=2))
    found = described(trial(made, backbone).score(range(5), certain(0, 0, 2, 2, 0)))
    # gold: 0 and 1 of the first, 1, 0, none, 0; said: 0, 0, none, none, 0
    assert (found["micro"]["gold"], found["micro"]["predicted"], found["micro"]["right"]) == (5, 3, 2)
    assert found["micro"]["f1"] == pytest.approx(2 * 2 / (5 + 3))
    assert {type_: one["gold"] for type_, one in found["by_type"].items()} == {"synergistic": 3, "antagonistic": 2}
    low, high = found["intervals"]["f1"]
    assert low <= found["micro"]["f1"] <= high


def test_a_pair_of_which_two_types_are_likelier_than_not_is_said_to_have_both(backbone: Backbone) -> None:
    made = pairs(2)
    made[0] = dataclasses.replace(made[0], further=(1,))
    found = described(trial(made, backbone).score(range(2), np.asarray([[0.75, 0.625, 0.25], [0.625, 0.25, 0.375]])))
    assert (found["micro"]["gold"], found["micro"]["predicted"], found["micro"]["right"]) == (3, 3, 2)


def test_a_training_of_two_types_is_kept_apart_from_one_of_the_first_alone(backbone: Backbone) -> None:
    one, both = (dataclasses.replace(pairs(1)[0].example, further=further) for further in ((), (1,)))
    softmax, by_type = PRESETS["relations"], dataclasses.replace(PRESETS["relations"], loss="multi_label")
    assert name_of(softmax, backbone, LABELS, [one]) == name_of(softmax, backbone, LABELS, [both])
    assert name_of(by_type, backbone, LABELS, [one]) != name_of(by_type, backbone, LABELS, [both])


def test_a_sentence_that_is_tested_never_teaches() -> None:
    made = pairs(12)
    repeated = made[0].example.statement.text
    other = made[8].example
    made[8] = dataclasses.replace(
        made[8], example=dataclasses.replace(other, statement=other.statement._replace(text=repeated))
    )
    fold = held_out_where(made, lambda pair: pair.document == "0")
    assert fold.test == (0, 1, 2, 3)
    assert fold.teach == (4, 5, 6, 7, 9, 10, 11)


def test_a_document_that_is_tested_teaches_in_no_corpus() -> None:
    made = pairs(12)
    made[4] = dataclasses.replace(made[4], document="0", corpus="another")  # its sentence is no tested one
    fold = held_out_where(made, lambda pair: pair.document == "0" and pair.corpus == "corpus")
    assert fold.test == (0, 1, 2, 3)
    assert fold.teach == (5, 6, 7, 8, 9, 10, 11)
    assert list(sharing(made, fold.test)) == [4]


def test_folds_test_each_document_once_in_whichever_corpus_it_stands() -> None:
    made = pairs(80)
    made += [dataclasses.replace(pair, corpus="another") for pair in made[:40]]
    folds = folds_by_document(made, n=4, seed=1)
    assert sorted(at for fold in folds for at in fold.test) == list(range(120))
    for fold in folds:
        assert not {made[at].document for at in fold.test} & {made[at].document for at in fold.teach}
    assert folds != folds_by_document(made, n=4, seed=2)


def test_a_document_on_both_sides_is_refused(backbone: Backbone) -> None:
    with pytest.raises(DocumentsShared, match="Document 0 of corpus tests and also teaches"):
        trial(pairs(), backbone).train(Fold((0, 1), (2, 3)), (), seed=1)


def test_what_is_taught_is_found_in_documents_not_met(backbone: Backbone, quick: TrainingConfig) -> None:
    made = pairs(96)
    nothing = [at for at in range(96) if at % 3 == 2]
    for at in nothing:  # a third kind of sentence, which says nothing
        example = make_examples(1)[0]
        text = "⟨1⟩ is with ⟨2⟩ ."
        statement = example.statement._replace(
            id=5_000 + at, text="aspirin is with warfarin ." + " more" * at, pattern=text,
            head=example.statement.head, tail=example.statement.tail._replace(start=16, end=24),
        )  # fmt: skip
        made[at] = dataclasses.replace(
            made[at], example=dataclasses.replace(example, statement=statement, label_index=2)
        )
    config = dataclasses.replace(
        quick, architecture="pair_reader", mentions="raw", tuning="full", dropout=0.1, learning_rate=1e-3, max_epochs=8,
        patience=8, max_tokens=32, batch_size=16,
    )  # fmt: skip
    fold = held_out_where(made, lambda pair: int(pair.document) % 4 == 0)
    validate = {at for at in fold.teach if int(made[at].document) % 4 == 1}
    told = trial(made, backbone, config)
    trained = told.train(fold, validate, seed=3)
    assert trained.scores.shape == (len(fold.test), 3)
    np.testing.assert_allclose(trained.scores.sum(axis=1), 1, atol=1e-5)
    assert 1 <= trained.best_epoch <= trained.epochs <= 8
    assert told.score(fold.test, trained.scores).micro.f1 > 0.8
