"""Real small models that answer together: the mean of what they say, chunk by chunk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.ensemble import Ensemble, LabelsDiffer, fitted, mean_scores
from modeling.evaluation.asking import ask
from modeling.inference import LoadedModel
from modeling.records import Scored, Statement
from modeling.sharing import SharedBackbone
from modeling.training import TrainedModel, train
from tests.modeling.conftest import make_examples

STATEMENTS = [example.statement for example in make_examples(50, first_id=5_000)]


@pytest.fixture(scope="module")
def other(backbone: Backbone, quick: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """A second model, of another seed and fewer epochs, so that it is less sure."""
    return train(
        make_examples(64),
        make_examples(40, first_id=1000),
        labels=("synergistic", "antagonistic"),
        backbone=backbone,
        config=dataclasses.replace(quick, seed=11, max_epochs=1, patience=1),
        out_dir=tmp_path_factory.mktemp("other"),
    )


@pytest.fixture
def members(trained: TrainedModel, other: TrainedModel, backbone: Backbone) -> tuple[LoadedModel, ...]:
    shared = SharedBackbone(backbone)
    return tuple(
        LoadedModel.load(one.folder, backbone, sha256=one.sha256, shared=shared, device="cpu")
        for one in (trained, other)
    )


def test_it_says_the_mean_of_what_its_members_say(members: tuple[LoadedModel, ...]) -> None:
    said = Ensemble(members).answer(STATEMENTS)
    first, second = (member.answer(STATEMENTS) for member in members)
    assert any(one.scores != two.scores for one, two in zip(first, second, strict=True))
    for one, mine, theirs in zip(said, first, second, strict=True):
        assert one.statement_id == mine.statement_id
        assert one.scores == pytest.approx([(a + b) / 2 for a, b in zip(mine.scores, theirs.scores, strict=True)])
        assert one.confidence == max(one.scores) == one.scores[one.label_index]
        assert one.scores == tuple(np.asarray(one.scores, dtype=np.float32).tolist())


def test_chunks_come_in_order_and_are_what_answering_at_once_gives(members: tuple[LoadedModel, ...]) -> None:
    together = Ensemble(members)
    chunks = list(together.predict(iter(STATEMENTS), chunk_size=7))
    assert [len(chunk) for chunk in chunks] == [7] * 7 + [1]
    found = [one for chunk in chunks for one in chunk]
    assert [one.statement_id for one in found] == [one.id for one in STATEMENTS]
    for one, at_once in zip(found, together.answer(STATEMENTS), strict=True):
        assert one.scores == pytest.approx(at_once.scores, abs=1e-6)
    assert together.cache.hits + together.cache.misses == 2 * 2 * len(STATEMENTS)


def test_it_stops_between_chunks_and_reads_no_further(members: tuple[LoadedModel, ...]) -> None:
    read: list[int] = []

    def told() -> Iterator[Statement]:
        for one in STATEMENTS:
            read.append(one.id)
            yield one

    given: list[list[Scored]] = []
    for chunk in Ensemble(members).predict(told(), chunk_size=5, should_stop=lambda: len(given) >= 2):
        given.append(chunk)
    assert [len(chunk) for chunk in given] == [5, 5]
    assert len(read) <= 20


def test_its_temperature_sharpens_the_mean_and_is_fitted_on_what_taught_none(members: tuple[LoadedModel, ...]) -> None:
    known = make_examples(40, first_id=9_000)
    calibration = fitted(members, known)
    assert (calibration.method, calibration.n) == ("fitted", 40)
    plain = Ensemble(members).answer(STATEMENTS)
    warmed = Ensemble(members, calibration.temperature).answer(STATEMENTS)
    for one, two in zip(plain, warmed, strict=True):
        power = np.asarray(one.scores, dtype=np.float64) ** (1 / calibration.temperature)
        assert two.scores == pytest.approx(power / power.sum(), rel=1e-4)
        assert two.label_index == one.label_index
    assert fitted(members, known[:5]).temperature == 1.0
    assert fitted(members, []).method == "none"


def test_it_is_evaluated_as_any_model(members: tuple[LoadedModel, ...]) -> None:
    known = make_examples(40, first_id=9_000)
    answers = ask(Ensemble(members), known)
    assert answers.labels == ("synergistic", "antagonistic")
    assert answers.scores == pytest.approx(
        mean_scores([member.answer([one.statement for one in known]) for member in members]), abs=1e-6
    )


def test_members_stand_on_one_encoder(members: tuple[LoadedModel, ...]) -> None:
    first, second = ({one.data_ptr() for one in member.network.parameters()} for member in members)
    assert len(first & second) > len(first) / 2


def test_models_of_other_labels_are_refused(members: tuple[LoadedModel, ...], tmp_path: Path) -> None:
    turned = dataclasses.replace(members[1], labels=members[1].labels[::-1])
    with pytest.raises(LabelsDiffer, match="join models of one label set"):
        Ensemble((members[0], turned))
