"""Two models that have read the same statements."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import GoldLabel, ModelVersion, Statement, TrainingExample
from ledger.record.gold import add_seed_labels
from tests.ledger import facts
from tests.review.conftest import predict


def both_say(
    this: ModelVersion, other: ModelVersion, mine: str, theirs: str, *, n: int = 1, audited: bool = False,
    confidence: float = 0.9,
) -> list[Statement]:  # fmt: skip
    """Statements that both models have read; `audited` ones were drawn at random by the first."""
    made = []
    for _ in range(n):
        said = predict(this, *(["audit"] if audited else []), said=mine, confidence=confidence).statement
        predict(other, said=theirs, of=said)
        made.append(said)
    return made


def held_out_for(version: ModelVersion, statements: list[Statement], slug: str) -> None:
    """Make these statements test examples of the version's training set, with an imported gold label."""
    label = facts.label(slug)
    add_seed_labels(task=version.task, rows=[(one.pk, label.pk, "seed.csv") for one in statements], now=timezone.now())
    _examples(version, statements, "test")


def taught(version: ModelVersion, statements: list[Statement]) -> None:
    """Make these statements, which have gold labels, teach the version."""
    _examples(version, statements, "train")


def _examples(version: ModelVersion, statements: list[Statement], role: str) -> None:
    for one in statements:
        gold = GoldLabel.objects.current().get(statement=one)
        TrainingExample.objects.create(
            training_set=version.training_set, statement=one, label=gold.label, role=role, source="gold", gold=gold
        )


def judged(statements: list[Statement], slug: str, by: User) -> None:
    """What a person says of each, which makes it gold."""
    for one in statements:
        facts.answer(one, slug, by=by.username)
