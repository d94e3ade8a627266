"""Turn the current model's flags into review items."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Value

from ledger.flagging import Thresholds, doubt_of
from ledger.models import Decision, Flag, FlagRule, GoldLabel, Label, ModelVersion, Prediction, Run, Task
from ledger.queries import current_model, own_thresholds, trainable_labels
from review.models import ReviewItem
from review.priorities import Candidate, Seen, by_weight, in_queue_order, needs_second_opinion, priority_at

BATCH = 1_000
DOUBT = FlagRule.Rule.LOW_CONFIDENCE.value
BLIND = "What people confirmed here is disputed by this model. Give your own reading; theirs is shown after it."
"""The flag itself names what a colleague answered, and a second opinion is given without knowing it."""
ASKED_DESPITE_GOLD = frozenset({"audit", "suspect_gold"})


class NoCurrentModel(Exception):
    """No model of this task has been promoted, so there are no flags to build a queue from. Promote one first."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a queue building did, in items."""

    n_items: int
    n_added: int
    n_removed: int
    n_reopened: int


def build_queue(*, run: Run, now: datetime, report: Callable[[int, int], None] = lambda done, total: None) -> Built:
    """Put every flagged, unanswered statement in its place; running it again changes nothing.

    What is doubtful is judged by the thresholds as they are now, whatever they were when the model read the statement.
    Items somebody holds, has answered or asked for keep their place and stay, but what people confirmed and this model
    disputes is opened for a second opinion, once per model version. `report` is told after each batch how
    many of how many items are written. Memory: about 200 bytes a flagged statement. Raises NoCurrentModel.
    """
    model = current_model(run.task)
    if model is None:
        raise NoCurrentModel(NoCurrentModel.__doc__)
    busy = set(
        ReviewItem.objects.filter(task=run.task)
        .filter(~Q(state=ReviewItem.State.OPEN) | Q(lease_until__gt=now) | Q(build__isnull=True))
        .values_list("statement_id", flat=True)
        .iterator()
    )
    disputed = _disputed(run.task, model)
    busy -= disputed
    before = ReviewItem.objects.filter(task=run.task).count()
    thresholds = _thresholds(run.task)
    free = [one for one in _candidates(run, model, thresholds) if one.statement not in busy]
    ordered = list(in_queue_order(free, _answered(run)))
    place = n_reopened = 0
    remaining: Iterator[Candidate] = iter(ordered)
    while batch := list(islice(remaining, BATCH)):
        n_reopened += _write(run, model, thresholds, batch, place, disputed)
        place += len(batch)
        report(place, len(ordered))
    n_after = ReviewItem.objects.filter(task=run.task).count()
    stale = ReviewItem.objects.filter(task=run.task, state=ReviewItem.State.OPEN, build__isnull=False).exclude(
        build=run
    )
    n_removed = stale.exclude(lease_until__gt=now).delete()[1].get(ReviewItem._meta.label, 0)
    return Built(n_items=n_after - n_removed, n_added=n_after - before, n_removed=n_removed, n_reopened=n_reopened)


def _disputed(task: Task, model: ModelVersion) -> set[int]:
    """Statements of settled items whose gold people made and this model disputes, and has not been asked about.

    Four queries. What somebody has answered beside this model's answer stays settled: once per model version.
    """
    suspect = Flag.objects.filter(prediction__model_version=model, rule__rule=FlagRule.Rule.SUSPECT_GOLD)
    says = dict(suspect.values_list("prediction__statement", "prediction__label").iterator())
    settled = set(
        ReviewItem.objects.filter(task=task, state=ReviewItem.State.SETTLED, statement__any_of=list(says))
        .exclude(prediction__model_version=model)
        .values_list("statement", flat=True)
    )
    beside = Decision.objects.filter(task=task, statement__any_of=list(settled), prediction_seen__model_version=model)
    settled -= set(beside.values_list("statement", flat=True))
    confirmed = GoldLabel.objects.current().filter(task=task, statement__any_of=list(settled))
    rows = confirmed.exclude(source=GoldLabel.Source.SEED).values_list("statement", "label")
    return {statement for statement, label in rows if says[statement] != label}


def _answered(run: Run) -> Seen:
    items = ReviewItem.objects.filter(task=run.task).exclude(state=ReviewItem.State.OPEN).order_by()
    sentences = Counter(map(hash, items.values_list("statement__text", flat=True).iterator()))
    return Seen(dict(items.values_list("statement__pattern").annotate(Count("id"))), sentences)


def _thresholds(task: Task) -> Thresholds:
    """Those that decide what is doubtful; the other flags stay as they were raised."""
    return Thresholds(
        doubt=task.doubt_threshold,
        sure=task.pseudo_label_threshold,
        audit_share=task.audit_share,
        atc_tables=(),
        doubt_by_label=own_thresholds(task),
    )


