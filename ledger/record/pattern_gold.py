"""Insert the gold labels that decisions about patterns make and take back, thousands at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import connection

from ledger.chain import also, append_digest, canonical, pattern_evidence, values_digest
from ledger.models import ChainLink, GoldLabel, PatternDecision
from ledger.queries import rounds_opened
from ledger.record.bulk import insert_many, reserved_ids

BATCH = 5_000  # labels a link of the chain
GOLD_COLUMNS = {
    "id": "int8", "task_id": "int8", "statement_id": "int8", "label_id": "int4", "source": "varchar",
    "origin": "varchar", "further": "jsonb", "round_number": "int4", "replaces_id": "int8",
    "confirmed_at": "timestamptz",
}  # fmt: skip
EVIDENCE_COLUMNS = {"gold_id": "int8", "decision_id": "int8"}


class Confirmed(NamedTuple):
    """What is to stand of a statement from now on, and the gold label it replaces.

    further: for a seed label, the other labels that the corpus gives the pair
    """

    statement_id: int
    label_id: int | None
    source: str
    origin: str
    replaces_id: int | None
    further: list[str] | None = None


def give_gold(*, decision: PatternDecision, statement_ids: Sequence[int], now: datetime) -> None:
    """Confirm the decision's label for these statements, replacing imported ones.

    The caller holds the transaction and the chain's lock.
    """
    round_number = rounds_opened(decision.task)
    for batch in _batches(statement_ids):
        newest = dict(
            GoldLabel.objects.filter(
                task=decision.task, statement_id__any_of=batch, replaced_by__isnull=True
            ).values_list("statement_id", "id")
        )
        source = GoldLabel.Source.PATTERN_REVIEW.value
        labels = [Confirmed(one, decision.label_id, source, "", newest.get(one)) for one in batch]
        _insert(labels, decision, round_number, now)


def take_back(*, decision: PatternDecision, gold_ids: Sequence[int], now: datetime) -> None:
    """Take back these labels with a row that ends the decision: an imported label holds again, otherwise nothing does.

    The caller holds the transaction and the chain's lock.
    """
    round_number = rounds_opened(decision.task)
    for batch in _batches(gold_ids):
        standing = list(
            GoldLabel.objects.filter(id__any_of=batch).order_by("statement_id").values_list("statement_id", "id")
        )
        seeds = GoldLabel.objects.filter(
            task=decision.task, statement_id__any_of=[one for one, _ in standing], source=GoldLabel.Source.SEED
        )
        imported = {seed.statement_id: seed for seed in seeds}
        labels = [_instead(one, gold_id, imported.get(one)) for one, gold_id in standing]
        _insert(labels, decision, round_number, now)


def _instead(statement_id: int, gold_id: int, seed: GoldLabel | None) -> Confirmed:
    """What stands once this gold label is taken back."""
    if seed is None:
        return Confirmed(statement_id, None, GoldLabel.Source.PATTERN_REVIEW.value, "", gold_id)
    return Confirmed(statement_id, seed.label_id, seed.source, seed.origin, gold_id, seed.further)


def _insert(labels: Sequence[Confirmed], decision: PatternDecision, round_number: int, now: datetime) -> None:
    ids = reserved_ids(GoldLabel._meta.db_table, len(labels))
    moment = connection.ops.adapt_datetimefield_value(now)
    insert_many(
        GoldLabel._meta.db_table,
        GOLD_COLUMNS,
        [
            (gold_id, decision.task_id, one.statement_id, one.label_id, one.source, one.origin, one.further,
             round_number, one.replaces_id, moment)
            for gold_id, one in zip(ids, labels, strict=True)
        ],
    )  # fmt: skip
    insert_many("ledger_patternevidence", EVIDENCE_COLUMNS, [(gold_id, decision.pk) for gold_id in ids])
    hashed_moment, about_pattern = canonical(now), [pattern_evidence(decision.pk)]
    digest = values_digest(
        (gold_id, decision.task_id, one.statement_id, one.label_id, one.source, one.origin, round_number,
         one.replaces_id, hashed_moment, [*about_pattern, *also(one.further)])
        for gold_id, one in zip(ids, labels, strict=True)
    )  # fmt: skip
    append_digest(ChainLink.Kind.GOLD, ids, digest, now=now)


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH)):
        yield batch
