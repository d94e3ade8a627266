"""The `--preset` and `--set` options of commands that train."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ledger.models import Task
from modeling.config import ContradictoryConfig, FieldOutOfRange, TrainingConfig, UnknownField
from modeling.presets import OF_RELATIONS, PRESETS, UnknownPreset, preset_named


def add_config_options(parser: CommandParser) -> None:
    parser.add_argument("--preset", choices=sorted(PRESETS), help="way of training; the task's own unless given")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one setting of the training other than the preset's, for instance rank=4; may be repeated",
    )


def preset_given(options: dict[str, Any], task: Task) -> str:
    """The preset asked for, or the task's own; the command's one-sentence error where this version has none such.

    Of a task with a label for "no relation", `paper` and `default` are those of relations.
    """
    preset = str(options["preset"] or task.preset)
    if task.pk and task.labels.filter(negative=True).exists():
        preset = OF_RELATIONS.get(preset, preset)
    try:
        preset_named(preset)
    except UnknownPreset as error:
        raise CommandError(f"{error} Name one with --preset, or give the task another on its page.") from error
    return preset


def settings_given(options: dict[str, Any], preset: str) -> dict[str, Any]:
    """The settings named with --set, or the command's one-sentence error; values are JSON, or else plain words."""
    given = {}
    for setting in options["set"]:
        name, equals, value = setting.partition("=")
        if not equals:
            raise CommandError(f"--set {setting} has no value: write it as NAME=VALUE, for instance rank=4.")
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
    configured(preset, given)
    return given


def configured(preset: str, given: dict[str, Any]) -> TrainingConfig:
    """The preset with these settings, or the command's one-sentence error."""
    try:
        return TrainingConfig.from_json({**PRESETS[preset].to_json(), **given})
    except (UnknownField, FieldOutOfRange, ContradictoryConfig) as error:
        raise CommandError(str(error)) from error
