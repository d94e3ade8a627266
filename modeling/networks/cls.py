"""One vector for the whole input, one linear layer over it.

The vector is the first token's, as in the first paper (section 3.2), or the mean over all tokens, as encoders trained
for sentence similarity have it (Reimers and Gurevych 2019, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from modeling.backbones import Backbone
from modeling.config import Pooling
from modeling.networks.encoder import check_complete, reading


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network and the names of its parts that start from chance and therefore have to be learnt in full."""

    network: nn.Module
    untrained: tuple[str, ...]


class MeanPooled(nn.Module):
    """Mean of the last layer over the tokens, dropout, one linear layer.

    The encoder stands under the name that the library's own classifiers give it.
    """

    def __init__(self, encoder: PreTrainedModel, *, n_labels: int) -> None:
        super().__init__()
        self.config = encoder.config
        self.base_model_prefix = str(encoder.base_model_prefix)
        self.add_module(self.base_model_prefix, encoder)
        self.dropout = nn.Dropout(float(getattr(self.config, "hidden_dropout_prob", 0.1)))
        self.classifier = nn.Linear(self.config.hidden_size, n_labels)
        nn.init.normal_(self.classifier.weight, std=float(getattr(self.config, "initializer_range", 0.02)))
        nn.init.zeros_(self.classifier.bias)

    @property
    def base_model(self) -> nn.Module:
        """The encoder."""
        return self.get_submodule(self.base_model_prefix)

    def forward(
        self, input_ids: Tensor | None = None, attention_mask: Tensor | None = None, **inputs: Any
    ) -> SequenceClassifierOutput:
        """input_ids, attention_mask: (batch, tokens), the mask 1 on tokens; gives logits (batch, labels)."""
        inputs.pop("labels", None)
        states = self.base_model(input_ids=input_ids, attention_mask=attention_mask, **inputs).last_hidden_state
        pooled = mean_over(states, states.new_ones(states.shape[:2]) if attention_mask is None else attention_mask)
        return SequenceClassifierOutput(logits=self.classifier(self.dropout(pooled)))


def mean_over(states: Tensor, mask: Tensor) -> Tensor:
    """Mean of the token states under `mask`.

    states: (batch, tokens, hidden); mask: (batch, tokens), 1 on tokens; every input has its special tokens, so no row
    of `mask` is empty. Returns (batch, hidden).
    """
    weights = mask.unsqueeze(-1).to(states.dtype)  # (batch, tokens, 1)
    return (states * weights).sum(dim=1) / weights.sum(dim=1)  # (batch, hidden)


def build(backbone: Backbone, *, n_labels: int, pooling: Pooling = "cls") -> Classifier:
    """The encoder with a fresh classifier: token ids and mask, both (batch, tokens), to logits (batch, labels).

    Parts that the backbone's file lacks start from chance: always the classifier, with "cls" and some backbones the
    pooler too. They are named, so that they are trained and stored; an encoder layer among them raises
    BackboneIncomplete, a file that holds no weights BackboneUnreadable.
    """
    given = {"dtype": torch.float32, "local_files_only": True, "output_loading_info": True}
    with reading(backbone):
        if pooling == "cls":
            network, report = AutoModelForSequenceClassification.from_pretrained(
                backbone.path, num_labels=n_labels, **given
            )
            missing = {key.removeprefix(f"{network.base_model_prefix}.") for key in report["missing_keys"]}
        else:
            encoder, report = AutoModel.from_pretrained(backbone.path, **given)
            if hasattr(encoder, "pooler"):
                encoder.pooler = None  # reads the first token alone
            network = MeanPooled(encoder, n_labels=n_labels)
            missing = {key for key in report["missing_keys"] if not key.startswith("pooler.")} | {"classifier"}
    check_complete(backbone, missing)
    return Classifier(network, tuple(sorted({key.split(".")[0] for key in missing})))
