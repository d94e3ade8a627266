"""The second paper's two networks, held against sums done by hand."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import AutoModel, Trainer, TrainingArguments

from modeling.backbones import Backbone
from modeling.batching import padded
from modeling.config import Architecture
from modeling.networks.building import build
from modeling.networks.on_encoder import MentionEmpty, mention_masks
from modeling.networks.rbert_cnn import FILTERS, WIDTHS, Convolutions, ModelOne, RBertCnn

INPUTS = [[2, 7, 8, 9, 10, 11, 3], [2, 11, 12, 3], [2, 12, 13, 14, 15, 16, 17, 18, 19, 3]]
PLACES = [(1, 3, 4, 5), (1, 2, 2, 3), (6, 9, 2, 4)]
MODELS: tuple[Architecture, ...] = ("cls_dense", "rbert_cnn")


def made(backbone: Backbone, architecture: Architecture, *, seed: int = 1) -> nn.Module:
    """The network with a head whose weights are large enough to matter."""
    torch.manual_seed(seed)
    network = build(backbone, n_labels=3, architecture=architecture).network
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if not name.startswith("bert."):
                parameter.normal_(std=0.3)
    return network.eval()


@pytest.fixture(params=MODELS)
def network(backbone: Backbone, request: pytest.FixtureRequest) -> nn.Module:
    return made(backbone, request.param)


@pytest.fixture
def model_ii(backbone: Backbone) -> RBertCnn:
    network = made(backbone, "rbert_cnn")
    assert isinstance(network, RBertCnn)
    return network


def asked(network: nn.Module, inputs: list[list[int]], places: list[tuple[int, ...]]) -> dict[str, Tensor]:
    ids, mask = map(torch.from_numpy, padded(inputs, pad_id=0))
    beside = {"places": torch.tensor(places)} if getattr(network, "reads_places", False) else {}
    return {"input_ids": ids, "attention_mask": mask, **beside}


def logits(
    network: nn.Module,
    inputs: list[list[int]] = INPUTS,
    places: list[tuple[int, ...]] = PLACES,  # type: ignore[assignment]
) -> Tensor:
    with torch.inference_mode():
        return network(**asked(network, inputs, places)).logits  # type: ignore[no-any-return]


def test_one_row_of_logits_per_input(network: nn.Module) -> None:
    assert logits(network).shape == (3, 3)


def test_padding_changes_nothing(network: nn.Module) -> None:
    together = logits(network)
    for row, ids, place in zip(together, INPUTS, PLACES, strict=True):
        torch.testing.assert_close(row, logits(network, [ids], [place])[0], atol=1e-5, rtol=1e-5)


def test_order_in_the_batch_changes_nothing(network: nn.Module) -> None:
    turned = logits(network, INPUTS[::-1], PLACES[::-1])
    torch.testing.assert_close(logits(network).flip(0), turned, atol=1e-5, rtol=1e-5)


def test_head_and_tail_are_told_apart(model_ii: RBertCnn) -> None:
    swapped = [(tail_start, tail_end, start, end) for start, end, tail_start, tail_end in PLACES]
    assert not torch.allclose(logits(model_ii), logits(model_ii, places=swapped), atol=1e-2)  # type: ignore[arg-type]


def test_dropout_is_off_in_evaluation_and_on_in_training(network: nn.Module) -> None:
    assert torch.equal(logits(network), logits(network))
    network.train()
    assert not torch.equal(logits(network), logits(network))
    assert [one.p for name, one in network.named_modules() if name == "dropout"] == [0.5]  # type: ignore[union-attr]


def test_the_gradient_reaches_every_part(network: nn.Module) -> None:
    labels = torch.tensor([0, 1, 2])
    loss = network(**asked(network, INPUTS, PLACES), labels=labels).loss  # type: ignore[arg-type]
    loss.backward()
    without = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not bool(parameter.grad.abs().sum() > 0)
    ]
    # keys' biases add the same to all of a query's products, which softmax does not see
    assert all(name.endswith("key.bias") for name in without)


def test_one_step_lowers_the_loss(network: nn.Module) -> None:
    inputs = asked(network, INPUTS, PLACES)  # type: ignore[arg-type]
    labels = torch.tensor([0, 1, 2])
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    before = network(**inputs, labels=labels).loss
    before.backward()
    optimizer.step()
    assert network(**inputs, labels=labels).loss < before


def test_mention_masks_by_hand() -> None:
    mask = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]])
    head, tail = mention_masks(torch.tensor([[1, 3, 4, 5], [2, 3, 1, 2]]), mask)
    assert head.int().tolist() == [[0, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0]]
    assert tail.int().tolist() == [[0, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize("places", [None, [[1, 1, 2, 3]], [[3, 2, 1, 2]], [[1, 2, 4, 5]], [[1, 2, 9, 12]]])
def test_a_mention_without_tokens_is_refused(places: list[list[int]] | None) -> None:
    mask = torch.tensor([[1, 1, 1, 1, 0, 0]])
    with pytest.raises(MentionEmpty, match="give the first and the last-but-one token of both"):
        mention_masks(None if places is None else torch.tensor(places), mask)


def test_convolutions_equal_sums_over_windows_cut_out_by_hand() -> None:
    torch.manual_seed(3)
    convolutions = Convolutions(6)
    states = torch.randn(2, 7, 6)
    mask = torch.ones(2, 7)
    found = convolutions(states, mask)
    assert found.shape == (2, 48)
    expected = []
    for width, convolution in zip(WIDTHS, convolutions.by_width, strict=True):
        windows = states.unfold(1, width, 1)  # (batch, windows, features, width)
        sums = torch.einsum("bwfk,ofk->bwo", windows, convolution.weight) + convolution.bias  # type: ignore[arg-type]
        expected.append(sums.clamp(min=0).amax(dim=1))
    torch.testing.assert_close(found, torch.cat(expected, dim=1), atol=1e-5, rtol=1e-5)


def test_an_input_shorter_than_a_kernel_is_followed_by_zeros() -> None:
    torch.manual_seed(3)
    convolutions = Convolutions(2)
    states = torch.randn(1, 6, 2)  # three tokens, and what stands under the padding
    found = convolutions(states, torch.tensor([[1, 1, 1, 0, 0, 0]]))
    expected = []
    for width, convolution in zip(WIDTHS, convolutions.by_width, strict=True):
        weight, bias = convolution.weight, convolution.bias
        total = torch.stack([states[0, token] @ weight[:, :, token].T for token in range(min(3, width))]).sum(0)  # type: ignore[union-attr, index, operator]
        expected.append((total + bias).clamp(min=0))
    torch.testing.assert_close(found[0], torch.cat(expected), atol=1e-5, rtol=1e-5)


def test_model_ii_is_the_papers_sum_of_parts(model_ii: RBertCnn, backbone: Backbone) -> None:
    """One input, part by part, from the encoder's own hidden states."""
    encoder = AutoModel.from_pretrained(backbone.path).eval()
    ids = torch.tensor([INPUTS[0]])
    with torch.inference_mode():
        hidden = encoder(input_ids=ids, output_hidden_states=True).hidden_states
        last = hidden[-1][0]
        read = model_ii.convolutions(torch.cat(hidden[-2:], dim=-1), torch.ones(1, 7))  # the encoder has two layers
        head = model_ii.head_mention(torch.tanh((last[1] + last[2]) / 2))
        tail = model_ii.tail_mention(torch.tanh(last[4]))
        expected = model_ii.classifier(torch.cat([model_ii.convolved(read)[0], head, tail]))
    torch.testing.assert_close(logits(model_ii, INPUTS[:1], PLACES[:1])[0], expected, atol=1e-5, rtol=1e-5)


