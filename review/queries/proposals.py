"""What was proposed, and what a second person said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User

from ledger.chain import canonical
from ledger.models import Approval, Proposal, Task

ANSWERED = 50  # shown


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal nobody has answered, as one person may see it."""

    proposal: Proposal
    is_own: bool
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    """Everything that waits, the oldest first, and the newest fifty answers."""

    waiting: list[WaitingProposal]
    answered: list[Approval]
    ruled: list[Task]


def proposals_page(reader: User) -> ProposalsPage:
    """Three queries."""
    waiting = Proposal.objects.filter(approval__isnull=True).select_related("task", "model_version", "by")
    answered = Approval.objects.select_related("proposal__task", "proposal__model_version", "proposal__by", "by")
    return ProposalsPage(
        waiting=[WaitingProposal(one, one.by_id == reader.pk, details_of(one)) for one in waiting.order_by("id")],
        answered=list(answered.order_by("-id")[:ANSWERED]),
        ruled=list(Task.objects.filter(two_person_rule=True)),
    )


def details_of(proposal: Proposal) -> list[tuple[str, str]]:
    """What exactly an export is proposed to hold: its parameters that say something, by name."""
    return [(name, str(value)) for name, value in proposal.parameters.items() if value not in ("", None, [])]


def get_proposal(proposal_id: int) -> Proposal:
    """One query; raises Proposal.DoesNotExist."""
    return Proposal.objects.select_related("task", "model_version__task", "by").get(pk=proposal_id)


def approved_export(task: Task, parameters: Mapping[str, object]) -> Approval | None:
    """The newest approval that lets exactly this export be taken out; None when there is none (one query)."""
    approved = Approval.objects.filter(
        proposal__task=task, proposal__act=Proposal.Act.EXPORT, approves=True
    ).select_related("proposal__by", "by")
    wanted = canonical(dict(parameters))
    return next((one for one in approved.order_by("-id") if canonical(one.proposal.parameters) == wanted), None)
