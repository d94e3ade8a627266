"""Finding the drug a file means, by id or by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ledger.models import Drug, DrugName
from ledger.patterns import fold


@dataclass(frozen=True, slots=True)
class KnownDrug:
    """A drug of the ledger: its key, id, common name, and all names it goes by, the common one first."""

    pk: int
    drugbank_id: str
    name: str
    names: tuple[str, ...]


class UnknownDrug(Exception):
    """The ledger has no drug with this id or name. Import a vocabulary that has it first."""


class AmbiguousName(Exception):
    """Several drugs go by this name. Write the common name of the one that is meant."""


class DrugNames:
    """All drugs by id and by name, loaded once (two queries); about 20 MB for DrugBank's whole vocabulary."""

    def __init__(self) -> None:
        synonyms: dict[int, list[str]] = defaultdict(list)
        for pk, name in DrugName.objects.order_by("id").values_list("drug_id", "name").iterator():
            synonyms[pk].append(name)
        self._by_id: dict[str, KnownDrug] = {}
        self._by_common: dict[str, list[KnownDrug]] = defaultdict(list)
        self._by_any: dict[str, list[KnownDrug]] = defaultdict(list)
        for pk, drugbank_id, name in Drug.objects.values_list("pk", "drugbank_id", "name").iterator():
            drug = KnownDrug(pk, drugbank_id, name, tuple(dict.fromkeys((name, *synonyms[pk]))))
            self._by_id[drugbank_id] = drug
            self._by_common[fold(name)].append(drug)
            for folded in {fold(name) for name in drug.names}:
                self._by_any[folded].append(drug)

    def with_id(self, drugbank_id: str) -> KnownDrug:
        """Raises UnknownDrug."""
        drug = self._by_id.get(drugbank_id)
        if drug is None:
            raise UnknownDrug(f"no drug has the id {drugbank_id}")
        return drug

    def with_common_name(self, name: str) -> list[KnownDrug]:
        """The drugs whose common name this is."""
        return self._by_common.get(fold(name), [])

    def with_any_name(self, name: str) -> list[KnownDrug]:
        """The drugs that go by this name, common or synonym."""
        return self._by_any.get(fold(name), [])

    def called(self, name: str) -> KnownDrug:
        """The drug with this common name, else the one with this synonym; raises UnknownDrug or AmbiguousName."""
        found = self.with_common_name(name) or self.with_any_name(name)
        if not found:
            raise UnknownDrug(f"no drug goes by the name “{name}”")
        if len(found) > 1:
            several = ", ".join(f"{drug.name} ({drug.drugbank_id})" for drug in found[:5])
            raise AmbiguousName(f"the name “{name}” belongs to several drugs: {several}")
        return found[0]

    def __len__(self) -> int:
        return len(self._by_id)
