"""A training cut off at any step goes on after its last whole epoch, and ends with the weights it would have had."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from modeling.artifacts import MANIFEST
from modeling.backbones import Backbone
from modeling.checkpoints import BEST
from modeling.config import TrainingConfig
from modeling.records import Progress
from modeling.training import TrainedModel, TrainingCancelled, train
from tests.modeling.conftest import make_examples

LABELS = ("synergistic", "antagonistic")
WAYS: dict[str, dict[str, Any]] = {
    "an adapter, batches by length": {},
    "an adapter, batches at random": {"sampling": "random"},
    "Model II, labels balanced": {
        "architecture": "rbert_cnn", "tuning": "full", "balanced_sampling": True, "mentions": "tagged",
    },
    "pair reader, mentions hidden": {
        "architecture": "pair_reader", "tuning": "full", "mentions": "raw", "hidden_mentions": 0.5,
        "head_learning_rate": 1e-3,
    },
}  # fmt: skip
EPOCHS, STEPS = 3, 3
"""64 examples, 24 a step."""


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, quick: TrainingConfig) -> TrainingConfig:
    values = {"batch_size": 24, "max_epochs": EPOCHS, "patience": EPOCHS, "dropout": 0.1, **WAYS[request.param]}
    return dataclasses.replace(quick, **values)


class PowerCut(BaseException):
    """Nothing in the training catches it."""


def taught(
    backbone: Backbone,
    config: TrainingConfig,
    folder: Path,
    *,
    cut_after: int | None = None,
    n_validation: int = 40,
    ticks: list[int] | None = None,
) -> tuple[TrainedModel, list[int]]:
    """A training that leaves its epochs in `folder`, and the steps that it told of; cut off after one of them."""
    steps: list[int] = []

    def tell(progress: Progress) -> None:
        if progress.stage == "train" and progress.done not in steps:
            steps.append(progress.done)
            if ticks is not None:
                ticks.append(progress.done)
            if progress.done == cut_after:
                raise PowerCut

    made = train(
        make_examples(64),
        make_examples(n_validation, first_id=1000),
        labels=LABELS,
        backbone=backbone,
        config=config,
        out_dir=folder / "models",
        unfinished=folder / "unfinished",
        on_progress=tell,
    )
    return made, steps


def cut(backbone: Backbone, config: TrainingConfig, folder: Path, after: int, **options: Any) -> None:
    with pytest.raises(PowerCut):
        taught(backbone, config, folder, cut_after=after, **options)


def marks(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob(f"unfinished/*/{MANIFEST}"))


def test_cut_off_twice_it_ends_with_the_same_weights(
    backbone: Backbone, way: TrainingConfig, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole, _ = taught(backbone, way, tmp_path / "whole")
    cut(backbone, way, tmp_path, after=STEPS + 1)
    assert marks(tmp_path) == ["checkpoint-3"]
    cut(backbone, way, tmp_path, after=2 * STEPS + 1)
    assert marks(tmp_path) == ["checkpoint-3", "checkpoint-6"]
    made, steps = taught(backbone, way, tmp_path)
    assert steps == [7, 8, 9]
    assert made.sha256 == whole.sha256
    assert made.history == whole.history
    assert whole.notes == ()
    assert made.notes == ("Went on after epoch 2, where an earlier attempt was cut off.",)
    assert not (tmp_path / "unfinished").exists()
    assert [path.name for path in (tmp_path / "models").iterdir()] == [made.sha256]
    assert "Writing model" not in capfd.readouterr().err, "a line of the terminal that is ours"


def test_the_time_of_earlier_attempts_counts(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[int] = []  # a second each step
    monkeypatch.setattr("modeling.training.time.monotonic", lambda: float(len(ticks)))
    config = dataclasses.replace(quick, batch_size=24, max_epochs=EPOCHS, patience=EPOCHS)
    cut(backbone, config, tmp_path, after=STEPS + 1, ticks=ticks)
    made, _ = taught(backbone, config, tmp_path, ticks=ticks)
    assert len(ticks) == STEPS + 1 + 2 * STEPS
    assert made.seconds == EPOCHS * STEPS, "the step that was lost does not count"


@pytest.mark.parametrize("n_validation", [40, 0])
def test_cut_off_after_its_last_step_it_only_ends(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_validation: int
) -> None:
    config = dataclasses.replace(quick, batch_size=24, max_epochs=2, patience=2)
    whole, _ = taught(backbone, config, tmp_path / "whole", n_validation=n_validation)

    def power_cut(*args: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr("modeling.training._calibrate", power_cut)
        cut(backbone, config, tmp_path, after=-1, n_validation=n_validation)
    made, steps = taught(backbone, config, tmp_path, n_validation=n_validation)
    assert steps == []
    assert made.sha256 == whole.sha256


def test_cut_off_when_it_had_stopped_early_it_does_not_start_again(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(quick, learning_rate=1e-6, batch_size=24, max_epochs=8, patience=1)

    def power_cut(*args: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr("modeling.training._calibrate", power_cut)
        cut(backbone, config, tmp_path, after=-1)
    made, steps = taught(backbone, config, tmp_path)
    assert made.stopped_early
    assert len(made.history) < 8
    assert steps == []


@pytest.mark.parametrize(
    ("file", "left"),
    [(MANIFEST, None), (MANIFEST, 100), ("optimizer.pt", 0), ("adapter_model.safetensors", None), (BEST, 10)],
)
def test_a_checkpoint_that_was_cut_off_itself_is_no_checkpoint(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, file: str, left: int | None
) -> None:
    config = dataclasses.replace(quick, batch_size=24, max_epochs=EPOCHS, patience=EPOCHS)
    cut(backbone, config, tmp_path, after=2 * STEPS + 1)
    torn = tmp_path / "unfinished" / "checkpoint-6" / file
    if left is None:
        torn.unlink()
    else:
        torn.write_bytes(torn.read_bytes()[:left])  # as a loss of power leaves what the disk had not taken yet
    _, steps = taught(backbone, config, tmp_path)
    assert steps == [4, 5, 6, 7, 8, 9]


def test_without_room_for_a_checkpoint_the_training_goes_on(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    config = dataclasses.replace(quick, batch_size=24, max_epochs=EPOCHS, patience=EPOCHS)
    left = iter((10**9, 10**7, 10**9))
    monkeypatch.setattr("modeling.checkpoints.shutil.disk_usage", lambda folder: SimpleNamespace(free=next(left)))
    cut(backbone, config, tmp_path, after=2 * STEPS + 1)
    assert marks(tmp_path) == ["checkpoint-3"]
    assert "has no room for this epoch" in caplog.text


@pytest.mark.parametrize("change", [{"seed": 8}, {"learning_rate": 1e-4}, {"max_epochs": 4}])
def test_another_training_starts_anew(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, change: dict[str, Any]
) -> None:
    config = dataclasses.replace(quick, batch_size=24, max_epochs=2, patience=2)
    cut(backbone, config, tmp_path, after=STEPS + 1)
    made, steps = taught(backbone, dataclasses.replace(config, **change), tmp_path)
    assert steps[0] == 1
    assert made.notes == ()


def test_a_cancelled_training_leaves_nothing(backbone: Backbone, quick: TrainingConfig, tmp_path: Path) -> None:
    config = dataclasses.replace(quick, batch_size=24, max_epochs=2, patience=2)
    cut(backbone, config, tmp_path, after=STEPS + 1)
    with pytest.raises(TrainingCancelled):
        train(
            make_examples(64),
            make_examples(40, first_id=1000),
            labels=LABELS,
            backbone=backbone,
            config=config,
            out_dir=tmp_path / "models",
            unfinished=tmp_path / "unfinished",
            should_cancel=lambda: True,
        )
    assert not (tmp_path / "unfinished").exists()
