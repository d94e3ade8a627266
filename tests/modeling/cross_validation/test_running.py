"""A whole cross-validation with a small real encoder, and its figures."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.cross_validation.folds import Fold, folds_of
from modeling.cross_validation.running import CrossValidation, Said, averaged, thin_out
from modeling.cross_validation.scoring import Scoring
from modeling.evaluation.held_out import HeldOut
from modeling.training import NotEnoughExamples
from tests.modeling.conftest import make_sentences

LABELS = ("synergistic", "antagonistic")


def labelled(n: int) -> list[HeldOut]:
    """Sentences of fourteen documents."""
    return [
        HeldOut(example, (), (), f"PMID{at % 14}", "papers", "seed", is_known_pattern=False)
        for at, example in enumerate(make_sentences(n))
    ]


@pytest.fixture(scope="session")
def examples() -> list[HeldOut]:
    return labelled(160)


@pytest.fixture
def trial(examples: list[HeldOut], backbone: Backbone, quick: TrainingConfig) -> CrossValidation:
    folds = folds_of(examples, "document", n=2, seed=1)
    config = dataclasses.replace(quick, max_epochs=10, patience=5)
    return CrossValidation(examples, folds, "document", LABELS, backbone, config)


def scoring(trial: CrossValidation) -> Scoring:
    return Scoring(trial.examples, trial.labels, trial.scheme)


def test_what_is_easily_learnt_is_right_on_the_folds_left_out(trial: CrossValidation) -> None:
    said, seconds = trial.tuned(seed=2019)
    assert [one.positions for one in said] == [fold.test for fold in trial.folds]
    assert seconds > 0
    figures = scoring(trial).figures(said)
    assert figures["n"] == 160
    assert figures["macro_f1"] > 0.9
    assert figures["intervals"]["units"] == {"document": 14}


def test_a_training_that_is_kept_is_not_made_again(trial: CrossValidation, tmp_path: Path) -> None:
    stages: list[str] = []
    quick = dataclasses.replace(trial.config, max_epochs=1, patience=1)
    told = dataclasses.replace(trial, config=quick, keep=tmp_path, on_progress=lambda one: stages.append(one.stage))
    first, seconds = told.tuned(seed=3)
    assert stages.count("save") == 4  # the beginning and the end of each fold's
    again, same_seconds = told.tuned(seed=3)
    assert stages.count("save") == 4
    assert same_seconds == seconds
    for one, other in zip(first, again, strict=True):
        assert one.positions == other.positions
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.uncalibrated, other.uncalibrated)
    other_seed, _ = told.tuned(seed=4)
    assert stages.count("save") == 8
    assert not np.array_equal(other_seed[0].scores, first[0].scores)


def test_probabilities_before_the_temperature_are_kept_too(trial: CrossValidation, tmp_path: Path) -> None:
    more = labelled(320)  # of which thirty and more validate
    folds = folds_of(more, "document", n=2, seed=1)
    (one, *_), _ = dataclasses.replace(trial, examples=more, folds=folds, keep=tmp_path).tuned(seed=3)
    temperatures = [float(np.load(path)["temperature"]) for path in tmp_path.iterdir()]
    assert any(temperature != 1 for temperature in temperatures)
    assert not np.allclose(one.scores, one.uncalibrated)
    np.testing.assert_allclose(one.uncalibrated.sum(axis=1), 1)


def test_the_seed_of_the_training_changes_neither_folds_nor_what_validates(trial: CrossValidation) -> None:
    other = dataclasses.replace(trial, config=dataclasses.replace(trial.config, seed=7))
    assert other.taught() == trial.taught()
    for fold, taught in zip(trial.folds, trial.taught(), strict=True):
        assert sorted((*taught.teach, *taught.stop)) == list(fold.teach)
        assert not taught.shares
    assert dataclasses.replace(trial, fold_seed=2).taught() != trial.taught()


def test_seeds_together_say_the_mean_in_each_fold() -> None:
    first = [Said((3, 1), np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([[0.8, 0.2], [0.5, 0.5]]))]
    second = [Said((3, 1), np.array([[0.3, 0.7], [0.2, 0.8]]), np.array([[0.4, 0.6], [0.1, 0.9]]))]
    (both,) = averaged([first, second])
    assert both.positions == (3, 1)
    np.testing.assert_allclose(both.scores, [[0.6, 0.4], [0.3, 0.7]])
    np.testing.assert_allclose(both.uncalibrated, [[0.6, 0.4], [0.3, 0.7]])


def test_baselines_stand_on_the_same_folds(trial: CrossValidation) -> None:
    by_name = dict(trial.baselines())
    assert list(by_name) == ["TF-IDF", "frozen vectors"]
    for said in by_name.values():
        assert [one.positions for one in said] == [fold.test for fold in trial.folds]
    assert scoring(trial).figures(by_name["TF-IDF"])["accuracy"] > 0.9  # one word tells the labels apart


def test_curated_sentences_stand_beside_the_baselines_too(trial: CrossValidation) -> None:
    config = dataclasses.replace(trial.config, curated_share=0.05)
    names = [name for name, _ in dataclasses.replace(trial, config=config).baselines()]
    assert names[2:] == ["TF-IDF and curated sentences", "frozen vectors and curated sentences"]


def test_teaching_is_thinned_by_wording_and_testing_is_not(examples: list[HeldOut]) -> None:
    fold = Fold(teach=tuple(range(48)), test=tuple(range(48, 96)))
    thin = thin_out([fold], examples, most=2)[0]
    assert thin.test == fold.test
    kinds = [(examples[at].example.statement.pattern, examples[at].example.label_index) for at in thin.teach]
    assert max(kinds.count(kind) for kind in kinds) == 2
    assert set(kinds) == {
        (examples[at].example.statement.pattern, examples[at].example.label_index) for at in fold.teach
    }


def test_a_fold_that_teaches_no_example_of_a_label_is_refused_by_name(trial: CrossValidation) -> None:
    one_label = tuple(at for at, one in enumerate(trial.examples) if one.example.label_index == 0)
    with pytest.raises(NotEnoughExamples, match="Fold 1 teaches no synergistic statement: ask for other folds"):
        dataclasses.replace(trial, folds=[Fold(teach=tuple({*range(160)} - {*one_label}), test=one_label)])