def test_the_numbers_of_the_paper() -> None:
    assert FILTERS * len(WIDTHS) == 48
    assert WIDTHS == (3, 4, 5)


def test_the_encoder_is_the_backbones_and_the_head_starts_from_chance(backbone: Backbone) -> None:
    encoder = AutoModel.from_pretrained(backbone.path)
    for architecture, parts in (
        ("cls_dense", ("classifier", "first_dense")),
        ("rbert_cnn", ("classifier", "convolutions", "convolved", "head_mention", "tail_mention")),
    ):
        fresh = build(backbone, n_labels=2, architecture=architecture)  # type: ignore[arg-type]
        assert fresh.untrained == parts
        mine = dict(fresh.network.named_parameters())
        theirs = {f"bert.{name}": tensor for name, tensor in encoder.named_parameters() if "pooler" not in name}
        assert all(torch.equal(mine[name], tensor) for name, tensor in theirs.items())
        assert {name.split(".")[0] for name in set(mine) - set(theirs)} == set(parts)


def test_saved_and_loaded_it_is_the_same_to_the_last_bit(network: nn.Module, tmp_path: Path) -> None:
    assert isinstance(network, ModelOne | RBertCnn)
    network.save_pretrained(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]
    assert "small-bert/" not in (tmp_path / "config.json").read_text(encoding="utf-8")
    again = type(network).from_pretrained(tmp_path)
    assert torch.equal(logits(again), logits(network))
    assert again.config.dropout == 0.5


def test_the_librarys_trainer_trains_it(network: nn.Module, tmp_path: Path) -> None:
    before = copy.deepcopy(network.state_dict())
    one = {name: part[0] for name, part in asked(network, INPUTS, PLACES).items()}  # type: ignore[arg-type]
    Trainer(
        model=network,  # type: ignore[arg-type]
        args=TrainingArguments(
            output_dir=str(tmp_path), max_steps=2, learning_rate=1e-2, report_to="none", use_cpu=True,
            disable_tqdm=True, save_strategy="no", remove_unused_columns=False,
        ),
        train_dataset=[{**one, "labels": 1}] * 4,  # type: ignore[arg-type]
    ).train()  # fmt: skip
    changed = [name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])]
    assert "classifier.weight" in changed
    assert any(name.startswith("bert.encoder") for name in changed)
    assert np.isfinite(logits(network).numpy()).all()
