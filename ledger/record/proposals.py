"""Insert proposals and what a second person said of them. An approved promotion or roll-back happens with its approval.

Where a task has the two-person rule, nobody moves its live model, takes its gold labels out or ends the rule alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, canonical, lock_chain
from ledger.models import Approval, ChainLink, ModelVersion, Proposal, Task
from ledger.record.promotions import carry_out


class NoReasonGiven(Exception):
    """A proposal needs a reason: the person who approves it reads nothing else. Write a sentence."""


class ProposedByAnother(Exception):
    """Somebody else has proposed the same and waits for an answer. Approve or decline theirs."""


class OwnProposal(Exception):
    """Nobody approves their own proposal; the two-person rule wants another lead's answer."""


class AlreadyAnswered(Exception):
    """This proposal was approved or declined before. Make a new one."""


@transaction.atomic
def propose(
    *,
    task: Task,
    act: Proposal.Act,
    by: AbstractBaseUser,
    reason: str,
    now: datetime,
    model_version: ModelVersion | None = None,
    parameters: Mapping[str, object] | None = None,
) -> Proposal:
    """Write a proposal; the same person's same proposal, while it waits, gives the first one's row.

    parameters: what exactly is proposed, as JSON; of an export its form, filters and moment.
    Raises NoReasonGiven or ProposedByAnother, with nothing written.
    """
    why = reason.strip()
    if not why:
        raise NoReasonGiven(NoReasonGiven.__doc__)
    lock_chain()
    asked = dict(parameters or {})
    if waiting := _same_waiting(task, act, model_version, asked):
        if waiting.by_id != by.pk:
            raise ProposedByAnother(ProposedByAnother.__doc__)
        return waiting
    proposal = Proposal.objects.create(
        task=task, act=act, model_version=model_version, parameters=asked, reason=why, by_id=by.pk, at=now
    )
    append_link(ChainLink.Kind.PROPOSAL, [proposal], now=now)
    return proposal


def _same_waiting(
    task: Task, act: Proposal.Act, model_version: ModelVersion | None, parameters: dict[str, object]
) -> Proposal | None:
    waiting = Proposal.objects.filter(task=task, act=act, model_version=model_version, approval__isnull=True)
    return next((one for one in waiting if canonical(one.parameters) == canonical(parameters)), None)


@transaction.atomic
def answer_proposal(
    *, proposal: Proposal, by: AbstractBaseUser, approves: bool, reason: str, now: datetime
) -> Approval:
    """Write a second person's answer and, when they approve, do what was proposed. The same answer again does nothing.

    Raises OwnProposal or AlreadyAnswered, and what the act itself raises (AlreadyCurrent, RollBackHasMoved), with
    nothing written.
    """
    lock_chain()
    if given := Approval.objects.filter(proposal=proposal).first():
        if (given.by_id, given.approves) == (by.pk, approves):
            return given
        raise AlreadyAnswered(AlreadyAnswered.__doc__)
    if proposal.by_id == by.pk:
        raise OwnProposal(OwnProposal.__doc__)
    approval = Approval.objects.create(proposal=proposal, by_id=by.pk, approves=approves, reason=reason.strip(), at=now)
    append_link(ChainLink.Kind.APPROVAL, [approval], now=now)
    if approves and proposal.act == Proposal.Act.LIFT:
        Task.objects.filter(pk=proposal.task_id).update(two_person_rule=False)
    elif approves and proposal.model_version_id is not None:
        carry_out(approval=approval, now=now)
    return approval
