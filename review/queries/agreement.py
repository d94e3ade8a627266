"""How far the people of a task agree.

Only independent first answers count: what somebody first said of a statement, before they read what others said or, in
a blind task, the model. What they changed later counts as it was first given; what they took back and left so does not
count, and neither does an adjudication.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from django.contrib.auth.models import User
from django.db.models import Count

from ledger.models import Decision, DisagreementCause, Label, Task
from review.agreement import (
    Estimate,
    agreement_on,
    answer_counts,
    cohen_kappa,
    krippendorff_alpha,
    one_against_rest,
    raw_agreement,
)

PAIRS = 50  # shown, those with the most statements in common
UNSEEN = -1  # in place of the label of a prediction that was not shown

Integers = npt.NDArray[np.int64]
Both = tuple[Integers, Integers]


@dataclass(frozen=True, slots=True)
class Answers:
    """Independent first answers, one row each in every column, by statement and reviewer.

    labels and seen are places among the task's labels; seen is the label of the prediction that was shown, or UNSEEN.
    """

    statements: Integers
    reviewers: Integers
    labels: Integers
    seen: Integers


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """One label: how often the others gave it too, and its alpha and, with two people, its kappa against the rest."""

    label: Label
    n_given: int
    met: Estimate
    alpha: Estimate
    kappa: Estimate | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two people on the statements that both answered."""

    names: tuple[str, str]
    raw: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class Agreement:
    """All people and labels of a task; `pairs` holds the fifty with the most in common of `n_pairs`."""

    n_answers: int
    n_reviewers: int
    raw: Estimate
    alpha: Estimate
    labels: list[LabelAgreement]
    pairs: list[PairAgreement]
    n_pairs: int


def agreement_of(answers: Answers, labels: list[Label]) -> Agreement:
    """One query, for the names; half a second for 40,000 answers."""
    counts = answer_counts(answers.statements, answers.labels, len(labels))
    both = _in_common(answers)
    pairs = sorted(both, key=lambda pair: (-len(both[pair][0]), pair))
    # A kappa of each label where two people are all there are.
    couple = both[pairs[0]] if len(pairs) == 1 and len(counts) == len(both[pairs[0]][0]) else None
    return Agreement(
        n_answers=len(answers.labels),
        n_reviewers=len(np.unique(answers.reviewers)),
        raw=raw_agreement(counts),
        alpha=krippendorff_alpha(counts),
        labels=[
            LabelAgreement(
                label=label,
                n_given=int(counts[:, place].sum()),
                met=agreement_on(counts, place),
                alpha=krippendorff_alpha(one_against_rest(counts, place)),
                kappa=_kappa_of_label(couple, place) if couple else None,
            )
            for place, label in enumerate(labels)
        ],
        pairs=_pairs({pair: both[pair] for pair in pairs[:PAIRS]}, len(labels)),
        n_pairs=len(pairs),
    )


def first_answers(task: Task, labels: list[Label]) -> Answers:
    """Two queries, which read the task's answers once."""
    place = {label.pk: number for number, label in enumerate(labels)} | {None: UNSEEN}
    withdrawn = Decision.objects.filter(task=task, kind=Decision.Kind.WITHDRAWAL, replaced_by__isnull=True)
    left = set(withdrawn.order_by().values_list("statement_id", "reviewer_id"))
    first = Decision.objects.filter(task=task, kind=Decision.Kind.ANSWER, replaces__isnull=True)
    rows = [
        (statement, reviewer, place[label], place[seen])
        for statement, reviewer, label, seen in first.order_by("statement_id", "reviewer_id").values_list(
            "statement_id", "reviewer_id", "label_id", "prediction_seen__label_id"
        )
        if (statement, reviewer) not in left
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Answers(*columns.T)


def _in_common(answers: Answers) -> dict[tuple[int, int], Both]:
    """What every two people said of the statements that both answered, by their ids."""
    given: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for statement, reviewer, label in zip(
        answers.statements.tolist(), answers.reviewers.tolist(), answers.labels.tolist(), strict=True
    ):
        given[statement].append((reviewer, label))
    said: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for people in given.values():
        for (one, label), (other, beside) in combinations(people, 2):
            said[one, other].append((label, beside))
    columns = {pair: np.array(labels, dtype=np.int64) for pair, labels in said.items()}
    return {pair: (both[:, 0], both[:, 1]) for pair, both in columns.items()}


def _pairs(both: dict[tuple[int, int], Both], n_labels: int) -> list[PairAgreement]:
    names = dict(User.objects.filter(pk__in={person for pair in both for person in pair}).values_list("pk", "username"))
    return [
        PairAgreement(
            names=(names[one], names[other]),
            raw=raw_agreement(np.eye(n_labels)[first] + np.eye(n_labels)[second]),
            kappa=cohen_kappa(first, second, n_labels),
        )
        for (one, other), (first, second) in both.items()
    ]


def _kappa_of_label(couple: Both, place: int) -> Estimate:
    first, second = ((labels == place).astype(np.int64) for labels in couple)
    return cohen_kappa(first, second, 2)


def causes_of(task: Task) -> list[tuple[str, int]]:
    """Why people had disagreed, as adjudicators saw it, the most frequent first (one query)."""
    causes = DisagreementCause.objects.filter(decision__task=task).order_by()
    told = [
        (str(DisagreementCause.Cause(cause).label), n)
        for cause, n in causes.values_list("cause").annotate(n=Count("id"))
    ]
    return sorted(told, key=lambda pair: (-pair[1], pair[0]))
