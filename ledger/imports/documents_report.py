"""What an import of annotated documents did, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ledger.corpora.counts import CorpusCounts


@dataclass(frozen=True, slots=True)
class DocumentsReport:
    """The outcome of importing one annotated corpus: what it holds, and what came of it in the ledger."""

    files: tuple[str, ...]
    corpus: str
    counts: CorpusCounts
    n_added: int
    n_already_there: int
    n_labels_added: int
    unlabelled: Counter[str] = field(default_factory=Counter)
    n_not_judged: int = 0
    labels_made: tuple[str, ...] = ()
    splits: Counter[str] = field(default_factory=Counter)
    resumed_after: int = 0

    def facts(self) -> list[str]:
        """One line per fact."""
        lines = [f"{', '.join(self.files)}:", *self.counts.facts()]
        if self.resumed_after:
            lines.append(f"went on after document {self.resumed_after:,}, where an earlier import stopped")
        lines.append(
            f"{self.n_added:,} added, {self.n_already_there:,} already there (statements in corpus {self.corpus}): "
            + ", ".join(f"{n:,} {split}" for split, n in self.splits.most_common())
        )
        lines.append(f"{self.n_labels_added:,} gold labels added")
        if self.labels_made:
            lines.append(f"labels added to the task: {', '.join(self.labels_made)}")
        if self.unlabelled:
            without = ", ".join(f"{n:,} {type_}" for type_, n in self.unlabelled.most_common())
            lines.append(f"related pairs left without a label, for the task has none for their type: {without}")
        if self.n_not_judged:
            lines.append(f"{self.n_not_judged:,} pairs left without a label, for the corpus says nothing of them")
        return lines

    def as_dict(self) -> dict[str, Any]:
        return {
            "files": list(self.files),
            "corpus": self.corpus,
            **self.counts.as_dict(),
            "added": self.n_added,
            "already_there": self.n_already_there,
            "labels_added": self.n_labels_added,
            "unlabelled": dict(self.unlabelled.most_common()),
            "not_judged": self.n_not_judged,
            "labels_made": list(self.labels_made),
            "splits": dict(self.splits.most_common()),
            "resumed_after": self.resumed_after,
        }
