"""`manage.py promote`: the newest model, a numbered one, or the one before."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import ModelVersion, Promotion, Task
from ledger.queries import current_model
from ledger.record.models import add_derived_version
from tests.ledger.facts import NOW, polarity
from tests.ledger.whole import taught, trained_model


@pytest.fixture
def models(db: None) -> list[ModelVersion]:
    taught()
    return [trained_model() for _ in range(3)]


def promote(*arguments: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("promote", *arguments, "--reason", "because", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_newest_model_goes_live_unless_a_number_is_given(models: list[ModelVersion]) -> None:
    assert promote() == {"live_model": 3, "artifact": models[2].artifact}
    assert promote("1")["live_model"] == 1
    assert current_model(polarity()) == models[0]
    assert list(Promotion.objects.values_list("reason", flat=True)) == ["because"] * 2


def test_a_derived_form_goes_live_only_when_named(models: list[ModelVersion]) -> None:
    facts = {name: getattr(models[2], name) for name in ("backbone", "files", "labels", "config", "calibration")}
    form = add_derived_version(
        derived_from=models[2], now=NOW, architecture="cls-onnx-int8", artifact="5" * 64, code_version="0.1.0", **facts
    )
    assert promote()["live_model"] == 3
    assert promote("4")["live_model"] == form.number == 4


def test_rolling_back_makes_the_model_before_live(models: list[ModelVersion]) -> None:
    promote("1")
    promote("2")
    assert promote("--roll-back")["live_model"] == 1


def test_what_cannot_be_promoted_is_refused_with_a_sentence(models: list[ModelVersion]) -> None:
    promote("1")
    for arguments, sentence in (
        (("1",), "live one already"),
        (("9",), "has no such model version"),
        (("0",), "has no such model version"),
        (("--roll-back",), "No other model version was live"),
        (("--task", "nothing"), "no task 'nothing'; there are: ddi-polarity"),
    ):
        with pytest.raises(CommandError, match=sentence):
            promote(*arguments)
    assert Promotion.objects.count() == 1


def test_without_a_model_there_is_nothing_to_promote(db: None) -> None:
    with pytest.raises(CommandError, match="train one first"):
        promote()


def test_a_promotion_needs_a_reason(models: list[ModelVersion]) -> None:
    with pytest.raises(CommandError, match="--reason"):
        call_command("promote")


@pytest.mark.parametrize("arguments", [(), ("1",), ("--roll-back",)])
def test_with_the_two_person_rule_a_command_moves_nothing(
    models: list[ModelVersion], arguments: tuple[str, ...]
) -> None:
    promote("1")
    promote("2")
    Task.objects.update(two_person_rule=True)
    with pytest.raises(CommandError, match="propose the move on the model's page, for another lead to approve"):
        promote(*arguments)
    assert Promotion.objects.count() == 2
