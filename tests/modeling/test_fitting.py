"""A row is an input with its answer, and the parts that start from chance can learn at a pace of their own."""

from __future__ import annotations

import torch
from torch import nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.fitting import Row, fit, input_of, row_of
from modeling.networks.building import build
from modeling.records import Input, Places


def test_a_row_keeps_the_places_and_kinds_of_its_input() -> None:
    for one in (Input((1, 2, 3), Places(0, 1, 1, 2)), Input((1, 2), Places(0, 1, 1, 2), (1, 2)), Input((1, 2))):
        assert input_of(row_of(one, label=1, weight=0.5)) == one
    assert "places" not in row_of(Input((1, 2)), label=0, weight=1.0)


class Rates(TrainerCallback):
    """The step size of every parameter at the first step, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, float] = {}

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        model, optimizer = kwargs["model"], kwargs["optimizer"]
        assert isinstance(model, nn.Module)
        rates = {id(one): group["lr"] for group in optimizer.param_groups for one in group["params"]}  # type: ignore[attr-defined]
        self.by_name = self.by_name or {name: rates[id(one)] for name, one in model.named_parameters()}


def rates(backbone: Backbone, **settings: object) -> dict[str, float]:
    rows = [Row(input_ids=[2, 7, 8, 3], labels=number % 2, weights=1.0) for number in range(8)]
    config = TrainingConfig(max_epochs=1, patience=1, warmup_share=0.0, learning_rate=1e-4, **settings)  # type: ignore[arg-type]
    classifier = build(backbone, n_labels=2, pooling="mean")
    told = Rates()
    torch.manual_seed(1)
    fit(classifier.network, rows, [], config, n_labels=2, pad_id=0, callbacks=[told], fresh=classifier.untrained)
    return told.by_name


def n_padded_batches(backbone: Backbone, **settings: object) -> int:
    """Of 64 training batches, how many hold padding; the rows are of 4 and of 24 tokens by turns."""
    rows = [Row(input_ids=[2, *[7] * (2 if number % 2 else 22), 3], labels=0, weights=1.0) for number in range(256)]
    config = TrainingConfig(max_epochs=1, patience=1, batch_size=4, **settings)  # type: ignore[arg-type]
    network = build(backbone, n_labels=2, pooling="mean").network
    with_padding: list[bool] = []

    def note(module: nn.Module, arguments: object, given: dict[str, torch.Tensor]) -> None:
        with_padding.append(not bool(given["attention_mask"].all()))

    network.register_forward_pre_hook(note, with_kwargs=True)
    fit(network, rows, [], config, n_labels=2, pad_id=0, callbacks=[])
    assert len(with_padding) == 64
    return sum(with_padding)


def test_batches_drawn_by_length_hold_little_padding_and_those_drawn_at_random_much(backbone: Backbone) -> None:
    assert n_padded_batches(backbone) <= 10  # sorted in 4 heaps of 16 batches: where the lengths change, and the end
    assert n_padded_batches(backbone, sampling="random") >= 45  # 7 of 8 batches of four hold both lengths


def test_what_starts_from_chance_has_its_own_step_size(backbone: Backbone) -> None:
    found = rates(backbone, head_learning_rate=1e-2)
    assert {rate for name, rate in found.items() if name.startswith("classifier.")} == {1e-2}
    assert {rate for name, rate in found.items() if not name.startswith("classifier.")} == {1e-4}


def test_without_one_all_parts_learn_alike(backbone: Backbone) -> None:
    assert set(rates(backbone).values()) == {1e-4}


def test_few_rows_are_read_in_as_many_steps_as_asked(backbone: Backbone) -> None:
    rows = [Row(input_ids=[2, 7, 8, 3], labels=number % 2, weights=1.0) for number in range(120)]
    network = build(backbone, n_labels=2, pooling="mean").network
    read: list[int] = []
    network.register_forward_pre_hook(lambda *given: read.append(len(given[2]["input_ids"])), with_kwargs=True)
    config = TrainingConfig(max_epochs=1, patience=1, batch_size=96, least_steps=4)
    fit(network, rows, [], config, n_labels=2, pad_id=0, callbacks=[])
    assert read == [30] * 4
