"""Evaluations of models of a relation task, of answers that are made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modeling.evaluation.answers import Answers
from modeling.evaluation.figures import figures
from tests.modeling.evaluation.making import held_out
from tests.review.evaluated import DATA

LABELS = ("inhibitor", "agonist", "substrate", "none")
TRUE = [0, 0, 3, 1, 1, 0, 3, 3]
SAID = [0, 0, 0, 1, 3, 1, 3, 3]
PAIRS = [  # two a document; the sixth is an agonist too
    held_out(number, label, drugs=(), document=f"d{(number - 1) // 2}", further=(1,) if number == 6 else ())
    for number, label in enumerate(TRUE, start=1)
]


def related_answers(
    said: Sequence[int], *, true: Sequence[int] = TRUE, beside: Sequence[Sequence[int]] = ()
) -> Answers:
    """Answers over the four labels, each with probability 0.7."""
    scores = [[0.7 if label == one else 0.1 for label in range(len(LABELS))] for one in said]
    return Answers.of(LABELS, range(1, len(said) + 1), true, said, scores, beside=beside)


def related_metrics(said: Sequence[int] = SAID, *, against: int | None = None) -> dict[str, Any]:
    """The figures of eight answers, beside the model `against`, which says the first true type of each pair."""
    further = [one.further for one in PAIRS]
    found = figures(
        PAIRS,
        related_answers(said).accepting(further),
        pretrained=related_answers([3] * 8).accepting(further),
        other=related_answers(TRUE).accepting(further) if against else None,
        unrelated="none",
        resamples=100,
    )
    found["calibration"]["fitted_on"] = 40
    found["data"] = DATA
    if against:
        found["compared"]["model"] = against
    return found
