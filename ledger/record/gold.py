"""Insert gold labels. Only people make gold: every row rests on decisions, or on labels a person imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction

from ledger.chain import COVERED, also, append_digest, append_link, canonical, lock_chain, values_digest
from ledger.models import ChainLink, Decision, GoldEvidence, GoldLabel, Label, Statement, Task
from ledger.queries import rounds_opened

SEED_BATCH = 5_000  # labels a transaction


def newest_gold(task: Task, statement: Statement) -> GoldLabel | None:
    """The end of the statement's chain of gold labels, also when it takes one back (one query)."""
    return GoldLabel.objects.filter(task=task, statement=statement, replaced_by__isnull=True).first()


def add_gold(
    *,
    task: Task,
    statement: Statement,
    label: Label | None,
    source: str,
    replaces: GoldLabel | None,
    decisions: Sequence[Decision],
    now: datetime,
    origin: str = "",
    further: list[str] | None = None,
) -> GoldLabel:
    """Confirm an answer, replacing the end of the statement's chain of gold labels (five queries).

    The caller holds the transaction and the chain's lock.
    """
    gold = GoldLabel.objects.create(
        task=task,
        statement=statement,
        label=label,
        source=source,
        origin=origin,
        further=further,
        round_number=rounds_opened(task),
        replaces=replaces,
        confirmed_at=now,
    )
    GoldEvidence.objects.bulk_create([GoldEvidence(gold=gold, decision=decision) for decision in decisions])
    append_digest(ChainLink.Kind.GOLD, [gold.pk], _digest(gold, decisions), now=now)
    return gold


def _digest(gold: GoldLabel, decisions: Sequence[Decision]) -> str:
    """`rows_digest` of a gold label just inserted, without reading back what it rests on."""
    evidence = [*sorted(decision.pk for decision in decisions), *also(gold.further)]
    return values_digest(
        [
            [
                evidence if name == "evidence_ids" else canonical(getattr(gold, name))
                for name in COVERED[ChainLink.Kind.GOLD][1]
            ]
        ]
    )


def take_back_gold(*, standing: GoldLabel, decisions: Sequence[Decision], now: datetime) -> GoldLabel:
    """Take back what people had confirmed: an imported label that it replaced holds again, otherwise nothing does.

    The caller holds the transaction and the chain's lock.
    """
    task, statement = standing.task, standing.statement
    seed = GoldLabel.objects.filter(task=task, statement=statement, source=GoldLabel.Source.SEED).first()
    return add_gold(
        task=task,
        statement=statement,
        label=seed.label if seed else None,
        source=seed.source if seed else standing.source,
        origin=seed.origin if seed else "",
        further=seed.further if seed else None,
        replaces=standing,
        decisions=decisions,
        now=now,
    )


def add_seed_labels(
    *,
    task: Task,
    rows: Iterable[tuple[int, int, str]],
    now: datetime,
    further: Mapping[int, list[str]] | None = None,
) -> int:
    """Make gold of imported labels, given as (statement id, label id, origin); returns how many were new.

    further: slugs of the other labels that a corpus gives the same statement, by its id

    A statement that ever had a gold label keeps it: an import does not overrule a person, nor revive what a person
    took back. Batches of 5,000 are one transaction and one link each.
    """
    n_added = 0
    remaining = iter(rows)
    while batch := list(islice(remaining, SEED_BATCH)):
        with transaction.atomic():
            lock_chain()
            round_number = rounds_opened(task)
            statement_ids = {statement_id for statement_id, _, _ in batch}
            taken = set(
                GoldLabel.objects.filter(task=task, statement_id__any_of=statement_ids).values_list(
                    "statement_id", flat=True
                )
            )
            fresh: dict[int, GoldLabel] = {}
            for statement_id, label_id, origin in batch:
                if statement_id not in taken and statement_id not in fresh:
                    fresh[statement_id] = GoldLabel(
                        task=task,
                        statement_id=statement_id,
                        label_id=label_id,
                        source=GoldLabel.Source.SEED,
                        origin=origin,
                        further=(further or {}).get(statement_id),
                        round_number=round_number,
                        confirmed_at=now,
                    )
            if fresh:
                append_link(ChainLink.Kind.GOLD, GoldLabel.objects.bulk_create(fresh.values()), now=now)
            n_added += len(fresh)
    return n_added
