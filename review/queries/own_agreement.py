"""How one person's answers fared beside other people's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from ledger.models import Decision
from review.agreement import Estimate, share


@dataclass(frozen=True, slots=True)
class OwnAgreement:
    """Of first answers another pharmacist gave too, the share that were the same; and of those that were adjudicated,
    the share that the adjudicator gave, too."""

    others: Estimate
    adjudicated: Estimate


def own_agreement(person: User) -> OwnAgreement:
    """Three queries, over all tasks."""
    first = Decision.objects.filter(kind=Decision.Kind.ANSWER, replaces__isnull=True)
    mine = first.filter(reviewer=person)
    own: dict[tuple[int, int], int | None] = {
        (task, statement): label for task, statement, label in mine.values_list("task_id", "statement_id", "label_id")
    }
    beside = first.filter(statement__in=mine.order_by().values("statement")).exclude(reviewer=person)
    settled = Decision.objects.standing().filter(
        kind=Decision.Kind.ADJUDICATION, statement__in=mine.order_by().values("statement")
    )
    return OwnAgreement(
        others=_met(own, beside.values_list("task_id", "statement_id", "label_id")),
        adjudicated=_met(own, settled.exclude(reviewer=person).values_list("task_id", "statement_id", "label_id")),
    )


def _met(own: dict[tuple[int, int], int | None], others: Iterable[tuple[int, int, int | None]]) -> Estimate:
    """Over statements: of other people's answers, how many were one's own."""
    given: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for task, statement, label in others:
        if (task, statement) in own:
            given[task, statement].append(label == own[task, statement])
    met = np.array([sum(same) for same in given.values()], dtype=np.int64)
    return share(met, np.array([len(same) for same in given.values()], dtype=np.int64))
