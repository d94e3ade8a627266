"""A wording in a queue, and people deciding it."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import PatternDecision, Prediction, Task
from ledger.record.patterns import PatternOutcome
from review.actions.decide_pattern import decide_pattern, withdraw_pattern
from tests.ledger import facts
from tests.ledger.whole import DRUGS
from tests.review.conftest import Flagged, sign_in

WORDING = "{} can be given on the day of {}."
PAIRS = [(head, tail) for head in DRUGS for tail in DRUGS if head < tail]


def read_wording(flagged: Flagged, n: int = 12, **changes: Any) -> list[Prediction]:
    """The live model's sure answers to statements of one wording; nothing is drawn for the audit."""
    Task.objects.update(audit_share=0)
    facts_of = {"said": "synergistic", "confidence": 0.99, "wording": WORDING} | changes
    return [flagged(head=head, tail=tail, **facts_of) for head, tail in PAIRS[:n]]


def together(of: Prediction, by: User, slug: str = "synergistic", **changes: Any) -> PatternOutcome:
    """This person's answer for the whole wording, through the front door."""
    sent: dict[str, Any] = {
        "task": facts.polarity(),
        "pattern": of.statement.pattern,
        "by": by,
        "label": facts.label(slug),
        "comment": "",
        "sample": [of.statement_id],
        "idempotency_key": uuid.uuid4(),
        "now": timezone.now(),
    }
    return decide_pattern(**(sent | changes))


def taken_back(decision: PatternDecision, by: User, *, is_lead: bool = False) -> PatternDecision:
    return withdraw_pattern(
        decision=decision, by=by, is_lead=is_lead, reason="Read too fast.", idempotency_key=uuid.uuid4(),
        now=timezone.now(),
    )  # fmt: skip


def read_mixed(flagged: Flagged) -> list[Prediction]:
    """Fourteen statements of one wording: twelve said to be synergistic, two antagonistic."""
    pairs = PAIRS[12:14]
    other = [
        flagged(said="antagonistic", confidence=0.8, head=head, tail=tail, wording=WORDING) for head, tail in pairs
    ]
    return [*read_wording(flagged), *other]


def address(said: Prediction) -> str:
    return reverse("review:pattern", args=["ddi-polarity", said.statement.pattern_id])


def page_of(said: Prediction, reader: User, query: str = "") -> str:
    response = sign_in(reader).get(address(said) + query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """The page's words, its markup and blanks left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
