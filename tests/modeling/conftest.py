"""A real encoder small enough to train in a second, and statements it can learn."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from modeling.backbones import Backbone, resolve
from modeling.config import TrainingConfig
from modeling.inference import LoadedModel
from modeling.records import Example, Span, Statement
from modeling.training import TrainedModel, train

WORDS = [
    "drug",
    "##1",
    "##2",
    "aspirin",
    "warfarin",
    "heparin",
    "ibu",
    "##pro",
    "##fen",
    "may",
    "can",
    "will",
    "increase",
    "decrease",
    "enhance",
    "reduce",
    "the",
    "activities",
    "activity",
    "of",
    "anticoagulant",
    "analgesic",
    "risk",
    "bleeding",
    "efficacy",
    "and",
    "when",
    "combined",
    "with",
    "is",
    "be",
    "very",
    "much",
    "more",
    ".",
    ",",
    "a",
    "##n",
    "is",
    "##g",
    "s",
    "##s",
    "[",
    "]",
    "sep",
    "cls",
    "mask",
]
DRUGS = ("aspirin", "warfarin", "heparin", "ibuprofen")


def make_statement(number: int, template: str, head: str = "aspirin", tail: str = "warfarin") -> Statement:
    """A statement from a template that holds ⟨1⟩ and ⟨2⟩ once each."""
    before, rest = template.split("⟨1⟩")
    between, _ = rest.split("⟨2⟩")
    start = len(before)
    tail_start = start + len(head) + len(between)
    return Statement(
        id=number,
        text=template.replace("⟨1⟩", head).replace("⟨2⟩", tail),
        pattern=template,
        head=Span(start, start + len(head)),
        tail=Span(tail_start, tail_start + len(tail)),
    )


def make_examples(n: int, *, first_id: int = 1) -> list[Example]:
    """Learnable examples: "enhance" is label 0, "reduce" label 1, with words around that say nothing."""
    templates = (
        "⟨1⟩ may {verb} the {what} activities of ⟨2⟩ .",
        "the {what} activity of ⟨1⟩ and ⟨2⟩ will {verb} very much .",
    )
    made = []
    for number in range(n):
        label = number % 2
        what = ("anticoagulant", "analgesic", "bleeding")[number % 3]
        template = templates[(number // 2) % 2].format(verb=("enhance", "reduce")[label], what=what)
        head, tail = DRUGS[number % 4], DRUGS[(number + 1 + number // 4 % 3) % 4]
        made.append(Example(make_statement(first_id + number, template, head, tail), label))
    return made


def make_sentences(n: int) -> list[Example]:
    """The same, each a sentence of its own: its number stands behind it."""
    return [
        dataclasses.replace(one, statement=one.statement._replace(text=f"{one.statement.text} {one.statement.id}"))
        for one in make_examples(n)
    ]


def write_tokenizer(folder: Path) -> None:
    """A lower-casing WordPiece tokenizer over the words above, as BERT's."""
    vocabulary = {word: place for place, word in enumerate(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    ends = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.enable_truncation(16)  # as published tokenizers often are: `load_tokenizer` has to undo both
    tokenizer.enable_padding(length=16)
    tokenizer.save(str(folder / "tokenizer.json"))


def write_backbone(folder: Path, *, pooler: bool = True, seed: int = 0, positions: int = 64) -> Path:
    """A randomly initialised BERT of two layers and 32 dimensions, with its tokenizer."""
    folder.mkdir(parents=True)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=64,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions,
        initializer_range=0.2,
    )
    BertModel(config, add_pooling_layer=pooler).save_pretrained(folder)
    write_tokenizer(folder)
    return folder


@pytest.fixture(autouse=True)
def drawn_alike() -> None:
    """What a test draws without a seed of its own is the same each time."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    """The small encoder, resolved from its folder."""
    return resolve(str(write_backbone(tmp_path_factory.mktemp("backbones") / "small-bert")))


@pytest.fixture(scope="session")
def backbone_without_pooler(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    """The small encoder from a file that lacks the pooler."""
    return resolve(str(write_backbone(tmp_path_factory.mktemp("backbones") / "no-pooler", pooler=False)))


@pytest.fixture
def backbone_copy(backbone: Backbone, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the small encoder's folder that a test may spoil, without the files named."""

    def copied(*without: str) -> Path:
        folder = tmp_path / "copy"
        shutil.copytree(backbone.path, folder)
        for name in without:
            (folder / name).unlink()
        return folder

    return copied


@pytest.fixture(scope="session")
def quick() -> TrainingConfig:
    """A configuration under which the small encoder learns in a second or two."""
    return TrainingConfig(
        seed=7,
        learning_rate=1e-2,
        alpha=64,
        lora_dropout=0.0,
        batch_size=4,
        max_tokens=32,
        max_epochs=4,
        mentions="masked",
        threads=1,
    )


@pytest.fixture(scope="session")
def trained(backbone: Backbone, quick: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """The small encoder after it has learnt the examples; 40 validation examples, so it is calibrated."""
    return train(
        make_examples(64),
        make_examples(40, first_id=1000),
        labels=("synergistic", "antagonistic"),
        backbone=backbone,
        config=quick,
        out_dir=tmp_path_factory.mktemp("models"),
    )


@pytest.fixture
def model(trained: TrainedModel, backbone: Backbone) -> LoadedModel:
    """The trained model, loaded anew with an empty cache."""
    return LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device="cpu")
