"""The second paper's two networks for relations between two marked mentions (R-BERT-CNN, section III).

Model I reads the first token alone. Model II lays convolutions over the last layers of all tokens and reads them
beside the mean of each mention's own tokens. Where the paper is silent, its sources speak: dropout and tanh before a
mention's dense layer as in R-BERT (Wu and He 2019, section 3.2), Model I's two layers as RoBERTa's own classifier has
them. The paper's kernels of 768 × 3, 4 and 5 over four layers are the same as kernels over their concatenation.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad, relu
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.configuration_utils import SubConfigSpec
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.backbones import Backbone
from modeling.networks.cls import Classifier, mean_over
from modeling.networks.encoder import check_complete, reading

LAYERS = 4
"""Last layers of the encoder that the convolutions read; of a smaller encoder, all."""
WIDTHS = (3, 4, 5)
"""Tokens under one kernel."""
FILTERS = 16
"""Kernels of each width: 48 in all."""


class MentionEmpty(ValueError):
    """A mention has no token, so that its mean would be no number."""


class RelationConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """The encoder's own configuration, the number of labels, and the share of inputs dropped before dense layers."""

    model_type = "relation-classifier"
    sub_configs_defaults: ClassVar[dict[str, Any]] = {
        "encoder": SubConfigSpec(config_class=AutoConfig, model_type="bert")
    }
    encoder: PreTrainedConfig | dict[str, Any] | None = None
    dropout: float = 0.5


class _OnEncoder(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder without its pooler, under the name that the library's own classifiers give it."""

    config_class = RelationConfig
    _supports_sdpa = True

    def __init__(self, config: RelationConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        self.dropout = nn.Dropout(config.dropout)
        if encoder is None:
            encoder = AutoModel.from_config(config.encoder)  # type: ignore[no-untyped-call]
        config.encoder = encoder.config  # the one that knows how its attention is computed
        if hasattr(encoder, "pooler"):
            encoder.pooler = None
        self.base_model_prefix = str(encoder.base_model_prefix)
        self.add_module(self.base_model_prefix, encoder)
        self.hidden = int(encoder.config.hidden_size)
        self.n_layers = min(LAYERS, int(encoder.config.num_hidden_layers))
        self.n_labels = int(config.num_labels or 2)

    def states(self, input_ids: Tensor | None, mask: Tensor | None, n_layers: int, **inputs: Any) -> tuple[Tensor, ...]:
        """The last `n_layers` layers, each (batch, tokens, hidden), the last one at the end."""
        asked = {**inputs, "output_hidden_states": True}
        encoded = self.base_model(input_ids=input_ids, attention_mask=mask, **asked)
        layers: tuple[Tensor, ...] = encoded.hidden_states[-n_layers:]
        return layers


class ModelOne(_OnEncoder):  # type: ignore[no-untyped-call]
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
        return _answer(self.classifier(self.dropout(between)), labels)


class RBertCnn(_OnEncoder):  # type: ignore[no-untyped-call]
    """Convolutions over the last four layers beside the means of both mentions (the paper's Model II)."""

    reads_places = True
    """`forward` has to be told where the mentions stand."""

    def __init__(self, config: RelationConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config, encoder)
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
        return _answer(self.classifier(self.dropout(torch.cat(parts, dim=-1))), labels)


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


def mention_masks(places: Tensor | None, mask: Tensor) -> tuple[Tensor, Tensor]:
    """1 on the tokens of the head and of the tail, both (batch, tokens), from `places` (batch, 4).

    Raises MentionEmpty: a NaN would become a confident wrong label later.
    """
    at = torch.arange(mask.shape[1], device=mask.device)
    if places is not None:
        masks = [(at >= places[:, [part]]) & (at < places[:, [part + 1]]) & (mask > 0) for part in (0, 2)]
        if all(bool(one.any(dim=1).all()) for one in masks):
            return masks[0], masks[1]
    raise MentionEmpty(
        f"An input's mentions stand at the tokens {None if places is None else places.tolist()} of {mask.shape[1]}: "
        "give the first and the last-but-one token of both."
    )


def _answer(logits: Tensor, labels: Tensor | None) -> SequenceClassifierOutput:
    return SequenceClassifierOutput(
        loss=None if labels is None else cross_entropy(logits.float(), labels), logits=logits
    )


def build(backbone: Backbone, network: type[ModelOne | RBertCnn], *, n_labels: int, dropout: float) -> Classifier:
    """One of the two networks with a fresh head on the backbone's encoder, and the names of the head's parts.

    Raises BackboneIncomplete or BackboneUnreadable.
    """
    with reading(backbone):
        encoder, report = AutoModel.from_pretrained(
            backbone.path, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
    check_complete(backbone, report["missing_keys"])
    encoder.config._name_or_path = backbone.name  # instead of its folder on this machine
    given: dict[str, Any] = {"encoder": encoder.config.to_dict(), "num_labels": n_labels, "dropout": dropout}
    made = network(RelationConfig(**given), encoder)
    parts = {name for name, part in made.named_children() if any(True for _ in part.parameters())}
    return Classifier(made, tuple(sorted(parts - {made.base_model_prefix})))
