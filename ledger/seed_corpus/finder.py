"""Finding drugs by what the sources call them, with count of how each name was found."""

from __future__ import annotations

from collections import Counter

from ledger.corpora.drugbank import NamedDrug
from ledger.imports.names import DrugNames, UnknownDrug
from ledger.patterns import fold
from ledger.resolving import Resolution, resolve


class DrugFinder:
    """Resolves ids and names to DrugBank ids, each distinct one once, and keeps what came of it."""

    def __init__(self, drugs: DrugNames) -> None:
        self._drugs = drugs
        self._found: dict[str, tuple[str, str | None]] = {}
        self._written: dict[str, str] = {}

    def find(self, named: NamedDrug) -> str | None:
        """The drug's DrugBank id, or None where the ledger has no such drug."""
        written = named.drugbank_id or named.name
        folded = fold(written)
        if folded not in self._found:
            self._found[folded] = self._with_id(written) if named.drugbank_id else self._called(written)
            self._written[folded] = written
        return self._found[folded][1]

    def find_called(self, name: str) -> str | None:
        """The DrugBank id of the drug that goes by a name, or None."""
        return self.find(NamedDrug("", name, "", ""))

    @property
    def steps(self) -> dict[str, int]:
        """How many names each step found, or did not; case makes no difference between names."""
        return dict(Counter(step for step, _ in self._found.values()).most_common())

    @property
    def unresolved(self) -> list[str]:
        """The names and ids that led to no drug, in the alphabet's order."""
        return [self._written[folded] for folded, (_, found) in sorted(self._found.items()) if found is None]

    def _with_id(self, drugbank_id: str) -> tuple[str, str | None]:
        try:
            return "id", self._drugs.with_id(drugbank_id).drugbank_id
        except UnknownDrug:
            return "unknown id", None

    def _called(self, name: str) -> tuple[str, str | None]:
        found: Resolution = resolve(
            name,
            by_name=lambda folded: [drug.drugbank_id for drug in self._drugs.with_common_name(folded)],
            by_synonym=lambda folded: [drug.drugbank_id for drug in self._drugs.with_any_name(folded)],
        )
        return found.step, found.drugbank_id
