"""A statement with the label a source gives it, as the report, the balancing and the writing need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.models import Split
from ledger.record.statements import StatementDraft
from ledger.splits import drug_group

View = Literal["train", "test", "validation", "one_unseen", "bridge"]

LONGEST_ORIGIN = 300


@dataclass(frozen=True, slots=True)
class Labelled:
    """One statement, in the ledger (`statement_id`) or to be added to it (`draft`), with its label.

    `source` and `evidence` together are the label's origin; `pair` is the drugs' keys, the smaller first.
    """

    corpus: str
    external_id: str
    text: str
    pattern: str
    view: View
    document: str
    pair: tuple[int, int] | None
    label: str
    source: str
    evidence: str
    statement_id: int | None = None
    draft: StatementDraft | None = None

    @property
    def key(self) -> str:
        return f"{self.corpus}:{self.external_id}"

    @property
    def origin(self) -> str:
        """Source and score, cut to what a gold label holds."""
        whole = f"{self.source}: {self.evidence}"
        return whole if len(whole) <= LONGEST_ORIGIN else f"{whole[: LONGEST_ORIGIN - 1]}…"


def view_of(split: str, head_id: str | None, tail_id: str | None) -> View:
    """What a statement can be used for: its split, or for a bridge between train and test the one-drug-unseen view."""
    if split == Split.TRAIN:
        return "train"
    if split == Split.TEST:
        return "test"
    if split == Split.VALIDATION:
        return "validation"
    groups = {drug_group(one) for one in (head_id, tail_id) if one}
    return "one_unseen" if groups == {"train", "test"} else "bridge"
