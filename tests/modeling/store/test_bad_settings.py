"""A training told what it cannot do says so in a sentence, before a round is opened or a set is frozen."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from ledger.models import ModelVersion, Round, Run, Statement, TrainingSet
from ledger.record.runs import open_round
from modeling.config import UnknownField
from modeling.jobs import run_training
from modeling.presets import UnknownPreset
from tests.ledger.facts import polarity


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--preset", "papers"), r"argument --preset: invalid choice: 'papers' \(choose from .*default.*, .*paper.*\)"),
        (("--set", "rank"), r"--set rank has no value"),
        (("--set", "rank=8.5"), r"rank is 8\.5 but has to be of type int\."),
        (("--set", "alpha=Infinity"), r"alpha is inf but has to be above 0 and finite\."),
        (("--set", "learning_rate=NaN"), r"learning_rate is nan but has to be above 0 and at most 1\."),
        (("--set", "mentions=bold"), r"mentions is 'bold' but has to be"),
        (("--set", "target_modules=[]"), r"target_modules is \(\) but has to be the name of at least one projection"),
        (("--set", 'target_modules={"query": 1}'), r"target_modules is \{'query': 1\} but has to be of type"),
        (("--set", "={}"), r"'' is no training setting"),
        (("--task", "nothing"), r"There is no task 'nothing'"),
    ],
)
def test_train_refuses_before_it_opens_a_round(
    labelled: list[Statement], arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("train", *arguments, stdout=StringIO(), stderr=StringIO())
    assert str(refused.value).isprintable()
    assert not Round.objects.exists()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("config.json", None, r"has no config\.json: set DDI_BACKBONE to a complete model folder\."),
        ("model.safetensors", None, r"has neither model\.safetensors nor pytorch_model\.bin"),
        ("tokenizer.json", None, r"has neither tokenizer\.json nor vocab\.txt"),
        ("config.json", b"{", r"config\.json"),
        ("config.json", b"{}", r"config\.json"),
        ("model.safetensors", b"no tensors", r"weights of the backbone in .* cannot be read \(.*\): restore them from"),
        ("tokenizer.json", b"[]", r"tokenizer\.json cannot be read \(.*\): restore it from a copy\."),
    ],
)
def test_train_says_what_is_wrong_with_a_backbone(
    labelled: list[Statement],
    settings: Settings,
    small_backbone: Path,
    tmp_path: Path,
    file: str,
    content: bytes | None,
    sentence: str,
) -> None:
    folder = tmp_path / "broken-bert"
    shutil.copytree(small_backbone, folder)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    settings.DDI_BACKBONE = str(folder)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("train", stdout=StringIO(), stderr=StringIO())
    assert str(refused.value).isprintable()
    assert "broken-bert" in str(refused.value)
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize(
    ("parameters", "error", "sentence"),
    [
        ({"preset": "papers"}, UnknownPreset, "There is no preset 'papers': known ones are default, paper, "),
        ({"preset": 3}, UnknownPreset, "There is no preset 3: known ones are default, paper, "),
        ({"config": {"rank": "8"}}, UnknownField, "rank is '8' but has to be of type int."),
        ({"config": {"epochs": 8}}, UnknownField, "'epochs' is no training setting"),
    ],
)
def test_a_run_with_settings_that_cannot_be_fails_with_a_sentence_and_freezes_nothing(
    labelled: list[Statement], parameters: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    run = open_round(task=polarity(), by=None, now=timezone.now(), parameters=parameters, wake=False).runs.get()
    with pytest.raises(error):
        run_training(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert run.error.startswith(sentence)
    assert not TrainingSet.objects.exists()
    assert not ModelVersion.objects.exists()