def _candidates(run: Run, model: ModelVersion, thresholds: Thresholds) -> Iterator[Candidate]:
    """Flagged or doubtful statements of this model in id order, without those whose gold needs no second look."""
    gold = GoldLabel.objects.current().filter(task=run.task)
    facts = ("statement__pattern_id", "statement__text", "label_id", "confidence")
    flags = (
        Flag.objects.filter(prediction__model_version=model)
        .exclude(rule__rule=DOUBT)
        .annotate(has_gold=Exists(gold.filter(statement=OuterRef("prediction__statement"))))
        .order_by("prediction__statement_id", "id")
        .values_list("prediction__statement_id", *(f"prediction__{name}" for name in facts), "has_gold", "rule__rule")
    )
    own = thresholds.doubt_by_label
    is_doubtful = Q(confidence__lt=thresholds.doubt) & ~Q(label__in=list(own))
    for label_id, below in own.items():
        is_doubtful |= Q(confidence__lt=below, label=label_id)
    doubtful = (
        Prediction.objects.filter(is_doubtful, model_version=model)
        .annotate(has_gold=Exists(gold.filter(statement=OuterRef("statement"))))
        .order_by("statement_id")
        .values_list("statement_id", *facts, "has_gold", Value(DOUBT))
    )
    n_classes = len(trainable_labels(run.task))
    together = heapq.merge(flags.iterator(chunk_size=BATCH), doubtful.iterator(chunk_size=BATCH), key=itemgetter(0))
    for (statement, pattern, text, label, confidence, has_gold), rows in groupby(
        together, key=itemgetter(0, 1, 2, 3, 4, 5)
    ):
        reasons = tuple(by_weight(row[6] for row in rows))
        if has_gold and not ASKED_DESPITE_GOLD & set(reasons):
            continue
        yield Candidate(statement, pattern, hash(text), label, reasons, confidence, n_classes)


@transaction.atomic
def _write(
    run: Run,
    model: ModelVersion,
    thresholds: Thresholds,
    batch: list[Candidate],
    first_place: int,
    disputed: set[int],
) -> int:
    """Put a batch in its place; returns how many settled items were opened again."""
    asked = Prediction.objects.filter(model_version=model, statement__in=[one.statement for one in batch])
    predictions: dict[int, int] = dict(asked.values_list("statement_id", "id"))
    flags = (
        Flag.objects.filter(prediction__in=predictions.values())
        .exclude(rule__rule=DOUBT)
        .order_by("id")
        .values_list("prediction__statement_id", "rule__rule", "explanation", "atc_rule_id")
    )
    titles = dict(Label.objects.filter(task=run.task).values_list("id", "title"))
    reasons: dict[int, list[dict[str, object]]] = defaultdict(list)
    for statement, rule, told, atc_rule in flags:
        explanation = BLIND if statement in disputed and rule == FlagRule.Rule.SUSPECT_GOLD else told
        reasons[statement].append({"rule": rule, "explanation": explanation, "atc_rule": atc_rule})
    for one in batch:
        if why := doubt_of(one.label, one.confidence, thresholds, titles):
            reasons[one.statement].append({"rule": DOUBT, "explanation": why, "atc_rule": None})
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                task=run.task,
                statement_id=one.statement,
                prediction_id=predictions[one.statement],
                build=run,
                priority=priority_at(first_place + offset),
                main_reason="audit" if "audit" in one.reasons else one.reasons[0],
                reasons=sorted(reasons[one.statement], key=lambda reason: one.reasons.index(str(reason["rule"]))),
                reviews_needed=2 if needs_second_opinion(one.statement, run.task.second_opinion_share) else 1,
            )
            for offset, one in enumerate(batch)
        ],
        # Somebody may have taken or answered the item since: their lease and its state are left as they are.
        update_conflicts=True,
        unique_fields=["task", "statement"],
        update_fields=["prediction", "build", "priority", "main_reason", "reasons"],
    )
    return _open_again(run.task, [one.statement for one in batch if one.statement in disputed])


def _open_again(task: Task, statements: list[int]) -> int:
    """Ask another person about settled items; those that nobody answered by itself are open as at first."""
    if not statements:
        return 0
    settled = ReviewItem.objects.filter(task=task, state=ReviewItem.State.SETTLED, statement__any_of=statements)
    answers = Decision.objects.standing().filter(task=task, statement=OuterRef("statement"))
    nobody = settled.exclude(Exists(answers)).update(state=ReviewItem.State.OPEN, assigned_to=None)
    return nobody + settled.update(state=ReviewItem.State.AWAITING_SECOND, reviews_needed=2, assigned_to=None)
