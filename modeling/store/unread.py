"""The statements an inference run passes over, for its model cannot read them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ledger.models import Run
from ledger.record.runs import pending_statements
from modeling.records import Unread

MOST_NAMED = 20
"""Of more than these the run says how many there are; the log names every one."""

logger = logging.getLogger(__name__)


class PassedOver:
    """Who could not be read, counted once each, also where the run was cut off and goes on.

    Those up to the run's cursor were passed over before, and are what has no prediction there; later ones are asked
    about again (one query, where there is a cursor).
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._n_before = pending_statements(run).filter(id__lte=run.cursor).count() if run.cursor else 0
        before = run.detail.get("unread", []) if self._n_before else []
        self._named = {number: why for number, why in before if number <= run.cursor}
        self._here: set[int] = set()

    def take(self, some: Sequence[Unread]) -> None:
        """Count and name these; an ensemble tells of one as often as it has members that cannot read it."""
        for number, why in some:
            if number in self._here:
                continue
            self._here.add(number)
            logger.warning("Run %s makes no prediction: %s", self._run.pk, why)
            if len(self._named) < MOST_NAMED:
                self._named[number] = why

    def __bool__(self) -> bool:
        return bool(self._n_before or self._here)

    def as_dict(self) -> dict[str, Any]:
        """How many, and the first of them with why, for the run's detail; nothing where all could be read."""
        if not self:
            return {}
        return {"could_not_be_read": self._n_before + len(self._here), "unread": list(self._named.items())}
