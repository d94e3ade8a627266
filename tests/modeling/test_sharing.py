"""Several trained models on one encoder: they answer as if each had its own, and cost only their own matrices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from modeling import adapters
from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.networks.building import build
from modeling.sharing import SharedBackbone, merged_copy, twin

IDS = torch.tensor([[2, 7, 8, 9, 3], [2, 11, 12, 13, 3]])
Stored = Callable[..., Path]


def logits(network: nn.Module) -> Tensor:
    with torch.inference_mode():
        return network(input_ids=IDS, attention_mask=torch.ones_like(IDS)).logits.float()  # type: ignore[no-any-return]


def tensors(network: nn.Module) -> dict[str, Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


def own(network: nn.Module, other: nn.Module) -> set[str]:
    """Names of the tensors that lie elsewhere than the other network's of the same name."""
    theirs = tensors(other)
    return {name for name, tensor in tensors(network).items() if tensor.data_ptr() != theirs[name].data_ptr()}


@pytest.fixture
def stored(backbone: Backbone, tmp_path: Path) -> Stored:
    """Writes an adapter that changes the network, another one for each seed."""

    def write(seed: int, *, n_labels: int = 2) -> Path:
        torch.manual_seed(seed)
        model = adapters.attach(build(backbone, n_labels=n_labels), TrainingConfig())
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.add_(torch.randn_like(parameter) * 0.3)
        folder = tmp_path / f"{seed}-{n_labels}"
        adapters.save(model, folder, backbone_name="acme/bert")
        return folder

    return write


def alone(backbone: Backbone, folder: Path, *, n_labels: int = 2) -> nn.Module:
    """The merged model on an encoder of its own."""
    return adapters.merge(adapters.load(build(backbone, n_labels=n_labels).network, folder))


def test_models_on_one_encoder_answer_as_if_each_had_its_own(backbone: Backbone, stored: Stored) -> None:
    folders = [stored(1), stored(2)]
    shared = SharedBackbone(backbone)
    merged = [shared.merged(folder, n_labels=2) for folder in folders]
    for network, folder in zip(merged, folders, strict=True):
        torch.testing.assert_close(logits(network), logits(alone(backbone, folder)), atol=0, rtol=0)
    assert not torch.allclose(logits(merged[0]), logits(merged[1]), atol=1e-2)


def test_only_adapted_projections_and_head_are_a_models_own(backbone: Backbone, stored: Stored) -> None:
    shared = SharedBackbone(backbone)
    first, second = (shared.merged(stored(seed), n_labels=2) for seed in (1, 2))
    expected = {
        f"bert.encoder.layer.{layer}.attention.self.{target}.weight"
        for layer in (0, 1)
        for target in ("query", "value")
    } | {"classifier.weight", "classifier.bias"}
    assert own(second, first) == expected
    bytes_of = {name: tensor.numel() * tensor.element_size() for name, tensor in tensors(second).items()}
    assert sum(bytes_of[name] for name in expected) == 4 * (2 * 2 * 32 * 32 + 2 * 32 + 2)


def test_another_number_of_labels_stands_on_the_same_encoder(backbone: Backbone, stored: Stored) -> None:
    shared = SharedBackbone(backbone)
    two, three = shared.merged(stored(1), n_labels=2), shared.merged(stored(1, n_labels=3), n_labels=3)
    assert logits(three).shape == (2, 3)
    assert {name.rpartition(".")[0].rpartition(".")[2] for name in own(three, two)} == {"query", "value", "classifier"}
    torch.testing.assert_close(
        logits(three), logits(alone(backbone, stored(1, n_labels=3), n_labels=3)), atol=0, rtol=0
    )


def test_merging_never_writes_into_the_shared_encoder(backbone: Backbone, stored: Stored) -> None:
    shared = SharedBackbone(backbone)
    first = shared.merged(stored(1), n_labels=2)
    before = logits(first)
    for seed in (2, 3):
        shared.merged(stored(seed), n_labels=2)
    torch.testing.assert_close(logits(first), before, atol=0, rtol=0)
    torch.testing.assert_close(logits(shared.merged(stored(1), n_labels=2)), before, atol=0, rtol=0)


def test_a_cast_encoder_is_shared_too_and_the_original_stays(backbone: Backbone, stored: Stored) -> None:
    shared = SharedBackbone(backbone)
    exact = shared.merged(stored(1), n_labels=2)
    before = logits(exact)
    first, second = (
        shared.placed(shared.merged(stored(seed), n_labels=2), device="cpu", dtype=torch.bfloat16) for seed in (1, 2)
    )
    assert {tensor.dtype for name, tensor in tensors(first).items() if tensor.is_floating_point()} == {torch.bfloat16}
    assert len(own(second, first)) == 6
    torch.testing.assert_close(logits(first), before, atol=0.05, rtol=0.05)
    torch.testing.assert_close(logits(exact), before, atol=0, rtol=0)


def test_the_backbone_is_read_once_for_all_models_of_its_kind(
    backbone: Backbone, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [stored(1), stored(2)]
    read: list[Backbone] = []

    def counting(chosen: Backbone, **how: object) -> object:
        read.append(chosen)
        return build(chosen, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("modeling.sharing.build", counting)
    shared = SharedBackbone(backbone)
    for folder in folders:
        shared.merged(folder, n_labels=2)
    assert read == [backbone]


def test_a_twin_copies_no_tensor_and_a_merged_copy_leaves_the_model_alone(backbone: Backbone) -> None:
    torch.manual_seed(4)
    model = adapters.attach(build(backbone, n_labels=2), TrainingConfig()).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.3)
    before = logits(model)
    copied = twin(model)
    assert own(copied, model) == set()
    torch.testing.assert_close(logits(merged_copy(copied)), before, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(logits(model), before, atol=0, rtol=0)
    assert any(parameter.requires_grad for parameter in model.parameters())


def test_an_untrained_network_can_be_made_to_stand_on_the_encoder(backbone: Backbone, stored: Stored) -> None:
    shared = SharedBackbone(backbone)
    merged = shared.merged(stored(1), n_labels=2)
    fresh = build(backbone, n_labels=2).network.eval()
    before = logits(fresh)
    assert own(fresh, merged) == set(tensors(fresh))
    adopted = shared.adopt(fresh)
    assert own(adopted, merged) == own(merged, adopted)
    assert all("layer" in name or "classifier" in name for name in own(adopted, merged))
    torch.testing.assert_close(logits(adopted), before, atol=0, rtol=0)
