"""Where a statement stands between its first answer and gold, and the gold that standing answers make."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ledger.models import GoldLabel, Statement, Task
from ledger.queries import current_gold, standing_decisions
from ledger.record.gold import add_gold, take_back_gold

Status = Literal["open", "awaiting_second", "disagreement", "settled"]


def where_it_stands(task: Task, statement: Statement) -> tuple[Status, GoldLabel | None]:
    """An imported label settles only what nobody answered: people are asked just because a model disputes it."""
    gold = current_gold(task, statement)
    if gold and gold.source != GoldLabel.Source.SEED:
        return "settled", gold
    answers = list(standing_decisions(task, statement))
    if not answers:
        return ("settled" if gold else "open"), gold
    return ("disagreement" if len({answer.label_id for answer in answers}) > 1 else "awaiting_second"), gold


def settle_gold(task: Task, statement: Statement, reviews_needed: int, now: datetime) -> None:
    """Make gold when enough people gave the same answer, take it back when they differ; an adjudicator's holds.

    The caller holds the transaction and the chain's lock.
    """
    answers = list(standing_decisions(task, statement))
    standing = current_gold(task, statement)
    if standing and standing.source == GoldLabel.Source.ADJUDICATION:
        return
    labels = {answer.label_id: answer.label for answer in answers}
    if len(labels) > 1:
        if standing and standing.source != GoldLabel.Source.SEED:
            take_back_gold(standing=standing, decisions=answers, now=now)
    elif len(answers) >= reviews_needed:
        source = GoldLabel.Source.AGREEMENT if len(answers) > 1 else GoldLabel.Source.SINGLE_REVIEW
        (label,) = labels.values()
        add_gold(task=task, statement=statement, label=label, source=source, decisions=answers, now=now)
