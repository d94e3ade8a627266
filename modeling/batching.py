"""Inputs of like length together, so that the model spends its time on words and not on padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modeling.records import Input

TOKEN_BUDGET = 2_048
"""Tokens in one batch, padding included: measured best on two CPU cores."""
CORE_TOKEN_BUDGET = 1_024
"""The same where each core has a batch of its own, measured best of 256 to 4,096 for encoders of both sizes."""
GPU_TOKEN_BUDGET = 16_384
"""The same on a GPU, which small batches leave idle."""


def token_budget_batches(lengths: Sequence[int], *, budget: int = TOKEN_BUDGET) -> list[list[int]]:
    """Positions of `lengths`, each exactly once, in batches of at most `budget` padded tokens.

    Longest first, so that a batch too big for the memory fails at once; equal lengths keep their order. An input
    longer than the budget is a batch of its own.
    """
    batches: list[list[int]] = []
    longest = 0
    for position in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        if not batches or (len(batches[-1]) + 1) * longest > budget:
            batches.append([])
            longest = lengths[position]
        batches[-1].append(position)
    return batches


def padded(
    token_ids: Sequence[Sequence[int]], *, pad_id: int, at_least: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Token ids and attention mask, both (batch, longest), padded on the right; the mask is 1 on tokens.

    The width is that of the longest input, or `at_least` tokens.
    """
    longest = max(at_least, *(len(ids) for ids in token_ids))
    inputs = np.full((len(token_ids), longest), pad_id, dtype=np.int64)
    mask = np.zeros((len(token_ids), longest), dtype=np.int64)
    for row, ids in enumerate(token_ids):
        inputs[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return inputs, mask


def arrays_of(inputs: Sequence[Input], *, pad_id: int, at_least: int = 0) -> dict[str, npt.NDArray[np.int64]]:
    """What a network or a graph takes for these inputs, padded on the right to the longest or to `at_least` tokens.

    Inputs with `kinds` that share ids and kinds are one sentence in (sentences, tokens) and keep their own `places`;
    `sentences` (inputs,) says which is whose. Without kinds each input is a row of its own.
    """
    if inputs[0].kinds is None:
        arrays = _rows([one.ids for one in inputs], pad_id, at_least)
    else:
        number: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        sentences = [number.setdefault((one.ids, one.kinds or ()), len(number)) for one in inputs]
        arrays = _rows([ids for ids, _ in number], pad_id, at_least)
        kinds = np.zeros(arrays["input_ids"].shape, dtype=np.int64)
        for row, (_, of_tokens) in enumerate(number):
            kinds[row, : len(of_tokens)] = of_tokens
        arrays |= {"kinds": kinds, "sentences": np.asarray(sentences, dtype=np.int64)}
    if inputs[0].places is not None:
        arrays["places"] = np.asarray([one.places for one in inputs], dtype=np.int64)
    return arrays


def _rows(token_ids: Sequence[tuple[int, ...]], pad_id: int, at_least: int) -> dict[str, npt.NDArray[np.int64]]:
    ids, mask = padded(token_ids, pad_id=pad_id, at_least=at_least)
    return {"input_ids": ids, "attention_mask": mask}


def together(inputs: Sequence[Input]) -> list[list[int]]:
    """Positions of the inputs, each once, those that a network reads as one sentence in one list."""
    groups: dict[object, list[int]] = {}
    for position, one in enumerate(inputs):
        groups.setdefault(position if one.kinds is None else (one.ids, one.kinds), []).append(position)
    return list(groups.values())


def batches_of(inputs: Sequence[Input], *, budget: int = TOKEN_BUDGET) -> list[list[int]]:
    """Positions of the inputs, each once, in batches of like length within the budget of `token_budget_batches`.

    What a network reads as one sentence is never divided between batches, and counts once.
    """
    groups = together(inputs)
    lengths = [len(inputs[group[0]].ids) for group in groups]
    return [
        [position for number in batch for position in groups[number]]
        for batch in token_budget_batches(lengths, budget=budget)
    ]
