"""Statements of one wording that the live model has read, and people deciding them together."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ledger.models import AtcRule, GoldLabel, ModelVersion, PatternDecision, Statement, Task
from ledger.queries import current_gold
from ledger.record.patterns import PatternOutcome, decide_pattern, withdraw_pattern
from tests.ledger.facts import NOW, drug, label, polarity, user
from tests.ledger.whole import Says, finished_run, statements

WORDING = "{} can be given on the day of {}."


def worded(version: ModelVersion, n: int, *, says: Mapping[int, Says] | None = None, **changes: Any) -> list[Statement]:
    """Statements of one wording that the model is sure are synergistic; `says` what it says of some instead, by place.

    Nothing is drawn for the audit: whether it is depends on ids.
    """
    Task.objects.update(audit_share=0)
    made = statements(n, wording=WORDING, **changes)
    finished_run(version, [(says or {}).get(place) or Says(one) for place, one in enumerate(made)])
    return made


def decided(of: Statement, slug: str = "synergistic", by: str = "ana", **changes: Any) -> PatternOutcome:
    """This person's answer for all statements with the wording of this one."""
    facts: dict[str, Any] = {
        "task": polarity(),
        "pattern": of.pattern,
        "reviewer": user(by),
        "label": label(slug),
        "comment": "",
        "sample": [of.pk],
        "apart": {},
        "idempotency_key": uuid.uuid4(),
        "now": NOW,
    }
    return decide_pattern(**(facts | changes))


def withdrawn(decision: PatternDecision, by: str = "ana", key: uuid.UUID | None = None) -> PatternDecision:
    ended, _ = withdraw_pattern(
        decision=decision, by=user(by), reason="Read too fast.", idempotency_key=key or uuid.uuid4(), now=NOW
    )
    return ended


def class_rule(prefix_a: str, prefix_b: str, slug: str) -> AtcRule:
    return AtcRule.objects.create(
        task=polarity(), table="test", prefix_a=prefix_a, prefix_b=prefix_b, expected=label(slug),
        mechanism="Each undoes the other.", reference="Textbook", source="curated",
    )  # fmt: skip


def give_codes(said: Statement, head_code: str, tail_code: str) -> None:
    """Put the two drugs of a statement into ATC classes."""
    drug(said.head_text, head_code)
    drug(said.tail_text, tail_code)


def held(said: Statement) -> tuple[str, str] | None:
    """The label that holds for a statement and where it came from, by slug."""
    gold = current_gold(polarity(), said)
    return (gold.label.slug, gold.source) if gold and gold.label else None


PATTERN = GoldLabel.Source.PATTERN_REVIEW.value
