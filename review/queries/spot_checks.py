"""How far a decided pattern was checked by others."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from ledger.models import Decision, Pattern, SpotCheck, Task


@dataclass(frozen=True, slots=True)
class SpotChecks:
    """Statements drawn of a pattern's decisions in force, and those of them that somebody else has answered."""

    n_drawn: int
    n_answered: int
    is_decider: bool

    @property
    def n_waiting(self) -> int:
        return self.n_drawn - self.n_answered


def spot_checks_of(task: Task, pattern: Pattern, reader: User) -> SpotChecks:
    """One query. `is_decider`: this person made one of the decisions, so the checks are for others."""
    answered = (
        Decision.objects.standing()
        .filter(task=task, statement=OuterRef("statement"))
        .exclude(reviewer=OuterRef("decision__reviewer"))
    )
    rows = list(
        SpotCheck.objects.in_force()
        .filter(decision__task=task, decision__pattern=pattern)
        .annotate(is_answered=Exists(answered))
        .values_list("is_answered", "decision__reviewer")
    )
    return SpotChecks(
        n_drawn=len(rows),
        n_answered=sum(is_answered for is_answered, _ in rows),
        is_decider=any(reviewer == reader.pk for _, reviewer in rows),
    )
