"""Which words moved a model's answer, and how far: integrated gradients over the word embeddings, by Captum.

Sundararajan et al., Axiomatic Attribution for Deep Networks (2017). What is explained is the log-odds of one label
against all others, walked from an input whose words are all blanked out to the input itself. Special tokens keep
their place on that walk, and so do the positions. A figure says what the model reacted to: nothing about whether it
is right, and nothing about pharmacology.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerIntegratedGradients
from tokenizers import Tokenizer
from torch import Tensor, nn

from modeling.encode import NoBlank, blank_of, encode_with_spans
from modeling.inference import LoadedModel
from modeling.inputs import inputs_of
from modeling.networks.arguments import arguments_of
from modeling.origins import in_sentence, origins
from modeling.records import Input, Span, Statement

METHOD = "integrated gradients over word embeddings"
VERSION = 1
"""Raised with every change of the figures, so that what was computed before is computed again."""

STEPS = (32, 128, 512)
"""Steps of the walk: more of them where, with fewer, the movements miss the way by more than `TOLERANCE`."""
TOLERANCE = 0.01
"""Of all movement: a walk that misses its way by more leaves the order of the words in doubt."""
BATCH = 16  # steps computed together


class NotExplainable(ValueError):
    """The model's network shows no word embeddings to walk along."""


@dataclass(frozen=True, slots=True)
class Token:
    """Characters `start` to `end` (exclusive) of a sentence and how they moved the answer.

    `weight` is their share of all movement, -1 to 1: above 0 towards the label that is explained, below 0 away.
    """

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Rationale:
    """What moved the model towards or away from one label of one statement.

    `tokens` lie in the sentence's order and do not overlap; the weights' absolute values add up to 1, or to 0 where
    nothing moved. `movement` is the log-odds that a weight of 1 stands for, and `completeness_error` how far all
    movements together miss, in log-odds, the way they should add up to.
    """

    statement_id: int
    label_index: int
    tokens: tuple[Token, ...]
    movement: float
    completeness_error: float
    steps: int
    blank: str


@dataclass(frozen=True, slots=True)
class Movements:
    """How far each token of an input moved a label's log-odds, (tokens,), and by how much their sum misses the way."""

    log_odds: npt.NDArray[np.float64]
    completeness_error: float
    steps: int


def attribute(model: LoadedModel, statement: Statement, *, label_index: int) -> Rationale:
    """Why the model gives this statement's label the score it gives it.

    Costs 32 passes forward and back, on a rugged way up to 672. The network has to compute in float32 for the
    movements to add up.
    Raises NotExplainable, NotTraceable, and what `encode` raises.
    """
    _, spans = encode_with_spans(
        statement, model.tokenizer, mentions=model.config.mentions, max_tokens=model.config.max_tokens
    )
    (read,) = inputs_of([statement], model.tokenizer, model.config)
    moved = movements(model, read, [span is None for span in spans], label_index=label_index)
    stretches = origins(statement, model.config.mentions)
    tokens = [
        Token(*_ends(in_sentence(span, stretches)), float(movement))
        for span, movement in zip(spans, moved.log_odds, strict=True)
        if span is not None and span.start < span.end
    ]
    tokens = _apart(tokens)
    movement = sum(abs(token.weight) for token in tokens)
    return Rationale(
        statement_id=statement.id,
        label_index=label_index,
        tokens=tuple(Token(token.start, token.end, token.weight / (movement or 1.0)) for token in tokens),
        movement=movement,
        completeness_error=moved.completeness_error,
        steps=moved.steps,
        blank=_blank(model.tokenizer)[0],
    )


def movements(model: LoadedModel, read: Input, is_special: Sequence[bool], *, label_index: int) -> Movements:
    """How far each token moved the label's log-odds; a special token's movement is 0. Raises NotExplainable."""
    network: Any = model.network
    embeddings = network.base_model.get_input_embeddings() if hasattr(network, "base_model") else None
    if not isinstance(embeddings, nn.Embedding):
        raise NotExplainable("The model has no word embeddings to walk along: ask the one it was exported from.")
    device = embeddings.weight.device
    blank = _blank(model.tokenizer)[1]
    beside = {name: part.to(device) for name, part in arguments_of([read], pad_id=model.pad_id).items()}
    del beside["attention_mask"]
    inputs = beside.pop("input_ids")  # (1, tokens)
    beside.pop("sentences", None)  # every row is a sentence of its own
    blanked = torch.tensor(
        [[own if special else blank for own, special in zip(read.ids, is_special, strict=True)]], device=device
    )

    def log_odds(token_ids: Tensor) -> Tensor:
        """(batch, tokens) to (batch,)."""
        repeated = {name: part.expand(len(token_ids), -1) for name, part in beside.items()}
        logits: Tensor = network(input_ids=token_ids, attention_mask=torch.ones_like(token_ids), **repeated).logits
        others = [index for index in range(logits.shape[1]) if index != label_index]
        if model.unrelated == label_index:  # as likely as the likeliest type is not
            return -logits[:, others].max(dim=1).values
        if model.unrelated is not None:
            return logits[:, label_index]
        return logits[:, label_index] - logits[:, others].logsumexp(dim=1)

    for steps in STEPS:
        attributions, error = LayerIntegratedGradients(log_odds, embeddings).attribute(
            inputs, baselines=blanked, n_steps=steps, internal_batch_size=BATCH, return_convergence_delta=True
        )
        moved = attributions.sum(dim=-1)[0].detach().cpu().numpy().astype(np.float64)
        if abs(float(error)) <= TOLERANCE * np.abs(moved).sum():
            break
    return Movements(log_odds=moved, completeness_error=abs(float(error)), steps=steps)


def _blank(tokenizer: Tokenizer) -> tuple[str, int]:
    try:
        return blank_of(tokenizer)
    except NoBlank as error:
        raise NotExplainable(str(error)) from error


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _apart(tokens: list[Token]) -> list[Token]:
    """The tokens by place; those that share characters, as the pieces of a masked mention do, are one."""
    apart: list[Token] = []
    for token in sorted(tokens, key=lambda token: (token.start, -token.end)):
        if apart and token.start < apart[-1].end:
            last = apart.pop()
            token = Token(last.start, max(last.end, token.end), last.weight + token.weight)
        apart.append(token)
    return apart
