from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from modeling import artifacts, training
from modeling.backbones import Backbone
from modeling.config import ContradictoryConfig, TrainingConfig
from modeling.fitting import fit
from modeling.inference import LoadedModel
from modeling.records import Example, Progress
from modeling.training import NotEnoughExamples, TrainedModel, TrainingCancelled, UnusableExample, train
from tests.modeling.conftest import make_examples

LABELS = ("synergistic", "antagonistic")


@pytest.fixture(scope="session")
def short(quick: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(quick, max_epochs=1, patience=1)


def test_the_examples_are_learnt(trained: TrainedModel) -> None:
    assert trained.validation is not None
    assert trained.validation["macro_f1"] == 1.0
    assert trained.validation["n"] == 40
    assert trained.history[0]["loss"] > trained.history[trained.best_epoch - 1]["loss"]
    assert trained.calibration.n == 40
    assert trained.notes == ()


def test_the_best_epoch_is_kept_and_not_the_last(backbone: Backbone, quick: TrainingConfig, tmp_path: Path) -> None:
    # validation labels turned round: the better the examples are learnt, the worse it looks
    against = [dataclasses.replace(one, label_index=1 - one.label_index) for one in make_examples(40, first_id=1000)]
    config = dataclasses.replace(quick, max_epochs=3)
    made = train(make_examples(64), against, labels=LABELS, backbone=backbone, config=config, out_dir=tmp_path)
    assert made.validation is not None
    assert made.best_epoch < len(made.history)
    assert made.history[-1]["accuracy"] < made.history[made.best_epoch - 1]["accuracy"]
    assert made.validation["accuracy"] == made.history[made.best_epoch - 1]["accuracy"]


@pytest.mark.parametrize(
    ("precision", "slow", "attention"), [("auto", True, "eager"), ("auto", False, "sdpa"), ("float32", True, "sdpa")]
)
def test_the_fused_kernel_is_left_out_where_it_is_slow_and_nothing_remembers_it(
    backbone: Backbone, short: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    precision: str, slow: bool, attention: str,
) -> None:  # fmt: skip
    fitted: list[str] = []

    def watched(model: Any, *args: Any, **options: Any) -> None:
        fitted.append(model.get_base_model().base_model.config._attn_implementation)
        fit(model, *args, **options)

    monkeypatch.setattr(training, "slow_with_fused_attention", lambda: slow)
    monkeypatch.setattr(training, "fit", watched)
    config = dataclasses.replace(short, precision=precision)  # type: ignore[arg-type]
    made = train(make_examples(16), [], labels=LABELS, backbone=backbone, config=config, out_dir=tmp_path)
    assert fitted == [attention]
    read = LoadedModel.load(made.folder, backbone, sha256=made.sha256)
    assert read.network.base_model.config._attn_implementation == "sdpa"  # type: ignore[union-attr]


def test_folder_is_named_by_its_hash_and_holds_no_checkpoint(trained: TrainedModel) -> None:
    assert trained.folder.name == trained.sha256
    artifacts.verify(trained.folder, trained.sha256)
    files = {path.relative_to(trained.folder).as_posix() for path in trained.folder.rglob("*") if path.is_file()}
    assert files == {"manifest.json", "adapter/adapter_config.json", "adapter/adapter_model.safetensors"}
    assert [path.name for path in trained.folder.parent.iterdir()] == [trained.sha256]


def test_manifest_says_what_the_model_is(trained: TrainedModel, backbone: Backbone, quick: TrainingConfig) -> None:
    manifest = trained.manifest
    assert manifest["architecture"] == "cls"
    assert manifest["labels"] == list(LABELS)
    assert manifest["backbone"]["name"] == backbone.name
    assert manifest["backbone"]["sha256"] == backbone.sha256
    assert TrainingConfig.from_json(manifest["config"]) == quick
    assert manifest["calibration"] == dataclasses.asdict(trained.calibration)
    assert manifest["libraries"]["torch"] == str(torch.__version__)
    assert str(backbone.path) not in json.dumps(manifest)


def test_same_seed_gives_the_same_weights_and_folder(
    trained: TrainedModel, backbone: Backbone, quick: TrainingConfig, tmp_path: Path
) -> None:
    torch.manual_seed(12345)  # whatever was drawn before must not matter
    again = train(
        make_examples(64),
        make_examples(40, first_id=1000),
        labels=LABELS,
        backbone=backbone,
        config=quick,
        out_dir=tmp_path,
    )
    assert again.sha256 == trained.sha256
    assert again.history == trained.history


def test_another_seed_gives_other_weights(backbone: Backbone, short: TrainingConfig, tmp_path: Path) -> None:
    made = [
        train(
            make_examples(16),
            [],
            labels=LABELS,
            backbone=backbone,
            config=dataclasses.replace(short, seed=seed),
            out_dir=tmp_path,
        )
        for seed in (1, 2)
    ]
    first, second = (load_file(one.folder / "adapter" / "adapter_model.safetensors") for one in made)
    assert any(not torch.equal(first[name], second[name]) for name in first)


def test_without_validation_it_trains_every_epoch_and_says_so(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(quick, max_epochs=2, patience=1)
    told: list[Progress] = []
    made = train(
        make_examples(16),
        [],
        labels=LABELS,
        backbone=backbone,
        config=config,
        out_dir=tmp_path,
        on_progress=told.append,
    )
    assert (made.history, made.validation, made.stopped_early, made.best_epoch) == ((), None, False, 2)
    assert (made.calibration.temperature, made.calibration.method) == (1.0, "none")
    assert "No validation examples: trained all 2 epochs" in made.notes[0]
    assert [told_of.done for told_of in told if told_of.stage == "train"] == list(range(1, 9))


def test_few_validation_examples_calibrate_nothing_and_it_says_so(
    backbone: Backbone, short: TrainingConfig, tmp_path: Path
) -> None:
    made = train(make_examples(16), make_examples(6), labels=LABELS, backbone=backbone, config=short, out_dir=tmp_path)
    assert (made.calibration.method, made.calibration.n) == ("none", 6)
    assert made.notes == ("Only 6 validation examples: confidences are not calibrated.",)


def test_progress_tells_stage_step_loss_and_validation(
    backbone: Backbone, short: TrainingConfig, tmp_path: Path
) -> None:
    told: list[Progress] = []
    train(
        make_examples(48),
        make_examples(8),
        labels=LABELS,
        backbone=backbone,
        config=dataclasses.replace(short, max_epochs=2),
        out_dir=tmp_path,
        on_progress=told.append,
    )
    assert list(dict.fromkeys(one.stage for one in told)) == ["encode", "train", "calibrate", "save"]
    steps = [one for one in told if one.stage == "train"]
    assert [one.done for one in steps] == [*range(1, 13), 12, *range(13, 25), 24], "after an epoch its validation"
    assert {one.total for one in steps} == {24}
    assert set(steps[-1].detail) >= {"epoch", "loss", "learning_rate", "validation_macro_f1", "validation_loss"}
    json.dumps([dataclasses.asdict(one) for one in told])


@pytest.mark.parametrize("after", [0, 3, 16])
def test_cancelling_stops_at_once_and_leaves_nothing(
    backbone: Backbone, short: TrainingConfig, tmp_path: Path, after: int
) -> None:
    told: list[Progress] = []
    with pytest.raises(TrainingCancelled):
        train(
            make_examples(64),
            make_examples(8),
            labels=LABELS,
            backbone=backbone,
            config=short,
            out_dir=tmp_path,
            on_progress=told.append,
            should_cancel=lambda: sum(one.stage == "train" for one in told) >= after,
        )
    assert sum(one.stage == "train" for one in told) == after
    assert list(tmp_path.iterdir()) == []


def test_weights_of_examples_steer_what_is_learnt(backbone: Backbone, quick: TrainingConfig, tmp_path: Path) -> None:
    # the same sentences carry both labels; only the weight says which one is meant
    light = make_examples(32)
    heavy = [dataclasses.replace(one, label_index=1 - one.label_index, weight=10.0) for one in light]
    truth = [dataclasses.replace(one, weight=1.0) for one in heavy]
    made = train(light + heavy, truth, labels=LABELS, backbone=backbone, config=quick, out_dir=tmp_path)
    assert made.validation is not None
    assert made.validation["accuracy"] == 1.0


def test_label_without_examples_is_refused_by_name(backbone: Backbone, quick: TrainingConfig, tmp_path: Path) -> None:
    only_first = [one for one in make_examples(20) if one.label_index == 0]
    with pytest.raises(NotEnoughExamples, match="10 training examples over 2 labels and none for antagonistic"):
        train(only_first, [], labels=LABELS, backbone=backbone, config=quick, out_dir=tmp_path)


def test_one_label_is_no_question(backbone: Backbone, quick: TrainingConfig, tmp_path: Path) -> None:
    only_first = [one for one in make_examples(20) if one.label_index == 0]
    with pytest.raises(NotEnoughExamples, match="none for a second label"):
        train(only_first, [], labels=LABELS[:1], backbone=backbone, config=quick, out_dir=tmp_path)


@pytest.mark.parametrize("change", [{"label_index": 2}, {"label_index": -1}, {"weight": 0.0}, {"weight": float("nan")}])
def test_example_that_cannot_be_used_is_named(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, change: dict[str, float]
) -> None:
    broken: list[Example] = [*make_examples(8), dataclasses.replace(make_examples(1, first_id=77)[0], **change)]  # type: ignore[arg-type]
    with pytest.raises(UnusableExample, match="The example of statement 77 has label"):
        train(broken, [], labels=LABELS, backbone=backbone, config=quick, out_dir=tmp_path)


def test_inputs_longer_than_the_backbone_reads_are_refused(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(quick, max_tokens=65)
    with pytest.raises(ContradictoryConfig, match="max_tokens is 65 but the backbone reads at most 64"):
        train(make_examples(8), [], labels=LABELS, backbone=backbone, config=config, out_dir=tmp_path)


def test_thread_count_is_given_back(backbone: Backbone, short: TrainingConfig, tmp_path: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        made = train(make_examples(8), [], labels=LABELS, backbone=backbone, config=short, out_dir=tmp_path)
        assert torch.get_num_threads() == 2
        assert made.manifest["threads"] == 1
    finally:
        torch.set_num_threads(before)


def test_three_labels_are_a_matter_of_the_label_list(backbone: Backbone, short: TrainingConfig, tmp_path: Path) -> None:
    third = [dataclasses.replace(one, label_index=2) for one in make_examples(8, first_id=500)]
    labels = (*LABELS, "undetermined")
    made = train(make_examples(16) + third, third, labels=labels, backbone=backbone, config=short, out_dir=tmp_path)
    assert made.manifest["labels"] == list(labels)
    assert made.validation is not None
    assert len(made.validation["confusion"]) == 3
