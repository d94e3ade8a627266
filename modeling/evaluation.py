"""How a trained model does on labelled statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from modeling.inference import LoadedModel
from modeling.metrics import NothingToScore, score
from modeling.records import Example, Progress, Scored

CHUNK = 512


class EvaluationStopped(Exception):
    """The caller asked to stop before every example was answered."""


def evaluate(
    model: LoadedModel,
    examples: Sequence[Example],
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """The figures of `metrics.score` for this model on these examples; their weights count for nothing here.

    Raises NothingToScore without examples, and EvaluationStopped.
    """
    if not examples:
        raise NothingToScore("There are no labelled examples to score: label some, or choose another split.")
    answers: list[Scored] = []
    for chunk in model.predict((example.statement for example in examples), chunk_size=CHUNK, should_stop=should_stop):
        answers.extend(chunk)
        on_progress(Progress("evaluate", len(answers), len(examples)))
    if len(answers) < len(examples):
        raise EvaluationStopped(f"The evaluation was stopped after {len(answers)} of {len(examples)} examples.")
    return score(
        [example.label_index for example in examples],
        [answer.label_index for answer in answers],
        [answer.confidence for answer in answers],
        labels=model.labels,
    )
