"""What is said of an adapter is measured on it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from modeling import adapters
from modeling.adapter_facts import GOAL_BYTES, described, measure
from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.encode import load_tokenizer
from modeling.inputs import inputs_of
from modeling.networks.cls import build
from modeling.records import Input
from modeling.training import TrainedModel
from tests.modeling.conftest import make_examples

INPUTS = [Input((2, 7, 8, 9, 3)), Input((2, 11, 12, 13, 14, 15, 3))]


def test_a_trained_models_facts_are_in_its_manifest(trained: TrainedModel, backbone: Backbone) -> None:
    facts = described(trained.manifest)
    file = trained.folder / "adapter" / "adapter_model.safetensors"
    assert facts["adapter_bytes"] == file.stat().st_size
    assert (facts["adapter_bytes_goal"], facts["adapter_bytes_goal_met"]) == (10_000_000, True)
    # rank 8 on query and value of two layers of 32, and a classifier of 32 x 2 with its biases
    assert facts["adapter_parameters"] == 2 * 2 * 2 * 8 * 32
    assert facts["head_parameters"] == 32 * 2 + 2
    assert facts["frozen_parameters"] > 10_000
    assert {f"{part}_parameters": n for part, n in trained.trainable.items()}.items() <= facts.items()
    assert 0 < facts["merge_max_difference"] < 1e-4
    assert facts["merge_inputs"] == 40  # the validation examples
    assert (facts["backbone"], facts["backbone_sha256"]) == (backbone.name, backbone.sha256)
    assert len(facts["tokenizer_sha256"]) == 64


def test_the_merge_difference_is_that_of_the_stored_model(trained: TrainedModel, backbone: Backbone) -> None:
    statements = [example.statement for example in make_examples(40, first_id=1000)]
    read = inputs_of(statements, load_tokenizer(backbone.path), TrainingConfig(mentions="masked", max_tokens=32))
    model = adapters.load(build(backbone, n_labels=2).network, trained.folder / "adapter")
    # with another number of threads sums are taken in another order: the same size, not the same bits
    assert measure(model, read, pad_id=0)["merge"]["max_difference"] < 1e-4


def test_a_merge_that_changes_answers_is_seen(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    model = adapters.attach(build(backbone, n_labels=2), TrainingConfig()).eval()

    def spoilt(network: nn.Module) -> nn.Module:
        merged = adapters.merge(network)  # type: ignore[arg-type]
        with torch.no_grad():
            merged.classifier.bias += 0.25  # type: ignore[union-attr, operator]
        return merged

    honest = measure(model, INPUTS, pad_id=0)["merge"]
    assert honest == {"max_difference": honest["max_difference"], "inputs": 2}
    assert honest["max_difference"] < 1e-5
    monkeypatch.setattr("modeling.adapter_facts.merged_copy", spoilt)
    assert np.isclose(measure(model, INPUTS, pad_id=0)["merge"]["max_difference"], 0.25, atol=1e-5)


def test_measuring_changes_nothing_and_stops_at_256_inputs(backbone: Backbone) -> None:
    model = adapters.attach(build(backbone, n_labels=2), TrainingConfig()).eval()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    assert measure(model, INPUTS * 200, pad_id=0)["merge"]["inputs"] == 256
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())
    assert any(parameter.requires_grad for parameter in model.parameters())


def test_an_adapter_of_ten_megabytes_misses_the_goal(trained: TrainedModel) -> None:
    files = {"adapter/adapter_model.safetensors": {"bytes": GOAL_BYTES, "sha256": "0" * 64}}
    assert described({**trained.manifest, "files": files})["adapter_bytes_goal_met"] is False
