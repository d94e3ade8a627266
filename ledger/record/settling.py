"""Where a statement stands between its first answer and gold, and the gold that standing answers make."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import Q

from ledger.models import Decision, GoldLabel, Statement, Task
from ledger.record.gold import add_gold, newest_gold, take_back_gold

Status = Literal["open", "awaiting_second", "disagreement", "settled"]


@dataclass(frozen=True, slots=True)
class Said:
    """What was ever said of one statement of a task, oldest first, read together under the chain's lock.

    `with_key` is the decision that an idempotency key was used for, whatever it is about.
    """

    task: Task
    statement: Statement
    decisions: tuple[Decision, ...]
    with_key: Decision | None = None

    @classmethod
    def read(cls, task: Task, statement: Statement, idempotency_key: uuid.UUID | None = None) -> Said:
        """One query."""
        here = Q(task=task, statement=statement)
        wanted = here | Q(idempotency_key=idempotency_key) if idempotency_key else here
        found = list(Decision.objects.filter(wanted).select_related("label").order_by("id"))
        ours = [one for one in found if (one.task_id, one.statement_id) == (task.pk, statement.pk)]
        for one in ours:
            one.task, one.statement = task, statement
        return cls(
            task, statement, tuple(ours), next((one for one in found if one.idempotency_key == idempotency_key), None)
        )

    def by(self, reviewer_id: int) -> list[Decision]:
        """Everything one person said, also what they took back."""
        return [one for one in self.decisions if one.reviewer_id == reviewer_id]

    def is_replaced(self, decision: Decision) -> bool:
        return any(one.replaces_id == decision.pk for one in self.decisions)

    @property
    def standing(self) -> list[Decision]:
        """The answers that hold now."""
        return [one for one in self.decisions if one.kind != Decision.Kind.WITHDRAWAL and not self.is_replaced(one)]

    def and_then(self, decision: Decision) -> Said:
        """The same with one more decision, which was just written."""
        return replace(self, decisions=(*self.decisions, decision))


def status_of(gold: GoldLabel | None, answers: Sequence[Decision]) -> Status:
    """An imported label settles only what nobody answered: people are asked just because a model disputes it."""
    if gold and gold.source != GoldLabel.Source.SEED:
        return "settled"
    if not answers:
        return "settled" if gold else "open"
    return "disagreement" if len({answer.label_id for answer in answers}) > 1 else "awaiting_second"


def holding(newest: GoldLabel | None) -> GoldLabel | None:
    """The gold label that holds, from the end of the chain: none where that takes one back."""
    return newest if newest and newest.label_id else None


def where_it_stands(said: Said) -> tuple[Status, GoldLabel | None]:
    """Where the statement stands between its first answer and gold (one query)."""
    gold = holding(newest_gold(said.task, said.statement))
    return status_of(gold, said.standing), gold


def settle_gold(said: Said, reviews_needed: int, now: datetime) -> tuple[Status, GoldLabel | None]:
    """Make gold when enough people gave the same answer, take it back when they differ; an adjudicator's holds.

    Returns where the statement stands then (one query where nothing is made, six where gold is). The caller holds the
    transaction and the chain's lock, and read `said` under it.
    """
    task, statement, answers = said.task, said.statement, said.standing
    newest = newest_gold(task, statement)
    standing = holding(newest)
    if standing and standing.source == GoldLabel.Source.ADJUDICATION:
        return status_of(standing, answers), standing
    labels = {answer.label_id: answer.label for answer in answers}
    if len(labels) > 1:
        if standing and standing.source != GoldLabel.Source.SEED:
            standing = holding(take_back_gold(standing=standing, decisions=answers, now=now))
    elif len(answers) >= reviews_needed:
        source = GoldLabel.Source.AGREEMENT if len(answers) > 1 else GoldLabel.Source.SINGLE_REVIEW
        (label,) = labels.values()
        standing = add_gold(
            task=task, statement=statement, label=label, source=source, replaces=newest, decisions=answers, now=now
        )
    return status_of(standing, answers), standing
