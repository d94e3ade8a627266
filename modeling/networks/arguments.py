"""Inputs as the tensors that a network is called with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from modeling.batching import padded
from modeling.records import Input


def arguments_of(inputs: Sequence[Input], *, pad_id: int, at_least: int = 0) -> dict[str, Tensor]:
    """What a network's `forward` takes for these inputs, padded on the right to the longest or to `at_least` tokens.

    Inputs with `kinds` that share ids and kinds are one sentence in (sentences, tokens) and keep their own `places`;
    `sentences` (inputs,) says which is whose. Without kinds each input is a row of its own.
    """
    if inputs[0].kinds is None:
        arguments = _rows([one.ids for one in inputs], pad_id, at_least)
    else:
        number: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        sentences = [number.setdefault((one.ids, one.kinds or ()), len(number)) for one in inputs]
        arguments = _rows([ids for ids, _ in number], pad_id, at_least)
        kinds = np.zeros(arguments["input_ids"].shape, dtype=np.int64)
        for row, (_, of_tokens) in enumerate(number):
            kinds[row, : len(of_tokens)] = of_tokens
        arguments |= {"kinds": torch.from_numpy(kinds), "sentences": torch.tensor(sentences)}
    if inputs[0].places is not None:
        arguments["places"] = torch.tensor([one.places for one in inputs])
    return arguments


def _rows(token_ids: Sequence[tuple[int, ...]], pad_id: int, at_least: int) -> dict[str, Tensor]:
    ids, mask = padded(token_ids, pad_id=pad_id, at_least=at_least)
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}


def together(inputs: Sequence[Input]) -> list[list[int]]:
    """Positions of the inputs, each once, those that a network reads as one sentence in one list."""
    groups: dict[object, list[int]] = {}
    for position, one in enumerate(inputs):
        groups.setdefault(position if one.kinds is None else (one.ids, one.kinds), []).append(position)
    return list(groups.values())
