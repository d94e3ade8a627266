"""Make a model version the live one, and go back. Every move is one more row."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, lock_chain
from ledger.models import Approval, ChainLink, ModelVersion, Promotion, Proposal, Task
from ledger.queries import current_promotion


class NothingToRollBackTo(Exception):
    """No other model version was live before the current one."""


class AlreadyCurrent(Exception):
    """This model version is the live one already."""


class NeedsSecondPerson(Exception):
    """This task has the two-person rule: propose the move on the model's page, for another lead to approve."""


class RollBackHasMoved(Exception):
    """Rolling back would make another model live than the one that was proposed. Decline this and propose again."""


@transaction.atomic
def promote(*, model_version: ModelVersion, by: AbstractBaseUser | None, reason: str, now: datetime) -> Promotion:
    """Make a model version the current one of its task. Raises AlreadyCurrent or NeedsSecondPerson."""
    _refuse_alone(model_version.task)
    return _move(model_version, Promotion.Act.PROMOTE, by, reason, now)


@transaction.atomic
def roll_back(*, task: Task, by: AbstractBaseUser | None, reason: str, now: datetime) -> Promotion:
    """Make the model that was live before the current promotion live again.

    Rolling back twice goes two models back: rows that rolled back are not gone back to. Raises NothingToRollBackTo
    or NeedsSecondPerson.
    """
    lock_chain()
    _refuse_alone(task)
    target = roll_back_target(task)
    if target is None:
        raise NothingToRollBackTo(NothingToRollBackTo.__doc__)
    return _move(target, Promotion.Act.ROLL_BACK, by, reason, now)


def carry_out(*, approval: Approval, now: datetime) -> Promotion:
    """Do the move that two persons agreed on; its row names both. The caller holds the transaction and the lock.

    Raises AlreadyCurrent, or RollBackHasMoved when the models have changed since the proposal.
    """
    proposal = approval.proposal
    target = proposal.model_version
    act = Promotion.Act.PROMOTE if proposal.act == Proposal.Act.PROMOTE else Promotion.Act.ROLL_BACK
    if target is None or (act == Promotion.Act.ROLL_BACK and roll_back_target(proposal.task) != target):
        raise RollBackHasMoved(RollBackHasMoved.__doc__)
    reason = f"{proposal.reason} (proposal {proposal.pk}, approved by {approval.by.get_username()})"
    return _move(target, act, proposal.by, reason, now)


def _refuse_alone(task: Task) -> None:
    if Task.objects.filter(pk=task.pk, two_person_rule=True).exists():  # as it is now, not when the page was read
        raise NeedsSecondPerson(NeedsSecondPerson.__doc__)


def roll_back_target(task: Task) -> ModelVersion | None:
    """The model a roll-back would make live (one query)."""
    live: list[ModelVersion] = []
    for promotion in Promotion.objects.filter(task=task).select_related("model_version").order_by("id"):
        if promotion.act == Promotion.Act.ROLL_BACK:
            live.pop()
        else:
            live.append(promotion.model_version)
    return live[-2] if len(live) > 1 else None


def _move(
    model_version: ModelVersion, act: Promotion.Act, by: AbstractBaseUser | None, reason: str, now: datetime
) -> Promotion:
    lock_chain()
    task = model_version.task
    before = current_promotion(task)
    if before and before.model_version_id == model_version.pk:
        raise AlreadyCurrent(AlreadyCurrent.__doc__)
    promotion = Promotion.objects.create(
        task=task,
        model_version=model_version,
        act=act,
        replaces=before,
        by_id=by.pk if by else None,
        at=now,
        reason=reason,
    )
    append_link(ChainLink.Kind.PROMOTION, [promotion], now=now)
    return promotion
