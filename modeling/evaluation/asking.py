"""A model's answers on labelled statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modeling.ensemble import Ensemble
from modeling.evaluation.answers import Answers
from modeling.inference import LoadedModel
from modeling.metrics import NothingToScore
from modeling.records import Example, Progress, Scored

CHUNK = 512


class EvaluationStopped(Exception):
    """The caller asked to stop before every example was answered."""


def ask(
    model: LoadedModel | Ensemble,
    examples: Sequence[Example],
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Answers:
    """What this model says of these examples; their weights count for nothing here.

    Raises NothingToScore without examples, and EvaluationStopped.
    """
    if not examples:
        raise NothingToScore("There are no labelled examples to score: label some, or choose another split.")
    scored: list[Scored] = []
    for chunk in model.predict((example.statement for example in examples), chunk_size=CHUNK, should_stop=should_stop):
        scored.extend(chunk)
        on_progress(Progress("evaluate", len(scored), len(examples)))
    if len(scored) < len(examples):
        raise EvaluationStopped(f"The evaluation was stopped after {len(scored)} of {len(examples)} examples.")
    return Answers.of(
        model.labels,
        [one.statement_id for one in scored],
        [example.label_index for example in examples],
        [one.label_index for one in scored],
        [one.scores for one in scored],
        temperature=model.temperature,
        beside=[[index for index in one.label_indexes if index != one.label_index] for one in scored],
    )
