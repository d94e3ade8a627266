"""`--preset` and `--set`: what a command is told about a training, or one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError

from modeling.config import PRESETS
from modeling.management.config_option import configured, settings_given


def given(*settings: str, preset: str = "paper") -> dict[str, Any]:
    return settings_given({"preset": preset, "set": list(settings)})


def test_values_are_numbers_words_and_lists() -> None:
    assert given("rank=4", "mentions=masked", 'target_modules=["query"]', "merge_repeats=true") == {
        "rank": 4, "mentions": "masked", "target_modules": ["query"], "merge_repeats": True,
    }  # fmt: skip
    config = configured("paper", given("rank=4"))
    assert (config.rank, config.learning_rate) == (4, PRESETS["paper"].learning_rate)


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
