"""`manage.py bench training` on a small encoder: which trainings are compared, not how fast they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any

import pytest
from pytest_django import Settings

from ddi_site.bench.training import bench_training
from ledger.models import ModelVersion
from modeling.config import TrainingConfig
from modeling.presets import PRESETS
from modeling.store import training_pace
from tests.modeling.conftest import write_backbone

SEEDS = (42, 43)


@pytest.mark.django_db
def test_both_presets_are_timed_on_the_same_examples_and_trained_with_each_seed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DDI_BACKBONE = str(write_backbone(tmp_path / "small-bert", positions=512))
    settings.VAR_DIR = tmp_path
    brief = {name: replace(PRESETS[name], max_epochs=1, patience=1) for name in ("default", "paper")}
    monkeypatch.setattr(training_pace, "PRESETS", MappingProxyType(brief))
    monkeypatch.setattr(training_pace, "SEEDS", SEEDS)
    monkeypatch.setattr(training_pace, "ROUNDS", 2)
    monkeypatch.setattr(training_pace, "STEPS", {"default": 3, "paper": 2})
    timed: list[tuple[TrainingConfig, int]] = []
    pace = training_pace.examples_per_second

    def noted(taught: Any, labels: Any, backbone: Any, config: TrainingConfig, *, steps: int) -> float:
        timed.append((config, len(taught)))
        return pace(taught, labels, backbone, config, steps=steps)

    monkeypatch.setattr(training_pace, "examples_per_second", noted)
    rows, data = bench_training(0)

    speed, quality, on_wordings = rows
    names = ("training", "macro-F1, new drugs", "macro-F1, new drugs and wordings")
    assert (speed.name, quality.name, on_wordings.name) == names
    assert speed.ratio == (speed.ours or 0) / (speed.peer or 1) > 0
    assert speed.met == (speed.ratio >= 10)
    by_seed = data["macro_f1_by_seed"]
    assert [len(by_seed[name]) for name in ("default", "paper")] == [len(SEEDS)] * 2
    assert quality.ours == pytest.approx(fmean(by_seed["default"]), abs=1e-4)
    assert quality.peer == pytest.approx(fmean(by_seed["paper"]), abs=1e-4)
    assert all(0 <= score <= 1 for found in by_seed.values() for score in found)
    assert 0 < (on_wordings.ours or 0) <= 1
    assert 0 < (on_wordings.peer or 0) <= 1

    assert [config.mentions for config, _ in timed] == [brief[name].mentions for name in ("paper", "default")] + [
        brief[name].mentions for name in ("default", "paper")
    ], "in turns"
    assert {n for _, n in timed} == {sum(data["examples"]["train"]["gold"].values())}
    for config, _ in timed:
        assert (config.curated_share, config.merge_repeats) == (0, False), "both see the very same examples"
    padded = [config for config, _ in timed if config.padding == "max_tokens"]
    assert {(config.batch_size, config.max_tokens) for config in padded} == {(8, 256)}
    assert data["seed_labels"] > 0
    assert not ModelVersion.objects.exists(), "nothing of it is registered"


@pytest.mark.django_db
def test_a_pace_is_steps_timed_after_the_first_ones(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that ticks once a step, a batch of 8 is 8 examples a second, whatever the first steps took."""
    from modeling.backbones import resolve
    from tests.modeling.conftest import make_examples

    ticks = iter([0.0, 100.0, 200.0, *(200.0 + n for n in range(1, 50))])
    monkeypatch.setattr("modeling.store.training_pace.time.perf_counter", lambda: next(ticks))
    backbone = resolve(str(write_backbone(tmp_path / "small-bert")))
    config = TrainingConfig(batch_size=8, max_tokens=32)
    found = training_pace.examples_per_second(make_examples(64), ("a", "b"), backbone, config, steps=4)
    assert found == pytest.approx(8.0)
