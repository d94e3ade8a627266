"""A model's answers about pairs, scored as the shared tasks score relations: the pairs without one count for nothing.

Of the labels one says that a pair is unrelated. Micro precision, recall and F1 are over all the others together, a
pair with several true types is as many relations, and documents are what is resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modeling.evaluation.answers import Answers
from modeling.evaluation.held_out import HeldOut
from modeling.relation_scores import (
    LEVEL,
    Entities,
    Related,
    RelationScores,
    f1_differences,
    micro_intervals,
    score_relations,
    type_intervals,
)


def scored(pairs: Sequence[HeldOut], said: Sequence[set[str]], labels: Sequence[str], unrelated: str) -> RelationScores:
    """The relations among these pairs, found by what was `said` of each; `labels` are those the pairs' indexes name.

    A document is the same one in whichever corpus it stands; a pair without one stands for itself.
    """
    gold: list[Related] = []
    predicted: list[Related] = []
    members: dict[str, set[str]] = {}
    for pair, answers in zip(pairs, said, strict=True):
        name = str(pair.example.statement.id)
        document = pair.document or f"statement {name}"
        members.setdefault(document, set()).add(name)
        true = {labels[index] for index in (pair.example.label_index, *pair.further)}
        for slugs, rows in ((true, gold), (answers, predicted)):
            rows += [Related(document, slug, name, name) for slug in sorted(slugs - {unrelated})]
    entities = {document: Entities(frozenset(names), frozenset(names)) for document, names in members.items()}
    types = [label for label in labels if label != unrelated]
    return score_relations(gold, predicted, types=types, entities=entities)


def relation_figures(
    pairs: Sequence[HeldOut], answers: Answers, unrelated: str, *, resamples: int, seed: int
) -> dict[str, Any]:
    """`micro` and `by_type` with gold, predicted and right relations, and the 95 % intervals of both."""
    scores = scored(pairs, answers.slugs, answers.labels, unrelated)
    return {
        **scores.as_dict(),
        "unrelated": unrelated,
        "documents": len(scores.by_document),
        "intervals": {
            "level": LEVEL,
            "resamples": resamples,
            "seed": seed,
            **micro_intervals(scores, n=resamples, seed=seed),
            "by_type": type_intervals(scores, n=resamples, seed=seed),
        },
    }


def relations_compared(
    pairs: Sequence[HeldOut], this: Answers, other: Answers, unrelated: str, *, resamples: int, seed: int
) -> dict[str, Any]:
    """F1 of both models on the pairs both were asked about, this minus other, micro and of each type met there.

    `pairs` are those of `this`. Intervals are of the difference, over the same documents drawn for both.
    """
    _, mine, theirs = np.intersect1d(this.ids, other.ids, assume_unique=True, return_indices=True)
    common = [pairs[place] for place in mine]
    first, second = (
        scored(common, [said[place] for place in places], this.labels, unrelated)
        for said, places in ((this.slugs, mine), (other.slugs, theirs))
    )

    intervals = f1_differences(first, second, n=resamples, seed=seed)

    def beside(type_: str | None) -> dict[str, Any]:
        one, two = (scores.micro if type_ is None else scores.by_type[type_] for scores in (first, second))
        return {
            "f1": one.f1,
            "other_f1": two.f1,
            "gold": one.n_gold,
            "difference": one.f1 - two.f1,
            "difference_interval": intervals[type_],
        }

    return {"micro": beside(None), "by_type": {type_: beside(type_) for type_ in first.by_type}}
