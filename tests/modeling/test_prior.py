"""What balanced teaching did to the labels' shares is taken back."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch

from modeling import adapters
from modeling.backbones import Backbone
from modeling.config import ContradictoryConfig, TrainingConfig
from modeling.inference import LoadedModel
from modeling.networks.building import build
from modeling.prior import classifier_of, correct_prior
from modeling.training import train
from tests.modeling.conftest import make_examples

LABELS = ("synergistic", "antagonistic")


def test_the_bias_moves_by_the_logarithm_of_each_share(backbone: Backbone) -> None:
    network = build(backbone, n_labels=3, pooling="mean").network
    before = classifier_of(network).bias.detach().clone()
    correct_prior(network, [0, 0, 1, 2], [1.0, 1.0, 1.0, 5.0])
    moved = (classifier_of(network).bias - before).tolist()
    # shares of 2, 1 and 5 eighths where each was taught as a third
    assert moved == pytest.approx([math.log(3 * 2 / 8), math.log(3 * 1 / 8), math.log(3 * 5 / 8)], abs=1e-6)


def test_beside_an_adapter_it_is_the_trained_layer_that_moves(backbone: Backbone) -> None:
    model = adapters.attach(build(backbone, n_labels=2, pooling="mean"), TrainingConfig())
    correct_prior(model, [0, 1, 1, 1], [1.0] * 4)
    merged = adapters.merge(model)
    found = merged.get_submodule("classifier").bias
    assert isinstance(found, torch.Tensor)
    assert found.tolist() == pytest.approx([math.log(0.5), math.log(1.5)], abs=1e-6)


@pytest.mark.parametrize("balance", ["class_weights", "balanced_sampling"])
def test_a_model_taught_evenly_has_the_odds_of_the_shares_again(
    balance: str, backbone: Backbone, quick: TrainingConfig, tmp_path: Path
) -> None:
    """One label nine times as frequent as the other: its odds are nine times those that even teaching gave."""
    examples = [
        dataclasses.replace(one, label_index=int(number % 10 == 0))
        for number, one in enumerate(dataclasses.replace(make_examples(1)[0]) for _ in range(100))
    ]  # one sentence, nine times of ten with the first label
    config = dataclasses.replace(quick, max_epochs=2, patience=2, learning_rate=1e-4, **{balance: True})
    said = {}
    for corrected in (False, True):
        trained = train(
            examples, [], labels=LABELS, backbone=backbone, out_dir=tmp_path,
            config=dataclasses.replace(config, prior_correction=corrected),
        )  # fmt: skip
        model = LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device="cpu")
        said[corrected] = model.answer([examples[0].statement])[0].scores
    log_odds = {corrected: math.log(scores[0] / scores[1]) for corrected, scores in said.items()}
    assert log_odds[True] - log_odds[False] == pytest.approx(math.log(9), abs=1e-3)


def test_without_anything_to_take_back_it_is_refused() -> None:
    with pytest.raises(ContradictoryConfig, match="neither is set"):
        TrainingConfig(prior_correction=True)
