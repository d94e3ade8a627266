"""Do a thing at once, or propose it where the task wants a second person's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.contrib.auth.models import User

from ledger.models import ModelVersion, Promotion, Proposal, Task
from ledger.queries import current_model
from ledger.record import promotions
from ledger.record.promotions import AlreadyCurrent, NothingToRollBackTo
from ledger.record.proposals import propose

T = TypeVar("T")


def propose_or_do(
    *,
    do: Callable[[], T],
    task: Task,
    act: Proposal.Act,
    by: User,
    reason: str,
    now: datetime,
    model_version: ModelVersion | None = None,
    parameters: Mapping[str, object] | None = None,
) -> T | Proposal:
    """What `do` gives; with the two-person rule on, the proposal that another lead has to approve instead.

    Raises what `do` raises, or ledger's NoReasonGiven and ProposedByAnother.
    """
    # Read now: the rule may have been switched on since the page was opened. The ledger refuses what slips between.
    if not Task.objects.filter(pk=task.pk, two_person_rule=True).exists():
        return do()
    return propose(
        task=task, act=act, by=by, reason=reason, now=now, model_version=model_version, parameters=parameters
    )


def promote_or_propose(*, model_version: ModelVersion, by: User, reason: str, now: datetime) -> Promotion | Proposal:
    """Make the model live, or propose it. Raises AlreadyCurrent and what `propose_or_do` raises."""
    if current_model(model_version.task) == model_version:
        raise AlreadyCurrent(AlreadyCurrent.__doc__)
    return propose_or_do(
        do=lambda: promotions.promote(model_version=model_version, by=by, reason=reason, now=now),
        task=model_version.task,
        act=Proposal.Act.PROMOTE,
        model_version=model_version,
        by=by,
        reason=reason,
        now=now,
    )


def roll_back_or_propose(*, task: Task, by: User, reason: str, now: datetime) -> Promotion | Proposal:
    """Go back to the model before, or propose it. Raises NothingToRollBackTo and what `propose_or_do` raises."""
    target = promotions.roll_back_target(task)
    if target is None:
        raise NothingToRollBackTo(NothingToRollBackTo.__doc__)
    return propose_or_do(
        do=lambda: promotions.roll_back(task=task, by=by, reason=reason, now=now),
        task=task,
        act=Proposal.Act.ROLL_BACK,
        model_version=target,
        by=by,
        reason=reason,
        now=now,
    )
