"""A sentence encoded once answers for each pair as it would alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from modeling.backbones import Backbone
from modeling.forward import logits_of
from modeling.networks.arguments import arguments_of
from modeling.networks.building import build
from modeling.networks.on_encoder import MentionEmpty
from modeling.networks.pair_reader import BUCKETS, PairReader, distances
from modeling.records import Input, Places

LONG = (2, 12, 13, 14, 15, 16, 17, 18, 19, 3)
INPUTS = [
    Input((2, 7, 8, 9, 10, 11, 3), Places(1, 3, 4, 5), (0, 1, 1, 0, 2, 0, 0)),
    Input(LONG, Places(6, 9, 2, 4), (0, 0, 2, 2, 0, 0, 1, 1, 1, 0)),
    Input((2, 7, 8, 9, 10, 11, 3), Places(4, 5, 1, 3), (0, 1, 1, 0, 2, 0, 0)),
    Input(LONG, Places(6, 9, 2, 4), (0, 0, 1, 1, 0, 0, 1, 1, 1, 0)),
]  # three sentences: the first and the third are two pairs of one, the last differs from the second in a kind


@pytest.fixture(scope="module")
def network(backbone: Backbone) -> PairReader:
    torch.manual_seed(1)
    network = build(backbone, n_labels=3, architecture="pair_reader").network
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if not name.startswith("bert."):
                parameter.normal_(std=0.3)
        network.get_parameter("kinds.weight")[0] = 0  # as it starts, and as training leaves it
    assert isinstance(network, PairReader)
    return network.eval()


def logits(network: nn.Module, inputs: list[Input]) -> Tensor:
    with torch.inference_mode():
        return network(**arguments_of(inputs, pad_id=0)).logits  # type: ignore[no-any-return]


def test_company_padding_and_order_change_nothing(network: PairReader) -> None:
    together = logits(network, INPUTS)
    assert together.shape == (4, 3)
    for row, one in zip(together, INPUTS, strict=True):
        torch.testing.assert_close(row, logits(network, [one])[0], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(together.flip(0), logits(network, INPUTS[::-1]), atol=1e-5, rtol=1e-5)


def test_batches_give_the_same_in_the_order_of_the_inputs(network: PairReader) -> None:
    many = [INPUTS[number % 4] for number in range(400)]
    found = torch.from_numpy(logits_of(network, many, pad_id=0))
    torch.testing.assert_close(found, logits(network, INPUTS).repeat(100, 1), atol=1e-5, rtol=1e-5)


def test_the_encoder_reads_a_sentence_once(network: PairReader) -> None:
    read: list[int] = []
    hook = network.base_model.register_forward_pre_hook(
        lambda module, args, kwargs: read.append(len(kwargs["inputs_embeds"])), with_kwargs=True
    )
    logits(network, INPUTS * 10)
    hook.remove()
    assert read == [3]


def test_pairs_and_kinds_are_told_apart(network: PairReader) -> None:
    rows = logits(network, INPUTS)
    assert not torch.allclose(rows[0], rows[2], atol=1e-2)
    assert not torch.allclose(rows[1], rows[3], atol=1e-2)


def test_how_far_a_token_is_from_the_mentions_counts(network: PairReader) -> None:
    """With the same words everywhere else, the place alone makes the difference to the reading layers."""
    heads = network.get_parameter("reading.layers.0.far_from_head.weight")
    before = logits(network, INPUTS)
    kept = heads.detach().clone()
    with torch.no_grad():
        heads.copy_(kept.flip(0))  # what stands before the mention is now told as standing behind it
    changed = logits(network, INPUTS)
    with torch.no_grad():
        heads.copy_(kept)
    assert not torch.allclose(before, changed, atol=1e-3)


def test_distances_by_hand() -> None:
    middle = BUCKETS // 2
    found = distances(torch.tensor([[3, 5]]), 10).tolist()
    assert found == [[middle - 3, middle - 2, middle - 1, middle, middle, *(middle + step for step in (1, 2, 3, 3, 4))]]
    far = distances(torch.tensor([[20, 21]]), 60)
    assert (far.min(), far.max()) == (0, BUCKETS - 1)


def test_the_gradient_reaches_every_part(network: PairReader) -> None:
    network.zero_grad()
    loss = network(**arguments_of(INPUTS, pad_id=0), labels=torch.tensor([0, 1, 2, 0])).loss
    loss.backward()
    without = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not bool(parameter.grad.abs().sum() > 0)
    ]
    assert all(name.endswith("key.bias") or "word_embeddings" in name for name in without), without


def test_a_mention_without_tokens_is_refused(network: PairReader) -> None:
    with pytest.raises(MentionEmpty):
        logits(network, [INPUTS[0]._replace(places=Places(2, 2, 4, 5))])
    with pytest.raises(MentionEmpty):
        logits(network, [INPUTS[0]._replace(places=None)])


def test_saved_and_read_again_it_answers_the_same(network: PairReader, tmp_path: Path) -> None:
    network.save_pretrained(tmp_path)
    again = PairReader.from_pretrained(tmp_path).eval()
    torch.testing.assert_close(logits(again, INPUTS), logits(network, INPUTS))
