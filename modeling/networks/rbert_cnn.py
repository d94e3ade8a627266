"""The second paper's two networks for relations between two marked mentions (R-BERT-CNN, section III).

Model I reads the first token alone. Model II lays convolutions over the last layers of all tokens and reads them
beside the mean of each mention's own tokens. Where the paper is silent, its sources speak: dropout and tanh before a
mention's dense layer as in R-BERT (Wu and He 2019, section 3.2), Model I's two layers as RoBERTa's own classifier has
them. The paper's kernels of 768 × 3, 4 and 5 over four layers are the same as kernels over their concatenation.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu
from transformers import PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.networks.cls import mean_over
from modeling.networks.on_encoder import OnEncoder, RelationConfig, answer, mention_masks

LAYERS = 4
"""Last layers of the encoder that the convolutions read; of a smaller encoder, all."""
WIDTHS = (3, 4, 5)
"""Tokens under one kernel."""
FILTERS = 16
"""Kernels of each width: 48 in all."""


class ModelOne(OnEncoder):  # type: ignore[no-untyped-call]
    """The first token's vector of the last layer through two dense layers (the paper's Model I)."""

    def __init__(self, config: RelationConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config, encoder)
        self.first_dense = nn.Linear(self.hidden, self.hidden)
        self.classifier = nn.Linear(self.hidden, self.n_labels)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        **inputs: Any,
    ) -> SequenceClassifierOutput:
        """input_ids, attention_mask: (batch, tokens), the mask 1 on tokens; labels: (batch,).

        Gives logits (batch, labels), and with `labels` the mean cross-entropy.
        """
        first = self.states(input_ids, attention_mask, 1, **inputs)[-1][:, 0]  # (batch, hidden)
        between = torch.tanh(self.first_dense(self.dropout(first)))
        return answer(self.classifier(self.dropout(between)), labels)


class RBertCnn(OnEncoder):  # type: ignore[no-untyped-call]
    """Convolutions over the last four layers beside the means of both mentions (the paper's Model II)."""

    reads_places = True
    """`forward` has to be told where the mentions stand."""

    def __init__(self, config: RelationConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config, encoder)
        self.n_layers = min(LAYERS, int(self.config.encoder.num_hidden_layers))
        self.convolutions = Convolutions(self.n_layers * self.hidden)
        self.convolved = nn.Linear(len(WIDTHS) * FILTERS, self.hidden)
        self.head_mention = nn.Linear(self.hidden, self.hidden)
        self.tail_mention = nn.Linear(self.hidden, self.hidden)
        self.classifier = nn.Linear(3 * self.hidden, self.n_labels)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        places: Tensor | None = None,
        labels: Tensor | None = None,
        **inputs: Any,
    ) -> SequenceClassifierOutput:
        """input_ids, attention_mask: (batch, tokens), the mask 1 on tokens and all padding on the right.

        places: (batch, 4), first and last-but-one token of the head and of the tail; labels: (batch,). Gives logits
        (batch, labels), and with `labels` the mean cross-entropy. Raises MentionEmpty.
        """
        layers = self.states(input_ids, attention_mask, self.n_layers, **inputs)
        last = layers[-1]  # (batch, tokens, hidden)
        mask = last.new_ones(last.shape[:2]) if attention_mask is None else attention_mask
        head, tail = mention_masks(places, mask)
        parts = (
            self.convolved(self.dropout(self.convolutions(torch.cat(layers, dim=-1), mask))),
            self.head_mention(torch.tanh(self.dropout(mean_over(last, head)))),
            self.tail_mention(torch.tanh(self.dropout(mean_over(last, tail)))),
        )  # each (batch, hidden)
        return answer(self.classifier(self.dropout(torch.cat(parts, dim=-1))), labels)


class Convolutions(nn.Module):
    """The strongest answer of each kernel anywhere in the input; padding is never under a kernel."""

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.by_width = nn.ModuleList(nn.Conv1d(n_features, FILTERS, width) for width in WIDTHS)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """states: (batch, tokens, features); mask: (batch, tokens), 1 on tokens; gives (batch, kernels), 0 or more.

        An input shorter than a kernel is followed by zeros.
        """
        n_tokens = mask.sum(dim=1, keepdim=True)  # (batch, 1)
        features = (states * mask.unsqueeze(-1).to(states.dtype)).transpose(1, 2)  # (batch, features, tokens)
        starts = torch.arange(states.shape[1], device=states.device)
        strongest = []
        for width, convolution in zip(WIDTHS, self.by_width, strict=True):
            answers = relu(convolution(pad(features, (0, width - 1))))  # (batch, FILTERS, tokens), by first token
            inside = starts <= (n_tokens - width).clamp(min=0)  # (batch, tokens)
            strongest.append((answers * inside.unsqueeze(1)).amax(dim=2))
        return torch.cat(strongest, dim=1)
