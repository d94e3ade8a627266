"""How one model is trained, as plain values: an experiment is one JSON object."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

Architecture = Literal["cls", "cls_dense", "rbert_cnn", "pair_reader"]
Tuning = Literal["lora", "full"]
MentionForm = Literal["raw", "masked", "typed", "tagged"]
Pooling = Literal["cls", "mean"]
Padding = Literal["batch", "max_tokens"]
Precision = Literal["float32", "auto"]
Sampling = Literal["random", "by_length"]
Loss = Literal["softmax", "multi_label"]


class UnknownField(ValueError):
    """The configuration names a field that does not exist, or one of another type than the field has."""


class FieldOutOfRange(ValueError):
    """A field holds a value outside its range."""


class ContradictoryConfig(ValueError):
    """Two values exclude each other, so the training could not do what the configuration says."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything that decides the weights besides the examples and the backbone.

    Defaults are the first paper's (LoRA-BiomedBERT, section 3.2) where it gives a value. It gives none for
    `alpha`, `lora_dropout` and `weight_decay`: these are LoRA's and AdamW's customary ones.
    AdamW always runs with betas 0.9 and 0.999 and epsilon 1e-8, and the learning rate falls linearly to 0.
    """

    architecture: Architecture = "cls"
    """What stands on the encoder: "cls" one linear layer over the sentence's vector, "cls_dense" the second paper's
    Model I, "rbert_cnn" its Model II, "pair_reader" layers that read a sentence for each of its pairs."""
    tuning: Tuning = "lora"
    """What is trained besides what stands on the encoder: "lora" adapters beside its weights, "full" the weights."""
    dropout: float = 0.5
    """Share of what a dense layer on the encoder reads that is dropped while training, 0 to below 1; "cls" has the
    backbone's own."""
    seed: int = 42
    """Start of every random draw; the same seed and thread count give the same weights on a CPU."""
    rank: int = 8
    """Width of the two LoRA matrices of each adapted projection, 1 to 256."""
    alpha: float = 16.0
    """LoRA scale: the update is multiplied by alpha / rank."""
    lora_dropout: float = 0.1
    """Share of the adapter's inputs dropped while training, 0 to below 1."""
    target_modules: tuple[str, ...] = ("query", "value")
    """Names of the projections inside each attention block that get an adapter."""
    learning_rate: float = 2e-4
    """Peak step size of AdamW, above 0 and at most 1."""
    head_learning_rate: float | None = None
    """The same for what starts from chance, such as the classifier; none is `learning_rate` too."""
    warmup_share: float = 0.1
    """Share of all steps during which the learning rate climbs from 0 to its peak, 0 to below 1."""
    weight_decay: float = 0.01
    """Decoupled weight decay per step, 0 to 1."""
    batch_size: int = 8
    """Examples per step, 1 or more."""
    least_steps: int = 1
    """Steps of an epoch, 1 or more, below which each reads fewer examples (sampling.LEAST_BATCH at least)."""
    max_tokens: int = 256
    """Longest input in tokens with its two special tokens, 8 to 512; longer ones are cut around both mentions."""
    max_epochs: int = 8
    """Most passes over the examples, 1 or more."""
    patience: int = 2
    """Epochs without gain on the validation examples after which training stops, 1 to `max_epochs`."""
    mentions: MentionForm = "raw"
    """What the model reads: "raw" the sentence as it is, "masked" its pattern with both entities replaced by kind and
    number, "typed" the sentence with kind and number written beside both entities, "tagged" the sentence with the
    second paper's signs around them: $head$ and #tail#."""
    hidden_mentions: float = 0.0
    """Share of the sentences, 0 to 1, whose mentions are all hidden from the network each time it learns from them."""
    pooling: Pooling = "cls"
    """What the sentence's vector is: "cls" the first token's, "mean" the mean over all tokens."""
    padding: Padding = "batch"
    """How far training inputs are padded: to the longest of their "batch", or all to "max_tokens". What is learnt is
    the same, the time is not."""
    sampling: Sampling = "by_length"
    """How batches are drawn: "random" anew each epoch, or "by_length", examples of like length together, which saves
    padding. A network that reads a sentence for all its pairs, and balanced_sampling, always draw by length."""
    precision: Precision = "float32"
    """Number format of the training's products: "auto" is bfloat16 where the machine has instructions for it."""
    loss: Loss = "softmax"
    """What is learnt of a pair: "softmax" which one of the labels it has, "multi_label" of each relation type by itself
    whether the pair has it. It may then have two, and is unrelated when it has none."""
    class_weights: bool = False
    """Whether every label counts the same in the loss, however many examples it has."""
    balanced_sampling: bool = False
    """Whether examples are drawn with replacement so that every label comes as often, however many examples it has."""
    prior_correction: bool = False
    """Whether the answers are set right for labels having been taught as often as one another: what class_weights or
    balanced_sampling made of each label's share is taken back when the training is over."""
    merge_repeats: bool = False
    """Whether examples with the same input and label become one that counts as the square root of their number."""
    curated_share: float = 0.0
    """Share of the project's own curated sentences to learn beside the examples, 0 to 1; 0 is none."""
    threads: int | None = None
    """CPU threads of the numeric library; none keeps what the process has."""

    def __post_init__(self) -> None:
        wanted = {
            "architecture": (
                self.architecture in get_args(Architecture),
                '"cls", "cls_dense", "rbert_cnn" or "pair_reader"',
            ),
            "tuning": (self.tuning in get_args(Tuning), '"lora" or "full"'),
            "dropout": (0 <= self.dropout < 1, "0 or more and below 1"),
            "seed": (0 <= self.seed < 2**32, "0 or more and below 4,294,967,296"),
            "rank": (1 <= self.rank <= 256, "1 to 256"),
            "alpha": (0 < self.alpha < float("inf"), "above 0 and finite"),
            "lora_dropout": (0 <= self.lora_dropout < 1, "0 or more and below 1"),
            "target_modules": (
                len(self.target_modules) > 0,
                "the name of at least one projection, such as query",
            ),
            "learning_rate": (0 < self.learning_rate <= 1, "above 0 and at most 1"),
            "head_learning_rate": (
                self.head_learning_rate is None or 0 < self.head_learning_rate <= 1,
                "above 0 and at most 1, or none",
            ),
            "warmup_share": (0 <= self.warmup_share < 1, "0 or more and below 1"),
            "weight_decay": (0 <= self.weight_decay <= 1, "0 to 1"),
            "batch_size": (self.batch_size >= 1, "1 or more examples"),
            "least_steps": (self.least_steps >= 1, "1 or more steps"),
            "max_tokens": (8 <= self.max_tokens <= 512, "8 to 512 tokens"),
            "max_epochs": (self.max_epochs >= 1, "1 or more epochs"),
            "patience": (self.patience >= 1, "1 or more epochs"),
            "mentions": (self.mentions in get_args(MentionForm), '"raw", "masked", "typed" or "tagged"'),
            "hidden_mentions": (0 <= self.hidden_mentions <= 1, "0 to 1"),
            "pooling": (self.pooling in get_args(Pooling), '"cls" or "mean"'),
            "padding": (self.padding in get_args(Padding), '"batch" or "max_tokens"'),
            "sampling": (self.sampling in get_args(Sampling), '"random" or "by_length"'),
            "loss": (self.loss in get_args(Loss), '"softmax" or "multi_label"'),
            "precision": (self.precision in get_args(Precision), '"float32" or "auto"'),
            "curated_share": (0 <= self.curated_share <= 1, "0 to 1"),
            "threads": (self.threads is None or self.threads >= 1, "1 or more, or none"),
        }
        for name, (holds, range_of_values) in wanted.items():
            if not holds:
                raise FieldOutOfRange(f"{name} is {getattr(self, name)!r} but has to be {range_of_values}.")
        if self.patience > self.max_epochs:
            raise ContradictoryConfig(
                f"patience is {self.patience} epochs but max_epochs is {self.max_epochs}, so training could never "
                f"stop early: give a patience of at most {self.max_epochs}."
            )

        if self.class_weights and self.balanced_sampling:
            raise ContradictoryConfig(
                "class_weights and balanced_sampling both make every label count the same, which together would make "
                "rare ones count more than common ones: set one of them to false."
            )
        if self.prior_correction and not (self.class_weights or self.balanced_sampling):
            raise ContradictoryConfig(
                "prior_correction takes back what class_weights or balanced_sampling do to the labels' shares, and "
                "neither is set: set one of them, or leave prior_correction out."
            )
        if self.architecture == "pair_reader" and (self.mentions != "raw" or self.balanced_sampling):
            raise ContradictoryConfig(
                'The architecture "pair_reader" reads a sentence once for all its pairs, so that no pair can be marked '
                'in it or drawn alone: set mentions to "raw" and balanced_sampling to false.'
            )
        if self.hidden_mentions and not self.reads_kinds:
            raise ContradictoryConfig(
                f"hidden_mentions is {self.hidden_mentions} but the architecture {self.architecture!r} is not told "
                'where all mentions stand: set architecture to "pair_reader", or hidden_mentions to 0.'
            )
        if self.loss == "multi_label" and (self.architecture == "cls" or self.prior_correction):
            raise ContradictoryConfig(
                'loss is "multi_label", which takes a network for relations and answers of each type by itself: choose '
                'another architecture than "cls", and leave prior_correction out.'
            )
        if self.sampling == "random" and (self.balanced_sampling or self.architecture == "pair_reader"):
            raise ContradictoryConfig(
                'sampling is "random" but balanced_sampling and the architecture "pair_reader" draw in their own way, '
                'by length: leave sampling at "by_length".'
            )
        if self.architecture != "cls" and self.pooling != "cls":
            raise ContradictoryConfig(
                f"pooling is {self.pooling!r} but the architecture {self.architecture!r} has its own way of reading a "
                'sentence: leave pooling at "cls".'
            )

    @property
    def reads_places(self) -> bool:
        """Whether the network has to be told where both mentions stand."""
        return self.architecture in ("rbert_cnn", "pair_reader")

    @property
    def reads_kinds(self) -> bool:
        """Whether the network reads a sentence once for all its pairs, told where mentions of which kind stand."""
        return self.architecture == "pair_reader"

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON values, in the order above."""
        return {**dataclasses.asdict(self), "target_modules": list(self.target_modules)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainingConfig:
        """The configuration written by `to_json`; fields left out take their default.

        Raises UnknownField, FieldOutOfRange or ContradictoryConfig, each with one sentence.
        """
        known = {field.name: field.type for field in dataclasses.fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise UnknownField(f"{name!r} is no training setting: known ones are {', '.join(known)}.")
            if not _fits(value, str(known[name])):
                raise UnknownField(f"{name} is {value!r} but has to be of type {known[name]}.")
        given = dict(values)
        if "target_modules" in given:
            given["target_modules"] = tuple(given["target_modules"])
        return cls(**given)


_KINDS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "int": (int,),
        "float": (int, float),
        "int | None": (int, type(None)),
        "float | None": (int, float, type(None)),
        "bool": (bool,),
        "Architecture": (str,),
        "Tuning": (str,),
        "MentionForm": (str,),
        "Pooling": (str,),
        "Padding": (str,),
        "Precision": (str,),
        "Sampling": (str,),
        "Loss": (str,),
        "tuple[str, ...]": (list, tuple),
    }
)


def _fits(value: object, kind: str) -> bool:
    if isinstance(value, bool) != (kind == "bool") or not isinstance(value, _KINDS[kind]):
        return False
    return kind != "tuple[str, ...]" or all(isinstance(part, str) for part in value)  # type: ignore[attr-defined]
