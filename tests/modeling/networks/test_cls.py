from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import torch
from safetensors.torch import load_file, save_file

from modeling.backbones import Backbone, resolve
from modeling.batching import padded
from modeling.config import Pooling
from modeling.networks.cls import build, mean_over
from modeling.networks.encoder import BackboneIncomplete

INPUTS = [[2, 7, 8, 9, 3], [2, 11, 3], [2, 12, 13, 14, 15, 16, 3]]


def logits(network: torch.nn.Module, token_ids: list[list[int]]) -> torch.Tensor:
    inputs, mask = map(torch.from_numpy, padded(token_ids, pad_id=0))
    with torch.inference_mode():
        return network(input_ids=inputs, attention_mask=mask).logits  # type: ignore[no-any-return]


@pytest.fixture(params=get_args(Pooling))
def network(backbone: Backbone, request: pytest.FixtureRequest) -> torch.nn.Module:
    return build(backbone, n_labels=3, pooling=request.param).network.eval()


def test_one_row_of_logits_per_input(network: torch.nn.Module) -> None:
    assert logits(network, INPUTS).shape == (3, 3)


def test_padding_changes_nothing(network: torch.nn.Module) -> None:
    together = logits(network, INPUTS)
    for row, ids in zip(together, INPUTS, strict=True):
        torch.testing.assert_close(row, logits(network, [ids])[0], atol=1e-5, rtol=1e-5)


def test_order_in_the_batch_changes_nothing(network: torch.nn.Module) -> None:
    torch.testing.assert_close(logits(network, INPUTS).flip(0), logits(network, INPUTS[::-1]), atol=1e-5, rtol=1e-5)


def test_another_input_gives_other_logits(network: torch.nn.Module) -> None:
    swapped = [[2, 9, 8, 7, 3]]
    assert not torch.allclose(logits(network, INPUTS[:1]), logits(network, swapped), atol=1e-3)


def test_one_step_lowers_the_loss(network: torch.nn.Module) -> None:
    inputs, mask = map(torch.from_numpy, padded(INPUTS, pad_id=0))
    labels = torch.tensor([0, 1, 2])
    optimizer = torch.optim.SGD(network.parameters(), lr=0.005)

    def loss() -> torch.Tensor:
        out = network(input_ids=inputs, attention_mask=mask).logits
        return torch.nn.functional.cross_entropy(out, labels)

    before = loss()
    before.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    assert loss() < before


def test_only_the_classifier_starts_from_chance(backbone: Backbone) -> None:
    assert build(backbone, n_labels=2).untrained == ("classifier",)
    assert build(backbone, n_labels=2, pooling="mean").untrained == ("classifier",)


def test_mean_is_over_the_tokens_under_the_mask() -> None:
    states = torch.tensor([[[1.0, 0.0], [3.0, 4.0], [100.0, 100.0]]])
    assert mean_over(states, torch.tensor([[1, 1, 0]])).tolist() == [[2.0, 2.0]]


def test_a_pooler_is_no_part_of_the_mean(backbone_without_pooler: Backbone) -> None:
    made = build(backbone_without_pooler, n_labels=2, pooling="mean")
    assert made.untrained == ("classifier",)
    assert not [name for name, _ in made.network.named_parameters() if "pooler" in name]


def test_pooler_that_the_file_lacks_is_named(backbone_without_pooler: Backbone) -> None:
    assert build(backbone_without_pooler, n_labels=2).untrained == ("classifier", "pooler")


def test_file_that_lacks_an_encoder_layer_is_refused(backbone_copy: Callable[..., Path]) -> None:
    folder = backbone_copy()
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BackboneIncomplete, match=r"copy lacks the weights .*layer\.1\.output\.dense\.weight"):
        build(resolve(str(folder)), n_labels=2)
    with pytest.raises(BackboneIncomplete, match=r"copy lacks the weights .*layer\.1\.output\.dense\.weight"):
        build(resolve(str(folder)), n_labels=2, pooling="mean")


def test_weights_in_the_older_format_are_read_without_running_code_from_them(
    backbone_copy: Callable[..., Path],
) -> None:
    folder = backbone_copy()
    expected = logits_of_encoder(resolve(str(folder)))
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    torch.testing.assert_close(logits_of_encoder(resolve(str(folder))), expected)
    torch.save({**weights, "hostile": Hostile()}, folder / "pytorch_model.bin")
    with pytest.raises(Exception, match=r"[Ww]eights"):
        build(resolve(str(folder)), n_labels=2)
    assert not Hostile.ran


class Hostile:
    """Runs code when an unguarded loader reads it."""

    ran = False

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return run_hostile, ()


def run_hostile() -> int:
    Hostile.ran = True
    return 0


def logits_of_encoder(backbone: Backbone) -> torch.Tensor:
    """The pooled vectors: the classifier itself starts from chance."""
    network = build(backbone, n_labels=2).network.eval()
    inputs, mask = map(torch.from_numpy, padded(INPUTS, pad_id=0))
    with torch.inference_mode():
        return network.bert(input_ids=inputs, attention_mask=mask).pooler_output  # type: ignore[operator,no-any-return,union-attr]
