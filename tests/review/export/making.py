"""Gold labels to export, and what comes out of them."""

from __future__ import annotations

import csv
import io
import json
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, GoldLabel, PatternDecision, PatternEvidence, Statement, Task
from ledger.record.gold import add_seed_labels
from review.export.csv_lines import csv_lines
from review.export.jsonl import json_lines
from review.filters import GoldFilter, Selection
from review.queries.exports import gold_id_at
from tests.ledger import facts


def seed(task: Task, n: int, slug: str = "synergistic", **wording: Any) -> list[Statement]:
    label = facts.label(slug)
    made = [facts.statement(**wording) for _ in range(n)]
    add_seed_labels(task=task, rows=[(one.pk, label.pk, "seed.csv") for one in made], now=timezone.now())
    return made


def now_of(chosen: GoldFilter) -> Selection:
    """The selection as it stands."""
    return Selection(chosen, gold_id_at(chosen.task, None))


def csv_rows(chosen: GoldFilter) -> list[dict[str, str]]:
    text = b"".join(csv_lines(now_of(chosen))).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def objects(chosen: GoldFilter) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(json_lines(now_of(chosen))).decode().split("\n")[:-1]]


def decided_pattern(task: Task, by: User, slug: str = "antagonistic") -> GoldLabel:
    """A gold label that rests on a decision about its statement's pattern."""
    statement, now = facts.statement(), timezone.now()
    with transaction.atomic():
        lock_chain()
        decision = PatternDecision.objects.create(
            task=task, pattern=statement.pattern, reviewer=by, act="decision", label=facts.label(slug),
            comment="one wording", sample=[statement.pk], n_statements=1, idempotency_key=uuid.uuid4(), decided_at=now,
        )  # fmt: skip
        gold = GoldLabel.objects.create(
            task=task, statement=statement, label=facts.label(slug), source=GoldLabel.Source.PATTERN_REVIEW,
            round_number=0, confirmed_at=now,
        )  # fmt: skip
        PatternEvidence.objects.create(gold=gold, decision=decision)
        append_link(ChainLink.Kind.GOLD, [gold], now=now)
    return gold
