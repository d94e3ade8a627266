"""What decisions about patterns do to the items of their statements. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from ledger.models import Pattern, PatternDecision, PatternEvidence, SpotCheck, Task
from review.models import ReviewItem
from review.priorities import priority_when_asked_for
from review.queries.individual import HELD, individual

EXPLANATION = "A colleague decided all statements of this wording together. Read this one by itself."
KEPT = ("build_id", "priority", "main_reason", "reviews_needed")  # what an item was before it became a spot check


def take_items(task: Task, pattern: Pattern, now: datetime) -> tuple[dict[int, int], dict[int, str]]:
    """Lock the pattern's waiting items: ids by statement of those that may be settled, and why the others may not."""
    why = individual(task, pattern, now)
    waiting = ReviewItem.objects.filter(task=task, state__in=ReviewItem.WAITING, statement__pattern=pattern)
    # An item somebody is answering right now is passed over rather than waited for: they wait for the chain we hold.
    rows = waiting.select_for_update(skip_locked=True, of=("self",)).only("id", "statement_id")
    locked = {item.statement_id: item.pk for item in rows}
    for statement_id in waiting.values_list("statement", flat=True):
        if statement_id not in locked:
            why.setdefault(statement_id, HELD)
    return {one: item for one, item in locked.items() if one not in why}, why


def settle(items: Sequence[int]) -> None:
    """Nobody need answer these items any more."""
    ReviewItem.objects.filter(pk__any_of=items).update(state=ReviewItem.State.SETTLED, lease_by=None, lease_until=None)


def put_spot_checks(decision: PatternDecision, read: Mapping[int, int]) -> None:
    """Put the drawn statements, with the predictions that read them, at the front of everybody else's queue."""
    known = {
        item.statement_id: item for item in ReviewItem.objects.filter(task=decision.task, statement__any_of=list(read))
    }
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                task=decision.task,
                statement_id=statement_id,
                prediction_id=read[statement_id],
                build=None,
                priority=priority_when_asked_for(place),
                main_reason=ReviewItem.Reason.SPOT_CHECK,
                reasons=[_reason(known.get(statement_id)), *_other_reasons(known.get(statement_id))],
                state=ReviewItem.State.OPEN,
                reviews_needed=1,
            )
            for place, statement_id in enumerate(sorted(read))
        ],
        update_conflicts=True,
        unique_fields=["task", "statement"],
        update_fields=["prediction", "build", "priority", "main_reason", "reasons", "state", "reviews_needed"],
    )


def _reason(before: ReviewItem | None) -> dict[str, object]:
    kept = {name: getattr(before, name) for name in KEPT} if before else None
    return {"rule": ReviewItem.Reason.SPOT_CHECK.value, "explanation": EXPLANATION, "atc_rule": None, "before": kept}


def _other_reasons(before: ReviewItem | None) -> list[dict[str, object]]:
    return [one for one in before.reasons if one["rule"] != ReviewItem.Reason.SPOT_CHECK] if before else []


def open_again(ended: PatternDecision, now: datetime) -> None:
    """Bring back the items of the statements whose gold was taken back, and drop the checks nobody answered."""
    _drop_spot_checks(ended, now)
    taken_back = PatternEvidence.objects.filter(decision=ended).values("gold__statement")
    ReviewItem.objects.filter(task=ended.task_id, state=ReviewItem.State.SETTLED, statement__in=taken_back).update(
        state=ReviewItem.State.OPEN
    )


def _drop_spot_checks(ended: PatternDecision, now: datetime) -> None:
    """Unanswered checks become what they were before, or leave the queue; one that somebody has open stays."""
    drawn = SpotCheck.objects.filter(decision__task=ended.task_id, decision__pattern=ended.pattern_id)
    unanswered = (
        ReviewItem.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            task=ended.task_id,
            main_reason=ReviewItem.Reason.SPOT_CHECK,
            state=ReviewItem.State.OPEN,
            statement__in=drawn.values("statement"),
        )
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    )
    changed, gone = [], []
    for item in unanswered:
        before = next((one["before"] for one in item.reasons if one.get("before")), None)
        if before is None:
            gone.append(item.pk)
            continue
        for name in KEPT:
            setattr(item, name, before[name])
        item.reasons = _other_reasons(item)
        changed.append(item)
    ReviewItem.objects.filter(pk__any_of=gone).delete()
    ReviewItem.objects.bulk_update(changed, [*(name.removesuffix("_id") for name in KEPT), "reasons"], batch_size=200)
