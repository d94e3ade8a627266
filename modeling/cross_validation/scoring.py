"""The figures over all folds together, and over several seeds."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modeling.cross_validation.folds import Scheme
from modeling.cross_validation.running import Said
from modeling.evaluation.answers import Answers, Floats
from modeling.evaluation.coverage import coverage
from modeling.evaluation.figures import summary
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.reliability import reliability
from modeling.evaluation.resampling import Clusters, Resamples, intervals, macro_f1_of
from modeling.metrics import macro_f1


@dataclass(frozen=True, slots=True)
class Scoring:
    """Labelled statements that folds of a scheme were tested on."""

    examples: Sequence[HeldOut]
    labels: Sequence[str]
    scheme: Scheme

    def figures(
        self, said: Sequence[Said], *, together: Sequence[int] = (), where: Collection[int] | None = None
    ) -> dict[str, Any]:
        """The figures over all tested examples; intervals are over drugs, documents or, by pattern, wordings.

        `macro_f1_of_wordings` lets every wording count the same, however many statements it has. With `together`, a
        number for every example, the tested examples of one number are one: the mean of their probabilities counts;
        `where` are then the numbers that are scored, all of them unless given.
        """
        order = [at for one in said for at in one.positions]
        scores = np.concatenate([one.scores for one in said])
        uncalibrated = np.concatenate([one.uncalibrated for one in said])
        if together:
            order, scores, uncalibrated = _as_one(together, order, scores, uncalibrated, where)
        tested = [self.examples[at] for at in order]
        answers, before = self._answers(tested, scores), self._answers(tested, uncalibrated)
        sizes = Counter(one.example.statement.pattern for one in tested)
        by_wording = np.array([[1 / sizes[one.example.statement.pattern] for one in tested]])
        return {
            **summary(answers, with_curves=False),
            "macro_f1_of_wordings": float(macro_f1_of(answers)(by_wording)[0]),
            "intervals": intervals(answers, Resamples([self._clusters(one) for one in tested])),
            "coverage": coverage(answers),
            "calibration": {
                "before": reliability(before.scores, before),
                "after": reliability(answers.scores, answers),
            },
        }

    def composition(self, tested: Sequence[int], *, together: Sequence[int] = ()) -> dict[str, Any]:
        """What is tested, label by label, and what one gets who always says the commonest label.

        `together` as in `figures`: with it, relations are counted too, and the commonest label is the relations'.
        """
        one_each = list({together[at]: at for at in reversed(tested)}.values()) if together else list(tested)
        labels = [self.examples[at].example.label_index for at in one_each]
        commonest = min(set(labels), key=lambda label: (-labels.count(label), label))
        by_label: dict[str, dict[str, int]] = {}
        for index, label in enumerate(self.labels):
            own = [at for at in tested if self.examples[at].example.label_index == index]
            by_label[label] = {
                "statements": len(own),
                "wordings": len({self.examples[at].example.statement.pattern for at in own}),
            }
            if together:
                by_label[label]["relations"] = labels.count(index)
        return {
            "labels": by_label,
            "commonest": {
                "label": self.labels[commonest],
                "accuracy": labels.count(commonest) / len(labels),
                "macro_f1": macro_f1(labels, [commonest] * len(labels), n_labels=len(self.labels)),
            },
        }

    def _clusters(self, one: HeldOut) -> Clusters:
        if self.scheme == "drug":
            return one.clusters
        if self.scheme == "document":
            return (("document", one.document),)
        return (("wording", one.example.statement.pattern),)

    def _answers(self, tested: Sequence[HeldOut], scores: Floats) -> Answers:
        return Answers.of(
            self.labels,
            [one.example.statement.id for one in tested],
            [one.example.label_index for one in tested],
            scores.argmax(axis=1).tolist(),
            scores.tolist(),
        )


def over_seeds(by_seed: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The headline figures of the same folds trained with one seed after another, two or more: mean and spread.

    `deviation` is the sample's standard deviation; F1 of a label is named "f1 of" it.
    """
    rows = [
        {
            "macro_f1": one["macro_f1"],
            **{f"f1 of {label}": figures["f1"] for label, figures in one["per_label"].items()},
            "accuracy": one["accuracy"],
            "macro_f1_of_wordings": one["macro_f1_of_wordings"],
            "accuracy_at_80": one["coverage"]["at_80"]["accuracy"],
            "ece": one["calibration"]["after"]["ece"],
            "ece_debiased": one["calibration"]["after"]["ece_debiased"],
        }
        for one in by_seed
    ]
    found = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        found[name] = {
            "mean": statistics.fmean(values),
            "low": min(values),
            "high": max(values),
            "deviation": statistics.stdev(values),
            "by_seed": values,
        }
    return found


def _as_one(
    together: Sequence[int],
    order: Sequence[int],
    scores: Floats,
    uncalibrated: Floats,
    where: Collection[int] | None,
) -> tuple[list[int], Floats, Floats]:
    """The first position of every number that is scored, and the means of its rows."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row, at in enumerate(order):
        if where is None or together[at] in where:
            members[together[at]].append(row)
    rows = list(members.values())
    means = [np.stack([matrix[places].mean(axis=0) for places in rows]) for matrix in (scores, uncalibrated)]
    return [order[places[0]] for places in rows], means[0], means[1]
