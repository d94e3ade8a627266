"""Every figure of one model on one set of examples, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.metrics import precision_recall_fscore_support

from modeling.evaluation.answers import Answers
from modeling.evaluation.coverage import coverage
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.mcnemar import compared
from modeling.evaluation.ranking import ranking
from modeling.evaluation.relations import relation_figures, relations_compared
from modeling.evaluation.reliability import before_and_after
from modeling.evaluation.resampling import RESAMPLES, SEED, Resamples, intervals
from modeling.evaluation.slices import slices
from modeling.metrics import score


def figures(
    held_out: Sequence[HeldOut],
    answers: Answers,
    *,
    pretrained: Answers | None = None,
    other: Answers | None = None,
    unrelated: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Any]:
    """All that is known of these answers; JSON values, and small: curves are thinned and slices put together.

    To the keys of `metrics.score` come `averages` and `ranking`, `calibration` before and after temperature scaling,
    `coverage`, `intervals` and `slices`; `pretrained`, the same examples asked of the network before training; and
    `compared`, this model beside another on the examples both were asked. Where one of the labels says that a pair is
    `unrelated`, each of these has `relations` too: the same answers as the shared tasks score them.
    """
    clusters = [one.clusters for one in held_out]
    found = {
        **summary(answers, with_curves=True),
        "calibration": before_and_after(answers),
        "coverage": coverage(answers),
        "intervals": intervals(answers, Resamples(clusters, n=resamples, seed=seed)),
        "slices": slices(held_out, answers),
    }
    if pretrained is not None:
        found["pretrained"] = summary(pretrained, with_curves=False)
    if other is not None:
        found["compared"] = compared_with(held_out, answers, other, unrelated=unrelated, resamples=resamples, seed=seed)
    if unrelated is not None:
        for part, said in ((found, answers), (found.get("pretrained"), pretrained)):
            if part is not None and said is not None:
                part["relations"] = relation_figures(held_out, said, unrelated, resamples=resamples, seed=seed)
    return found


def compared_with(
    held_out: Sequence[HeldOut],
    answers: Answers,
    other: Answers,
    *,
    unrelated: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Any]:
    """This model beside another on the examples both were asked; `n` alone, 0, where there is none."""
    clusters = [one.clusters for one in held_out]
    found = compared(answers, other, clusters, resamples=resamples, seed=seed)
    if unrelated is not None and found["n"]:
        found["relations"] = relations_compared(held_out, answers, other, unrelated, resamples=resamples, seed=seed)
    return found


def summary(answers: Answers, *, with_curves: bool) -> dict[str, Any]:
    """What is said of a trained and of an untrained network alike."""
    return {
        **score(answers.true.tolist(), answers.said.tolist(), answers.confidences.tolist(), labels=answers.labels),
        "averages": {average: _averages(answers, average) for average in ("macro", "weighted")},
        "ranking": ranking(answers, with_curves=with_curves),
    }


def _averages(answers: Answers, average: str) -> dict[str, float]:
    """Precision, recall and F1 over all labels: `macro` counts each the same, `weighted` by its number of examples.

    The first paper's Tables 3 and 4 show the weighted ones: their recall equals the accuracy.
    """
    precision, recall, f1, _ = precision_recall_fscore_support(
        answers.true, answers.said, labels=list(range(len(answers.labels))), average=average, zero_division=0
    )
    return {"precision": float(precision), "recall": float(recall), "f1": float(f1)}
