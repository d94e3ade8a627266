"""What stands on an encoder: the configuration, the encoder without its pooler, and how both are read from a folder."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.configuration_utils import SubConfigSpec
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.backbones import Backbone
from modeling.networks.cls import Classifier
from modeling.networks.encoder import check_complete, reading


class MentionEmpty(ValueError):
    """A mention has no token, so that its mean would be no number."""


class RelationConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """The encoder's own configuration, the number of labels, and the share of inputs dropped before dense layers."""

    model_type = "relation-classifier"
    sub_configs_defaults: ClassVar[dict[str, Any]] = {
        "encoder": SubConfigSpec(config_class=AutoConfig, model_type="bert")
    }
    encoder: Any = None
    dropout: float = 0.5


class OnEncoder(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder without its pooler, under the name that the library's own classifiers give it."""

    config_class = RelationConfig
    _supports_sdpa = True
    attention_dropout: ClassVar[float | None] = None
    """Share of the attention dropped while training where it is not the backbone's own."""

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
        self.n_labels = int(config.num_labels or 2)

    def states(self, input_ids: Tensor | None, mask: Tensor | None, n_layers: int, **inputs: Any) -> tuple[Tensor, ...]:
        """The last `n_layers` layers, each (batch, tokens, hidden), the last one at the end."""
        asked = {**inputs, "output_hidden_states": True}
        encoded = self.base_model(input_ids=input_ids, attention_mask=mask, **asked)
        layers: tuple[Tensor, ...] = encoded.hidden_states[-n_layers:]
        return layers


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


def answer(logits: Tensor, labels: Tensor | None) -> SequenceClassifierOutput:
    """Logits (inputs, labels) as the library's classifiers give them, with `labels` (inputs,) and their mean loss."""
    return SequenceClassifierOutput(
        loss=None if labels is None else cross_entropy(logits.float(), labels), logits=logits
    )


def build(backbone: Backbone, network: type[OnEncoder], *, n_labels: int, dropout: float) -> Classifier:
    """A network with a fresh head on the backbone's encoder, and the names of the head's parts.

    Raises BackboneIncomplete or BackboneUnreadable.
    """
    config = AutoConfig.from_pretrained(backbone.path, local_files_only=True)
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if network.attention_dropout is not None and hasattr(config, name):
            setattr(config, name, network.attention_dropout)
    with reading(backbone):
        encoder, report = AutoModel.from_pretrained(
            backbone.path, config=config, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
    check_complete(backbone, report["missing_keys"])
    encoder.config._name_or_path = backbone.name  # instead of its folder on this machine
    given: dict[str, Any] = {"encoder": encoder.config.to_dict(), "num_labels": n_labels, "dropout": dropout}
    made = network(RelationConfig(**given), encoder)
    parts = {name for name, part in made.named_children() if any(True for _ in part.parameters())}
    return Classifier(made, tuple(sorted(parts - {made.base_model_prefix})))
