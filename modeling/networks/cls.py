"""One vector for the whole input, one linear layer over it: the first paper's network (section 3.2)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from transformers import AutoModelForSequenceClassification
from transformers.utils import logging

from modeling.backbones import Backbone

ARCHITECTURE = "cls"


class BackboneIncomplete(ValueError):
    """The backbone's file lacks weights of the encoder itself."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network and the names of its parts that start from chance and therefore have to be learnt in full."""

    network: nn.Module
    untrained: tuple[str, ...]


def build(backbone: Backbone, *, n_labels: int) -> Classifier:
    """The encoder with a fresh classifier: token ids and mask, both (batch, tokens), to logits (batch, labels).

    Parts that the backbone's file lacks start from chance: always the classifier, with some backbones the pooler
    too. They are named, so that they are trained and stored; an encoder layer among them raises BackboneIncomplete.
    """
    with _without_load_report():
        network, report = AutoModelForSequenceClassification.from_pretrained(
            backbone.path,
            num_labels=n_labels,
            dtype=torch.float32,
            local_files_only=True,
            output_loading_info=True,
        )
    untrained = set()
    for key in report["missing_keys"]:
        if re.search(r"embeddings|\.layers?\.", key):
            raise BackboneIncomplete(
                f"The backbone {backbone.name} lacks the weights {key}: set DDI_BACKBONE to a complete model."
            )
        untrained.add(key.removeprefix(f"{network.base_model_prefix}.").split(".")[0])
    return Classifier(network, tuple(sorted(untrained)))


@contextlib.contextmanager
def _without_load_report() -> Iterator[None]:
    """The library prints a table of the parts that start from chance: `build` returns it instead."""
    before, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bar:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
