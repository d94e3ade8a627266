"""Which statements one decision about a pattern would speak for, and which stay individual and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, FilteredRelation, OuterRef, Q

from ledger.atc import Expectation
from ledger.expectations import Expectations
from ledger.flagging import in_audit
from ledger.models import Decision, Flag, FlagRule, GoldLabel, ModelVersion, Pattern, Statement, Task
from ledger.models.append_only import AppendOnlyQuerySet
from ledger.queries import statements_of

MOST = 50_000  # statements one decision speaks for; what is left can be decided again

UNREAD, FLAGGED, AUDIT, ATC = "unread", "flagged", "audit", "atc"


class Reading(NamedTuple):
    """A statement of a pattern that nobody judged yet: what the live model says of it and what its drugs' classes do.

    `apart` says why it stays individual whatever is decided, empty where it need not.
    """

    statement_id: int
    head: int | None
    tail: int | None
    prediction_id: int | None
    label_id: int | None
    confidence: float | None
    expectation: Expectation | None
    apart: str

    def apart_from(self, label_id: int) -> str:
        """Why the statement stays individual when the pattern is decided to be this label; empty where it is not."""
        if self.apart:
            return self.apart
        expected = self.expectation.label_id if self.expectation else None
        return ATC if expected is not None and expected != label_id else ""


@dataclass(frozen=True, slots=True)
class Window:
    """The statements of a pattern that nobody judged yet, by id, at most `MOST`; `more` when there are others."""

    readings: list[Reading]
    expectations: Expectations
    more: bool

    def covered(self, label_id: int) -> list[Reading]:
        """Those a decision for this label would speak for."""
        return [one for one in self.readings if not one.apart_from(label_id)]


def statements_with(task: Task, pattern: Pattern) -> AppendOnlyQuerySet[Statement]:
    """The task's statements in this wording."""
    return statements_of(task).filter(pattern=pattern)


def unjudged(task: Task, statements: AppendOnlyQuerySet[Statement]) -> AppendOnlyQuerySet[Statement]:
    """Those without an answer that holds and without gold but what was imported."""
    gold = GoldLabel.objects.current().filter(task=task, statement=OuterRef("pk")).exclude(source=GoldLabel.Source.SEED)
    answers = Decision.objects.standing().filter(task=task, statement=OuterRef("pk"))
    return statements.exclude(Exists(gold)).exclude(Exists(answers))


def window(
    task: Task, pattern: Pattern, model: ModelVersion, *, apart: Mapping[int, str] | None = None, most: int = MOST
) -> Window:
    """What a decision about the pattern would have to do with (five queries; 20,000 statements cost half a second).

    apart: statements that stay individual for reasons of the caller's, by statement id.
    """
    others = apart or {}
    expectations = Expectations(task)
    rows = list(
        unjudged(task, statements_with(task, pattern))
        .annotate(read=FilteredRelation("predictions", condition=Q(predictions__model_version=model)))
        .order_by("id")
        .values_list("id", "head_drug_id", "tail_drug_id", "read__id", "read__label_id", "read__confidence")[: most + 1]
    )
    flags = _flagged([row[3] for row in rows if row[3] is not None])
    readings = [
        Reading(
            *row,
            expectations.of(row[1], row[2]),
            others.get(row[0]) or _apart(row[0], row[3], flags, task.audit_share),
        )
        for row in rows[:most]
    ]
    return Window(readings, expectations, more=len(rows) > most)


def _flagged(prediction_ids: list[int]) -> dict[int, str]:
    """Why predictions keep their statements individual: the audit before any other flag, doubt alone is no reason."""
    flags = (
        Flag.objects.filter(prediction_id__any_of=prediction_ids)
        .exclude(rule__rule=FlagRule.Rule.LOW_CONFIDENCE)
        .values_list("prediction_id", "rule__rule")
    )
    found: dict[int, str] = {}
    for prediction_id, rule in flags:
        if rule == FlagRule.Rule.AUDIT or prediction_id not in found:
            found[prediction_id] = AUDIT if rule == FlagRule.Rule.AUDIT else FLAGGED
    return found


def _apart(statement_id: int, prediction_id: int | None, flags: Mapping[int, str], audit_share: float) -> str:
    if prediction_id is None:
        return UNREAD
    return AUDIT if in_audit(statement_id, audit_share) else flags.get(prediction_id, "")
