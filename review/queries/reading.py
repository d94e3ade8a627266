"""Statements of a pattern as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.covering import Reading, Window
from ledger.models import AtcRule, Label, Statement, Task
from review.bands import Confidence
from review.marking import Piece
from review.models import ReviewItem
from review.queries.sentence import sentence_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement of the pattern with what the live model says of it; `rule` speaks of an exception's drugs."""

    statement: Statement
    pieces: list[Piece]
    said: Label | None
    confidence: Confidence | None
    rule: AtcRule | None = None
    item_id: int | None = None


class Showing:
    """Readings as the page shows them, with their statements and items read once (two queries)."""

    def __init__(
        self, task: Task, labels: dict[int, Label], found: Window | None, readings: list[Reading], hides_model: bool
    ) -> None:
        ids = [one.statement_id for one in readings]
        self._statements = Statement.objects.in_bulk(ids)
        items = ReviewItem.objects.filter(task=task, statement__in=ids)
        self._items = dict(items.values_list("statement", "id"))
        self._rules = found.expectations.rules if found else {}
        self._labels, self._hides_model = labels, hides_model

    def __call__(self, one: Reading) -> Shown:
        statement = self._statements[one.statement_id]
        hidden = self._hides_model or one.label_id is None or one.confidence is None
        return Shown(
            statement=statement,
            pieces=sentence_of(statement),
            said=None if hidden else self._labels.get(one.label_id or 0),
            confidence=None if hidden else Confidence(one.confidence or 0.0),
            rule=self._rules[one.expectation.rule.id] if one.expectation else None,
            item_id=self._items.get(one.statement_id),
        )
