"""Learning each relation type by itself, so that a pair may have two."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from modeling.backbones import Backbone
from modeling.calibration import fit_temperature, probabilities_of
from modeling.config import ContradictoryConfig, TrainingConfig
from modeling.ensemble import Ensemble, LossesDiffer, fitted
from modeling.inference import LoadedModel
from modeling.losses import surprise, surprise_by_type, types_of
from modeling.rationale import attribute
from modeling.records import Example, Scored
from modeling.training import TrainedModel, train
from tests.modeling.conftest import DRUGS, make_statement

UNRELATED = 1
LABELS = ("enhances", "unrelated", "reduces")
VERBS = {"enhance": (0,), "combined": (UNRELATED,), "reduce": (2,), "enhance and reduce": (0, 2)}


def pairs(n: int, first_id: int = 1) -> list[Example]:
    """Of every four one enhances, one is unrelated, one reduces, and one does both."""
    made = []
    for number in range(n):
        verb, (label, *further) = list(VERBS.items())[number % 4]
        head, tail = DRUGS[number % 4], DRUGS[(number + 1 + number // 4 % 3) % 4]
        what = ("anticoagulant", "analgesic", "bleeding")[number // 4 % 3]
        statement = make_statement(first_id + number, f"⟨1⟩ may {verb} the {what} activity of ⟨2⟩ .", head, tail)
        made.append(Example(statement, label, further=tuple(further)))
    return made


def of_logits(logits: list[float]) -> tuple[int, ...]:
    (row,) = probabilities_of(np.asarray([logits]), 1.0, unrelated=UNRELATED)
    return Scored.of(1, tuple(row.tolist())).label_indexes


def test_each_type_is_learnt_by_itself_and_unrelated_is_none_of_them() -> None:
    logits = torch.tensor([[0.0, 7.0, math.log(3)], [math.log(3), -7.0, 0.0]])
    types = types_of([(0, 2), (UNRELATED,)], n_labels=3)
    assert types.tolist() == [[1, 0, 1], [0, 1, 0]]
    found = surprise_by_type(logits, types, unrelated=UNRELATED)
    # by hand: -log 1/2 - log 3/4; -log(1 - 3/4) - log(1 - 1/2)
    assert found.tolist() == pytest.approx([math.log(8 / 3), math.log(8)])
    assert surprise(torch.zeros(1, 3), torch.tensor([2])).tolist() == pytest.approx([math.log(3)])


def test_unrelated_is_as_likely_as_the_likeliest_type_is_not() -> None:
    logits = np.asarray([[0.0, 9.0, math.log(3)], [-math.log(3), 9.0, -math.log(4)]])
    expected = [[0.5, 0.25, 0.75], [0.25, 0.75, 0.2]]
    assert probabilities_of(logits, 1.0, unrelated=UNRELATED) == pytest.approx(np.asarray(expected))
    assert np.isfinite(probabilities_of(np.asarray([[1e6, 0.0, -1e6]]), 0.5, unrelated=UNRELATED)).all()
    assert probabilities_of(logits, 1.0, unrelated=None).sum(axis=1) == pytest.approx(1)


def test_what_is_likelier_than_not_is_said() -> None:
    assert of_logits([1.0, 0.0, 2.0]) == (2, 0)
    assert of_logits([1.0, 9.0, -2.0]) == (0,)
    assert of_logits([-1.0, -9.0, -2.0]) == (UNRELATED,)
    assert Scored.of(1, (0.25, 0.5, 0.25)).label_indexes == (1,)


def test_the_temperature_is_that_of_each_type_by_itself() -> None:
    """A logit of 4 that is right three times in four is too sure by far: log 3 would be right."""
    logits = np.asarray([[4.0, 0.0, -9.0]] * 40_000)
    labels = np.asarray(([0] * 3 + [UNRELATED]) * 10_000)
    assert fit_temperature(logits, labels, unrelated=UNRELATED).temperature == pytest.approx(4 / math.log(3), rel=0.01)


@pytest.fixture(scope="module")
def by_type(quick: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(
        quick, architecture="pair_reader", tuning="full", mentions="raw", learning_rate=1e-3, head_learning_rate=3e-3,
        dropout=0.0, max_epochs=12, patience=12, loss="multi_label",
    )  # fmt: skip


def taught(backbone: Backbone, config: TrainingConfig, folder: Path) -> TrainedModel:
    return train(
        pairs(96), pairs(40, first_id=1000),
        labels=LABELS, backbone=backbone, config=config, out_dir=folder, unrelated=UNRELATED,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(backbone: Backbone, by_type: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return taught(backbone, by_type, tmp_path_factory.mktemp("by-type"))


@pytest.fixture
def learnt(made: TrainedModel, backbone: Backbone) -> LoadedModel:
    return LoadedModel.load(made.folder, backbone, sha256=made.sha256, device="cpu")


def test_a_pair_with_two_types_is_said_to_have_both(made: TrainedModel, learnt: LoadedModel) -> None:
    assert made.manifest["unrelated"] == learnt.unrelated == UNRELATED
    asked = pairs(48, first_id=5000)
    said = [set(one.label_indexes) for one in learnt.answer([one.statement for one in asked])]
    assert said == [{one.label_index, *one.further} for one in asked]


def test_its_answers_can_be_explained(learnt: LoadedModel) -> None:
    *_, both = pairs(4)
    for label in range(3):
        assert sum(abs(one.weight) for one in attribute(learnt, both.statement, label_index=label).tokens) > 0.99


def test_an_ensemble_of_such_models_says_both_and_joins_no_others(learnt: LoadedModel, model: LoadedModel) -> None:
    asked = [one.statement for one in pairs(4)]
    together = Ensemble((learnt, learnt))
    for one, alone in zip(together.answer(asked), learnt.answer(asked), strict=True):
        assert one.scores == pytest.approx(alone.scores, abs=1e-6)
        assert one.label_indexes == alone.label_indexes
    assert fitted([learnt, learnt], pairs(40)).method == "none"
    other = dataclasses.replace(model, labels=learnt.labels)
    with pytest.raises(LossesDiffer, match="trained with one loss"):
        Ensemble((learnt, other))


def test_what_excludes_it_is_refused(backbone: Backbone, by_type: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(ContradictoryConfig, match="takes a network for relations"):
        dataclasses.replace(by_type, architecture="cls")
    with pytest.raises(ContradictoryConfig, match="leave prior_correction out"):
        dataclasses.replace(by_type, prior_correction=True, class_weights=True)
    with pytest.raises(ContradictoryConfig, match="no label says that a pair is unrelated"):
        train(pairs(8), [], labels=LABELS, backbone=backbone, config=by_type, out_dir=tmp_path)
