from __future__ import annotations

import dataclasses

import pytest

from modeling.evaluation import EvaluationStopped, evaluate
from modeling.inference import LoadedModel
from modeling.metrics import NothingToScore
from modeling.records import Progress
from tests.modeling.conftest import make_examples


def test_figures_of_a_model_that_knows_all_but_one_answer(model: LoadedModel) -> None:
    examples = make_examples(20)
    examples[0] = dataclasses.replace(examples[0], label_index=1)
    told: list[Progress] = []
    figures = evaluate(model, examples, on_progress=told.append)
    assert figures["accuracy"] == pytest.approx(19 / 20)
    assert figures["confusion"] == [[9, 0], [1, 10]]
    assert list(figures["per_label"]) == ["synergistic", "antagonistic"]
    assert [(one.stage, one.done, one.total) for one in told] == [("evaluate", 20, 20)]


def test_no_examples_are_refused(model: LoadedModel) -> None:
    with pytest.raises(NothingToScore):
        evaluate(model, [])


def test_stopped_evaluation_gives_no_figures(model: LoadedModel) -> None:
    with pytest.raises(EvaluationStopped, match="after 0 of 20"):
        evaluate(model, make_examples(20), should_stop=lambda: True)
