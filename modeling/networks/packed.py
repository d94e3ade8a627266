"""A BERT network over inputs laid end to end: no padding is computed, and nothing that the head does not ask for.

All but attention works on each token alone, so the tokens of all inputs stand in one long row. Attention is computed
for neighbours of equal length together, which need no mask. The answers are those of the network itself, but for the
order in which floats are added: what is left out or moved changes nothing in exact numbers, as said where it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention
from transformers import BertForSequenceClassification, BertModel
from transformers.activations import GELUActivation

from modeling.networks.cls import MeanPooled


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring inputs of equal length: `n_inputs` of `n_tokens` tokens each, from token `start` of the row on."""

    start: int
    n_inputs: int
    n_tokens: int

    @property
    def end(self) -> int:
        """One past its last token."""
        return self.start + self.n_inputs * self.n_tokens

    def of(self, row: Tensor) -> Tensor:
        """This part of a (tokens, hidden) row as (inputs, tokens, hidden)."""
        return row[self.start : self.end].view(self.n_inputs, self.n_tokens, -1)

    def by_head(self, row: Tensor, heads: int) -> Tensor:
        """This part of a (tokens, hidden) row as (inputs, heads, tokens, hidden / heads)."""
        return self.of(row).view(self.n_inputs, self.n_tokens, heads, -1).transpose(1, 2)


class Packed:
    """The logits of a network whose encoder is BERT's and whose head reads the first token or the mean of all.

    It reads the network's own weights at every call, so it costs no memory and follows their every change.
    """

    def __init__(self, network: nn.Module) -> None:
        """`network` is one that `fits`."""
        self.network: Any = network

    @staticmethod
    def fits(network: nn.Module) -> bool:
        """Whether this network can be computed so: an adapter has to be merged into it first."""
        return (
            isinstance(network, BertForSequenceClassification | MeanPooled)
            and type(network.base_model) is BertModel
            and all(type(one) is nn.Linear for layer in network.base_model.encoder.layer for one in _matrices(layer))
        )

    def __call__(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        """Logits (inputs, labels) in the order of the inputs; fastest where equal lengths are neighbours.

        The network has to be in evaluation mode and torch in inference mode.
        """
        stretches = _stretches([len(ids) for ids in token_ids])
        encoder = self.network.base_model
        flat = torch.tensor([[token for ids in token_ids for token in ids]])
        places = torch.tensor([[place for ids in token_ids for place in range(len(ids))]])
        row = encoder.embeddings(input_ids=flat, position_ids=places)[0]  # (tokens, hidden)
        *before, last = encoder.encoder.layer
        for layer in before:
            row = _layer(layer, row, stretches)
        if isinstance(self.network, MeanPooled):
            row = _layer(last, row, stretches)
            pooled = torch.cat([one.of(row).mean(dim=1) for one in stretches])  # (inputs, hidden)
        else:
            pooled = encoder.pooler(_first_tokens(last, row, stretches).unsqueeze(1))
        logits: Tensor = self.network.classifier(self.network.dropout(pooled))
        return logits


def _matrices(layer: Any) -> tuple[nn.Module, ...]:
    attention = layer.attention.self
    inside = (attention.query, attention.key, attention.value, layer.attention.output.dense)
    return (*inside, layer.intermediate.dense, layer.output.dense)


def _stretches(lengths: Sequence[int]) -> list[Stretch]:
    stretches = []
    start = 0
    for n_tokens, inputs in groupby(lengths):
        stretches.append(Stretch(start, len(list(inputs)), n_tokens))
        start = stretches[-1].end
    return stretches


def _layer(layer: Any, row: Tensor, stretches: list[Stretch]) -> Tensor:
    """One layer of the encoder: (tokens, hidden) in and out; `row` is used up.

    Keys go without their bias: it would add the same to all products of a query, which softmax does not see.
    """
    attention = layer.attention.self
    heads = attention.num_attention_heads
    queries = attention.query(row)
    keys, values = linear(row, attention.key.weight), linear(row, attention.value.weight)
    seen = torch.empty_like(row)
    for one in stretches:
        asked, known, told = (one.by_head(part, heads) for part in (queries, keys, values))
        one.by_head(seen, heads).copy_(scaled_dot_product_attention(asked, known, told))
    return _rest(layer, seen, row)


def _first_tokens(layer: Any, row: Tensor, stretches: list[Stretch]) -> Tensor:
    """What one layer makes of each input's first token: (tokens, hidden) in, (inputs, hidden) out.

    With one query an input, the matrices of keys and values are better multiplied with the query and with the sum of
    the states seen than with every state: q·(K x) = (Kᵀ q)·x, and Σ w (V x) = V (Σ w x).
    """
    attention = layer.attention.self
    heads = attention.num_attention_heads
    first = torch.cat([one.of(row)[:, 0] for one in stretches])  # (inputs, hidden)
    queries = (attention.query(first) * attention.scaling).view(len(first), heads, -1)
    by_head = (heads, -1, row.shape[1])  # (heads, hidden / heads, hidden)
    sought = torch.einsum("ihd,hdw->ihw", queries, attention.key.weight.view(by_head))
    summed = []
    for one, some in zip(stretches, torch.split(sought, [one.n_inputs for one in stretches]), strict=True):
        states = one.of(row)
        weights = torch.softmax(some @ states.transpose(1, 2), dim=-1)  # (inputs, heads, tokens)
        summed.append(weights @ states)  # (inputs, heads, hidden)
    seen = torch.einsum("ihw,hdw->ihd", torch.cat(summed), attention.value.weight.view(by_head))
    return _rest(layer, seen.reshape(first.shape), first)


def _rest(layer: Any, seen: Tensor, row: Tensor) -> Tensor:
    """All of a layer after its attention, token by token: the arguments and the result (tokens, hidden).

    `seen` lacks the bias of the values, which comes through attention as it is, since its weights sum to 1, and is
    added behind the next matrix. Products are added to `row` where it lies: it is used up.
    """
    mixing, widening, narrowing = layer.attention.output, layer.intermediate, layer.output
    bias = torch.addmv(mixing.dense.bias, mixing.dense.weight, layer.attention.self.value.bias)
    mixed = mixing.LayerNorm(row.add_(bias).addmm_(seen, mixing.dense.weight.t()))
    wide = widening.dense(mixed)  # (tokens, intermediate)
    is_gelu = isinstance(widening.intermediate_act_fn, GELUActivation)
    wide = torch.ops.aten.gelu_(wide) if is_gelu else widening.intermediate_act_fn(wide)
    made: Tensor = narrowing.LayerNorm(mixed.add_(narrowing.dense.bias).addmm_(wide, narrowing.dense.weight.t()))
    return made
