"""Join trained versions to one that averages what they say, as a model version with its members on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count

from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, EnsembleMember, ModelVersion, Run, Task
from ledger.record.models import add_model_version
from ledger.record.runs import save_run

ENSEMBLE = "ensemble"  # the architecture of a version whose members are versions


class NotJoinable(Exception):
    """These models cannot answer together."""


def check_joinable(members: Sequence[ModelVersion]) -> None:
    """Nothing, when these versions may become an ensemble; otherwise NotJoinable, which says why (one query)."""
    if len({one.pk for one in members}) < 2 or len(members) != len({one.pk for one in members}):
        raise NotJoinable("An ensemble needs at least two models, each once: choose others.")
    first, *others = members
    for one in members:
        if one.architecture == ENSEMBLE:
            raise NotJoinable(f"Model {one.number} is itself an ensemble: choose its members in its place.")
    for one in others:
        if one.task_id != first.task_id:
            raise NotJoinable(
                f"Models {first.number} and {one.number} are of two tasks, {first.task.slug} and {one.task.slug}: "
                "choose models of one task."
            )
        if one.labels != first.labels:
            raise NotJoinable(
                f"Models {first.number} and {one.number} have learnt other labels: choose models that have learnt the "
                "same."
            )
    if existing := ensemble_of(members):
        raise NotJoinable(f"These models answer together already: as model {existing.number}.")


def ensemble_of(members: Sequence[ModelVersion]) -> ModelVersion | None:
    """The version that joins exactly these, if there is one (one query)."""
    joined = ModelVersion.objects.filter(architecture=ENSEMBLE).annotate(n_members=Count("members"))
    joined = joined.filter(n_members=len(members))
    for one in members:
        joined = joined.filter(pk__in=EnsembleMember.objects.filter(member=one).values("ensemble"))
    return joined.order_by("id").first()


def members_of(version: ModelVersion) -> list[ModelVersion]:
    """The versions that an ensemble averages, in the order of its manifest; none of any other version (one query)."""
    memberships = version.members.select_related("member__task", "member__training_set").order_by("position")
    return [one.member for one in memberships]


def open_joining(
    *,
    task: Task,
    members: Sequence[ModelVersion],
    by: AbstractBaseUser | None,
    now: datetime,
    wake: bool = True,
) -> Run:
    """Open a run that joins these versions and tests what comes of it. Raises NotJoinable or AlreadyActive."""
    check_joinable(members)
    run = Run(
        kind=Run.Kind.ENSEMBLE,
        task=task,
        parameters={"members": sorted(one.pk for one in members)},
        requested_by_id=by.pk if by else None,
        created_at=now,
    )
    return save_run(run, wake=wake)


@transaction.atomic
def add_ensemble(*, members: Sequence[ModelVersion], now: datetime, **facts: Any) -> ModelVersion:
    """Register an ensemble of these versions, in this order, under the task's next number.

    It is tested on what its newest member was; `facts` are the columns that no member decides. Raises NotJoinable.
    """
    lock_chain()
    check_joinable(members)
    newest = max((one.training_set for one in members), key=lambda training_set: training_set.pk)
    version = add_model_version(
        training_set=newest, now=now, architecture=ENSEMBLE, labels=members[0].labels, files={}, config={}, **facts
    )
    rows = [EnsembleMember(ensemble=version, member=one, position=place) for place, one in enumerate(members)]
    append_link(ChainLink.Kind.MEMBER, EnsembleMember.objects.bulk_create(rows), now=now)
    return version
