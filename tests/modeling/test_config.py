from __future__ import annotations

import dataclasses
import json

import pytest

from modeling.config import ContradictoryConfig, FieldOutOfRange, TrainingConfig, UnknownField
from modeling.presets import PRESETS, UnknownPreset, preset_named

ADDED = ("architecture", "tuning", "dropout", "balanced_sampling")


def test_paper_preset_is_the_papers_section_3_2() -> None:
    paper = PRESETS["paper"]
    assert (paper.rank, paper.target_modules) == (8, ("query", "value"))
    assert (paper.learning_rate, paper.warmup_share) == (2e-4, 0.1)
    assert (paper.batch_size, paper.max_tokens) == (8, 256)
    assert (paper.patience, paper.max_epochs) == (2, 8)
    assert (paper.mentions, paper.pooling) == ("raw", "cls")
    assert paper.sampling == "random", "the paper draws its batches at random"
    assert not paper.class_weights
    assert not paper.merge_repeats
    assert paper.curated_share == 0


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_configuration_survives_json(name: str) -> None:
    assert TrainingConfig.from_json(json.loads(json.dumps(PRESETS[name].to_json()))) == PRESETS[name]


def test_fields_left_out_take_their_default() -> None:
    assert TrainingConfig.from_json({"seed": 3}) == TrainingConfig(seed=3)


def test_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownField, match="'epochs' is no training setting: known ones are architecture, tuning"
    ) as refusal:
        TrainingConfig.from_json({"epochs": 3})
    assert "max_epochs" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", "42"),
        ("rank", 8.0),
        ("rank", True),
        ("target_modules", "query"),
        ("target_modules", [1]),
        ("mentions", 1),
        ("threads", "2"),
        ("alpha", None),
        ("class_weights", 1),
        ("pooling", True),
        ("sampling", None),
    ],
)
def test_value_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(UnknownField, match=f"^{name} is "):
        TrainingConfig.from_json({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("rank", 0),
        ("alpha", 0.0),
        ("alpha", float("inf")),
        ("alpha", float("nan")),
        ("lora_dropout", 1.0),
        ("target_modules", ()),
        ("learning_rate", float("nan")),
        ("warmup_share", 1.0),
        ("weight_decay", -0.1),
        ("batch_size", 0),
        ("least_steps", 0),
        ("max_tokens", 513),
        ("max_epochs", 0),
        ("patience", 0),
        ("mentions", "bold"),
        ("threads", 0),
        ("pooling", "max"),
        ("padding", "none"),
        ("precision", "int4"),
        ("sampling", "sorted"),
        ("curated_share", 1.5),
        ("architecture", "lstm"),
        ("tuning", "none"),
        ("dropout", 1.0),
    ],
)
def test_value_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(FieldOutOfRange, match=f"^{name} is .* but has to be "):
        TrainingConfig(**{name: value})  # type: ignore[arg-type]


def test_patience_beyond_the_last_epoch_is_a_contradiction() -> None:
    with pytest.raises(ContradictoryConfig, match="patience is 5 epochs but max_epochs is 3"):
        TrainingConfig(patience=5, max_epochs=3)


def test_a_preset_goes_by_its_name() -> None:
    assert preset_named("paper") is PRESETS["paper"]


@pytest.mark.parametrize("name", ["", "Paper", "papers", None, 3, ["paper"]])
def test_an_unknown_preset_is_refused_with_the_known_ones(name: object) -> None:
    with pytest.raises(
        UnknownPreset, match=r"^There is no preset .*: known ones are default, paper, paper-relations, "
    ):
        preset_named(name)


def test_paper_relations_preset_is_the_second_papers_table_ii() -> None:
    paper = PRESETS["paper-relations"]
    assert (paper.dropout, paper.learning_rate, paper.weight_decay, paper.warmup_share) == (0.5, 3e-5, 0.0, 0.0)
    assert (paper.max_epochs, paper.max_tokens, paper.batch_size) == (7, 512, 32)
    assert paper.patience == paper.max_epochs, "the paper does not stop early"
    assert (paper.architecture, paper.tuning, paper.mentions) == ("rbert_cnn", "full", "tagged")
    assert paper.balanced_sampling
    one = PRESETS["paper-relations-cls"]
    assert one.architecture == "cls_dense"
    assert not one.balanced_sampling, "Model I left the labels as unequal as they are"


def test_a_configuration_from_before_there_were_architectures_is_the_first_papers() -> None:
    old = {name: value for name, value in TrainingConfig().to_json().items() if name not in ADDED}
    assert TrainingConfig.from_json(old) == TrainingConfig(architecture="cls", tuning="lora", balanced_sampling=False)


def test_a_configuration_from_before_sampling_could_be_chosen_drew_by_length() -> None:
    for name, preset in PRESETS.items():
        old = {field: value for field, value in preset.to_json().items() if field != "sampling"}
        read = TrainingConfig.from_json(old)
        assert read.sampling == "by_length", name
        assert read == dataclasses.replace(preset, sampling="by_length")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"class_weights": True, "balanced_sampling": True}, "class_weights and balanced_sampling both"),
        ({"balanced_sampling": True, "sampling": "random"}, 'sampling is "random" but balanced_sampling and'),
        ({"architecture": "pair_reader", "sampling": "random"}, 'leave sampling at "by_length"'),
        ({"architecture": "rbert_cnn", "pooling": "mean"}, "pooling is 'mean' but the architecture 'rbert_cnn'"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(ContradictoryConfig, match=sentence):
        TrainingConfig(**values)  # type: ignore[arg-type]


def test_only_networks_for_pairs_are_told_where_the_mentions_stand() -> None:
    assert TrainingConfig(architecture="rbert_cnn").reads_places
    assert TrainingConfig(architecture="pair_reader").reads_places
    assert TrainingConfig(architecture="pair_reader").reads_kinds
    assert not TrainingConfig(architecture="rbert_cnn").reads_kinds
    assert not TrainingConfig(architecture="cls_dense").reads_places
    assert not TrainingConfig().reads_places
