"""What an import did, in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

OnProgress = Callable[[str, int, int | None], None]
"""Told the stage ("checking", "writing"), the rows dealt with, and how many there are once that is known."""


def in_silence(stage: str, n_done: int, n_total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of importing one file; every row of it is added, already there, repeated or rejected."""

    file: str
    noun: str
    n_rows: int
    n_added: int
    n_already_there: int
    n_repeated: int
    n_rejected: int
    rejects: str | None = None
    resumed_after: int = 0
    corpus: str | None = None
    extra: dict[str, int] = field(default_factory=dict)
    """Counts particular to the kind of file, by name: `names_added`."""

    def facts(self) -> list[str]:
        """One line per fact."""
        into = f" in corpus {self.corpus}" if self.corpus else ""
        lines = [
            f"{self.file}: {self.n_rows:,} rows",
            f"{self.n_added:,} added, {self.n_already_there:,} already there ({self.noun}{into})",
        ]
        if self.resumed_after:
            lines.append(f"went on after row {self.resumed_after:,}, where an earlier import of this file stopped")
        if self.n_repeated:
            lines.append(f"{self.n_repeated:,} repeated in the file")
        if self.n_rejected:
            lines.append(f"{self.n_rejected:,} rejected: {self.rejects} says why")
        lines += [f"{count:,} {what.replace('_', ' ')}" for what, count in self.extra.items() if count]
        return lines

    def as_dict(self) -> dict[str, object]:
        return asdict(self)
