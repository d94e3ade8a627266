"""`--preset` and `--set`: what a command is told about a training, or one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError

from ledger.models import Task
from modeling.management.config_option import configured, preset_given, settings_given
from modeling.presets import PRESETS


def given(*settings: str, preset: str = "paper") -> dict[str, Any]:
    return settings_given({"set": list(settings)}, preset)


def test_values_are_numbers_words_and_lists() -> None:
    assert given("rank=4", "mentions=masked", 'target_modules=["query"]', "merge_repeats=true") == {
        "rank": 4, "mentions": "masked", "target_modules": ["query"], "merge_repeats": True,
    }  # fmt: skip
    config = configured("paper", given("rank=4"))
    assert (config.rank, config.learning_rate) == (4, PRESETS["paper"].learning_rate)


@pytest.mark.django_db
def test_the_two_general_names_are_those_of_relations_where_pairs_may_be_unrelated() -> None:
    relations, polarity = (Task.objects.get(slug=slug) for slug in ("drugprot", "ddi-polarity"))
    for name, meant in (("paper", "paper-relations"), ("default", "relations"), ("relations", "relations")):
        assert preset_given({"preset": name}, relations) == meant
        assert preset_given({"preset": name}, polarity) == name


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("rank", r"--set rank has no value: write it as NAME=VALUE, for instance rank=4\."),
        ("epochs=3", r"'epochs' is no training setting: known ones are architecture, tuning"),
        ("rank=many", r"rank is 'many' but has to be of type int\."),
        ("rank=0", r"rank is 0 but has to be 1 to 256\."),
        ("patience=9", r"patience is 9 epochs but max_epochs is 8, so training could never stop early"),
    ],
)
def test_what_cannot_be_is_one_sentence(setting: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        given(setting)


def test_without_a_preset_the_tasks_own_is_taken() -> None:
    task = Task(slug="drugprot", preset="relations")
    assert preset_given({"preset": None}, task) == "relations"
    assert preset_given({"preset": "paper"}, task) == "paper"
    task.preset = "ours"
    with pytest.raises(CommandError, match=r"no preset 'ours'.* Name one with --preset, or give the task another"):
        preset_given({"preset": None}, task)
