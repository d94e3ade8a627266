"""People undoing and adjudicating, and what came of it."""

from __future__ import annotations

import uuid

from ledger.models import ChainLink, Decision, GoldLabel, Statement
from ledger.queries import current_gold
from ledger.record.adjudication import adjudicate
from ledger.record.decisions import withdraw_decision
from tests.ledger.facts import NOW, label, polarity, user


def undo(decision: Decision, by: str = "ana", key: uuid.UUID | None = None) -> Decision:
    return withdraw_decision(decision=decision, by=user(by), idempotency_key=key or uuid.uuid4(), now=NOW)


def settle(said: Statement, slug: str, by: str = "cara", key: uuid.UUID | None = None) -> GoldLabel:
    return adjudicate(
        task=polarity(),
        statement=said,
        adjudicator=user(by),
        label=label(slug),
        comment="The wording decides.",
        idempotency_key=key or uuid.uuid4(),
        now=NOW,
    )


def gold_slug(said: Statement) -> str | None:
    gold = current_gold(polarity(), said)
    return gold.label.slug if gold and gold.label else None


def n_rows() -> tuple[int, int, int]:
    return Decision.objects.count(), GoldLabel.objects.count(), ChainLink.objects.count()
