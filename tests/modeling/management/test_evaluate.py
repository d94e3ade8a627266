"""`manage.py evaluate`: figures of the live or a named model as lines, as JSON and as a report."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledger.integrity import problems
from ledger.models import Comparison, Evaluation, ModelVersion, Round
from ledger.record.promotions import promote
from ledger.record.runs import open_round
from modeling.jobs import run_training
from tests.ledger.facts import NOW, polarity
from tests.modeling.store.conftest import QUICK, labelled, opened, small_backbone  # noqa: F401


def said(**options: object) -> str:
    out = io.StringIO()
    call_command("evaluate", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def two_models(opened: Round) -> tuple[ModelVersion, ModelVersion]:  # noqa: F811
    """The live model, and one trained after it."""
    run_training(opened.runs.get().pk)
    first = ModelVersion.objects.get()
    promote(model_version=first, by=None, reason="first", now=NOW)
    second = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    run_training(second.runs.get().pk)
    return first, ModelVersion.objects.get(training_set__round=second)


def test_one_line_a_fact_or_all_of_the_ledgers_json(two_models: tuple[ModelVersion, ModelVersion]) -> None:
    _, second = two_models
    kept = Evaluation.objects.get(model_version=second, view="test")
    lines = said(model=second.number).splitlines()
    accuracy = kept.metrics["accuracy"]
    assert lines[0] == "model version: 2"
    assert any(line.startswith(f"test: accuracy {accuracy:.3f} (95 %: ") and "pretrained" in line for line in lines)
    assert any("McNemar's exact test p = " in line and "against model 1 on 6 statements" in line for line in lines)
    assert sum("resamples of 12 drugs" in line for line in lines) == 2
    assert "validation: 6 statements, by which its training was stopped and its temperature fitted" in lines
    assert not any("keeps the evaluation" in line for line in lines)  # the same figures again

    facts = json.loads(said(model=second.number, json=True))
    assert facts["test"] == kept.metrics
    assert (facts["model_version"], facts["round"]) == (2, second.training_set.round.number)
    assert Evaluation.objects.count() == 6


def test_another_model_to_compare_with_is_measured_and_the_first_evaluation_stays(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    live, second = two_models
    asked = {"model_version": live, "training_set": second.training_set, "view": "test"}
    before = Evaluation.objects.get(**asked).metrics
    facts = json.loads(said(json=True))  # the live model, which is not compared with itself
    assert facts["model_version"] == live.number
    assert "compared" not in facts["test"]
    lines = said(against=second.number).splitlines()
    assert any("against model 2" in line for line in lines)
    lines = said().splitlines()
    assert sum("keeps the evaluation of" in line for line in lines) == 2
    assert Evaluation.objects.get(**asked).metrics == before
    assert not Comparison.objects.exists()  # the first evaluation has the comparison with model 2 in it


def test_a_later_comparison_is_kept_beside_the_first_evaluation(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    _, second = two_models
    third = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    run_training(third.runs.get().pk)
    said(model=2)
    of_second = Evaluation.objects.get(model_version=second, training_set__round=third, view="test")
    assert of_second.metrics["compared"]["model"] == 1  # the live one, without --against
    facts = json.loads(said(model=2, against=3, json=True))
    kept = Comparison.objects.get(evaluation=of_second)
    assert (kept.other.number, kept.metrics) == (3, facts["test"]["compared"])
    said(model=2, against=3)
    assert Comparison.objects.filter(evaluation__view="test").count() == 1
    assert list(problems()) == []


def test_the_report_shows_what_was_measured_now(two_models: tuple[ModelVersion, ModelVersion], tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    facts = json.loads(said(against=2, report=str(output), json=True))
    assert facts["report"] == str(output)
    page = output.read_text(encoding="utf-8")
    assert "Beside model 2" in page
    assert f"{facts['test']['accuracy']:.3f}" in page


def test_what_is_not_there_is_said(opened: Round) -> None:  # noqa: F811
    with pytest.raises(CommandError, match="has no live model: train first"):
        said()
    with pytest.raises(CommandError, match="no model version 9"):
        said(model=9)
    run_training(opened.runs.get().pk)
    with pytest.raises(CommandError, match="no model version 9"):
        said(model=1, against=9)
    with pytest.raises(CommandError, match="no live model"):
        said()
