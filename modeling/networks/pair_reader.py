"""A sentence encoded once for all its pairs of mentions, and read anew for each pair by two small layers.

The second paper marks the pair in the text and so encodes a sentence once for every pair of it: on DrugProt's 4.7 pairs
a sentence that is nearly all of the work. Here the encoder is told which tokens belong to a mention of which kind, by
a vector added to their embeddings, and of no pair. Each pair then asks the encoded tokens for what concerns it
(multi-head attention, Vaswani et al. 2017, section 3.2), knowing how far each token is from its head and its tail
(biases by bucketed distance, as in Raffel et al. 2020, section 2.1). Reading both mentions' own vectors beside a
context that the pair chooses follows Zhou et al. 2021 (localized context pooling, section 3.3).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention
from transformers import PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.networks.cls import mean_over
from modeling.networks.on_encoder import OnEncoder, RelationConfig, answer, mention_masks

READING_LAYERS = 2
KINDS = 3
"""No mention, one of the head's kind, one of the tail's where that is another."""
EDGES = (1, 2, 3, 5, 9, 17)
"""From how many tokens on a distance falls into the next bucket."""
BUCKETS = 2 * len(EDGES) + 1


class PairReader(OnEncoder):  # type: ignore[no-untyped-call]
    """Two layers of attention from pairs of mentions to the tokens of their sentence, on an encoder run once."""

    reads_places = True
    reads_kinds = True
    attention_dropout = 0.0
    """With any, torch computes attention without its fused kernel on a CPU."""

    def __init__(self, config: RelationConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config, encoder)
        self.kinds = nn.Embedding(KINDS, self.hidden, padding_idx=0)
        heads = int(config.encoder.num_attention_heads)
        self.reading = Reading(self.hidden, heads, config.dropout)
        self.classifier = nn.Linear(3 * self.hidden, self.n_labels)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        places: Tensor | None = None,
        kinds: Tensor | None = None,
        sentences: Tensor | None = None,
        labels: Tensor | None = None,
        **inputs: Any,
    ) -> SequenceClassifierOutput:
        """input_ids, attention_mask, kinds: (sentences, tokens), the mask 1 on tokens; places: (pairs, 4).

        sentences: (pairs,), which of the sentences each pair stands in; the n-th in the n-th where it is missing.
        Gives logits (pairs, labels), and with `labels` (pairs,) the mean cross-entropy. Raises MentionEmpty.
        """
        encoder: Any = self.base_model
        embedded = encoder.get_input_embeddings()(input_ids)  # (sentences, tokens, hidden)
        if kinds is not None:
            embedded = embedded + self.kinds(kinds)
        given = {**inputs, "inputs_embeds": embedded, "attention_mask": attention_mask}
        states = encoder(**given).last_hidden_state
        mask = states.new_ones(states.shape[:2]) if attention_mask is None else attention_mask
        if sentences is None:
            sentences = torch.arange(len(states), device=states.device)
        mask = mask[sentences]  # (pairs, tokens)
        at_head, at_tail = mention_masks(places, mask)
        known = states[sentences]  # (pairs, tokens, hidden)
        head, tail = mean_over(known, at_head), mean_over(known, at_tail)  # (pairs, hidden)
        found = self.reading(head, tail, states, sentences, places, mask > 0)
        return answer(self.classifier(self.dropout(torch.cat((found, head, tail), dim=-1))), labels)


class Reading(nn.Module):
    """What each pair finds in its sentence: it starts from its two mentions and reads in layers, one on the other."""

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.pair = nn.Linear(3 * hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.layers = nn.ModuleList(ReadingLayer(hidden, heads, dropout) for _ in range(READING_LAYERS))

    def forward(
        self, head: Tensor, tail: Tensor, states: Tensor, sentences: Tensor, places: Tensor, mask: Tensor
    ) -> Tensor:
        """head, tail: (pairs, hidden); states: (sentences, tokens, hidden); sentences: (pairs,); places: (pairs, 4);
        mask: (pairs, tokens), true on tokens. Gives (pairs, hidden)."""
        asking: Tensor = self.norm(self.pair(torch.cat((head, tail, head * tail), dim=-1)))
        far = torch.stack([distances(places[:, part : part + 2], mask.shape[1]) for part in (0, 2)])
        for layer in self.layers:
            asking = layer(asking, states, sentences, far, mask)
        return asking


class ReadingLayer(nn.Module):
    """Each pair looks at the tokens of its sentence once, then thinks: attention and a dense block, both residual."""

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.asked = nn.Linear(hidden, hidden)
        self.known = nn.Linear(hidden, 2 * hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.far_from_head = nn.Embedding(BUCKETS, heads)
        self.far_from_tail = nn.Embedding(BUCKETS, heads)
        self.attention_norm = nn.LayerNorm(hidden)
        self.wide = nn.Linear(hidden, 2 * hidden)
        self.narrow = nn.Linear(2 * hidden, hidden)
        self.dense_norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, asking: Tensor, states: Tensor, sentences: Tensor, far: Tensor, mask: Tensor) -> Tensor:
        """asking: (pairs, hidden); states: (sentences, tokens, hidden); sentences: (pairs,); far: (2, pairs, tokens)
        buckets; mask: (pairs, tokens), true on tokens. Gives (pairs, hidden)."""
        n_pairs, n_tokens = mask.shape
        keys, values = (
            part[sentences].view(n_pairs, n_tokens, self.heads, -1).transpose(1, 2)
            for part in self.known(states).chunk(2, dim=-1)
        )  # (pairs, heads, tokens, hidden / heads)
        query = self.asked(asking).view(n_pairs, self.heads, 1, -1)
        bias = (self.far_from_head(far[0]) + self.far_from_tail(far[1])).permute(0, 2, 1).unsqueeze(2)
        bias = bias.masked_fill(~mask[:, None, None, :], float("-inf"))  # (pairs, heads, 1, tokens)
        seen = scaled_dot_product_attention(query, keys, values, attn_mask=bias).reshape(n_pairs, -1)
        asking = self.attention_norm(asking + self.dropout(self.mixed(seen)))
        thought: Tensor = self.dense_norm(asking + self.dropout(self.narrow(gelu(self.wide(asking)))))
        return thought


def distances(places: Tensor, n_tokens: int) -> Tensor:
    """How far each token is from a mention: buckets (pairs, tokens), the middle one inside it, before it below.

    places: (pairs, 2), the mention's first and last-but-one token.
    """
    at = torch.arange(n_tokens, device=places.device)
    before = (places[:, [0]] - at).clamp(min=0)
    after = (at - places[:, [1]] + 1).clamp(min=0)
    edges = torch.tensor(EDGES, device=places.device)
    return len(EDGES) + torch.bucketize(after, edges, right=True) - torch.bucketize(before, edges, right=True)
