"""Ways of training that have a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from modeling.config import TrainingConfig


class UnknownPreset(ValueError):
    """No preset has the name given."""


_SECOND_PAPER = TrainingConfig(
    architecture="rbert_cnn",
    tuning="full",
    dropout=0.5,
    learning_rate=3e-5,
    warmup_share=0.0,
    weight_decay=0.0,
    batch_size=32,
    max_tokens=512,
    max_epochs=7,
    patience=7,
    mentions="tagged",
    balanced_sampling=True,
)

PRESETS: Mapping[str, TrainingConfig] = MappingProxyType(
    {
        "paper": TrainingConfig(sampling="random"),
        "default": TrainingConfig(
            target_modules=("query", "key", "value", "dense"),
            learning_rate=1e-3,
            batch_size=32,
            max_epochs=4,
            mentions="masked",
            pooling="mean",
            precision="auto",
            class_weights=True,
            merge_repeats=True,
            curated_share=0.3,
        ),
        "paper-relations": _SECOND_PAPER,
        "paper-relations-cls": dataclasses.replace(_SECOND_PAPER, architecture="cls_dense", balanced_sampling=False),
        "relations": TrainingConfig(
            architecture="pair_reader",
            tuning="full",
            dropout=0.1,
            learning_rate=2e-4,
            head_learning_rate=1e-3,
            batch_size=96,
            least_steps=75,
            max_epochs=5,
            hidden_mentions=0.5,
            precision="auto",
        ),
    }
)
"""`paper`: the first paper's section 3.2. `default`: for the embedded backbone, whose vector of a sentence is the mean;
masked, since equal patterns are then equal inputs. docs/results-polarity.md has what each of these is worth.
`paper-relations`: the second paper's Table II and Model II; `paper-relations-cls`: its Model I, which left the labels
as unequal as they are. `relations`: for tasks whose sentences name several entities, worth what
docs/results-relations.md says."""


OF_RELATIONS: Mapping[str, str] = MappingProxyType({"paper": "paper-relations", "default": "relations"})
"""What these two names stand for where a sentence holds several pairs: as they are, they do not tell pairs apart."""


def preset_named(name: object) -> TrainingConfig:
    """The preset of this name. Raises UnknownPreset."""
    if not isinstance(name, str) or name not in PRESETS:
        raise UnknownPreset(f"There is no preset {name!r}: known ones are {', '.join(sorted(PRESETS))}.")
    return PRESETS[name]
