"""How far the model's answer draws people's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ledger.models import Decision, Label, Task
from review.agreement import Estimate, difference_of_shares, share
from review.models import ReviewItem
from review.queries.agreement import UNSEEN, Answers, Integers


@dataclass(frozen=True, slots=True)
class Pull:
    """What people said without the model's answer in sight, beside what they said with it.

    n_blind: first answers given before the model's was shown; n_revealed: those kept or changed after it was.
    towards: of the revealed ones that differed from the model's, the share changed to the model's.
    away: of the revealed ones that were the model's, the share changed to another.
    blind, seen: share of first answers that are the model's, without and with it in sight; difference: seen − blind.
    """

    n_blind: int
    n_revealed: int
    towards: Estimate
    away: Estimate
    blind: Estimate
    seen: Estimate
    difference: Estimate


def pull_towards_model(task: Task, answers: Answers, labels: list[Label]) -> Pull:
    """Two queries.

    What the model said of a statement that was answered blind is what was shown afterwards; where nobody kept or
    changed the answer, what it says in the queue now.
    """
    place = {label.pk: number for number, label in enumerate(labels)}
    revised = Decision.objects.filter(
        task=task,
        kind=Decision.Kind.ANSWER,
        prediction_seen__isnull=False,
        replaces__kind=Decision.Kind.ANSWER,
        replaces__prediction_seen__isnull=True,
    ).order_by("id")
    rows = [
        (statement, place[before], place[after], place[model])
        for statement, before, after, model in revised.values_list(
            "statement_id", "replaces__label_id", "label_id", "prediction_seen__label_id"
        )
    ]
    statements, before, after, model = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    said = _said_by_model(task, place) | dict(zip(statements.tolist(), model.tolist(), strict=True))
    differed, same = before != model, before == model
    is_blind = answers.seen == UNSEEN
    shown = np.array([said.get(one, UNSEEN) for one in answers.statements.tolist()], dtype=np.int64)
    of_model = np.where(is_blind, shown, answers.seen)
    blind, seen = is_blind & (of_model != UNSEEN), ~is_blind
    agrees = answers.labels == of_model
    per_statement = _counter(answers.statements)
    n_blind, n_seen = per_statement(blind), per_statement(seen)
    agree_blind, agree_seen = per_statement(blind & agrees), per_statement(seen & agrees)
    per_revised = _counter(statements)
    return Pull(
        n_blind=int(is_blind.sum()),
        n_revealed=len(rows),
        towards=share(per_revised(differed & (after == model)), per_revised(differed)),
        away=share(per_revised(same & (after != model)), per_revised(same)),
        blind=share(agree_blind, n_blind),
        seen=share(agree_seen, n_seen),
        difference=difference_of_shares(agree_seen, n_seen, agree_blind, n_blind),
    )


def _said_by_model(task: Task, place: dict[int, int]) -> dict[int, int]:
    """The label that stands in the queue for each statement somebody answered blind, by the statement's id."""
    blind = Decision.objects.filter(
        task=task, kind=Decision.Kind.ANSWER, replaces__isnull=True, prediction_seen__isnull=True
    ).order_by()
    items = ReviewItem.objects.filter(task=task, statement__in=blind.values("statement"))
    return {
        statement: place[label]
        for statement, label in items.order_by().values_list("statement_id", "prediction__label_id")
    }


def _counter(statements: Integers) -> Callable[[npt.NDArray[np.bool_]], Integers]:
    """Counts chosen rows by statement, the statements always in the same order."""
    _, place = np.unique(statements, return_inverse=True)
    n = int(place.max()) + 1 if len(place) else 0
    return lambda chosen: np.bincount(place[chosen], minlength=n)
