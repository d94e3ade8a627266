"""Where the drugs of a statement stand in the ATC classification."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.models import AtcCode, Drug, DrugAtc

CLASS_LENGTHS = (3, 5)  # the therapeutic main group and the chemical subgroup: what a pharmacist reads a code by


@dataclass(frozen=True, slots=True)
class AtcPlace:
    """One ATC code of a drug with the names of the classes it belongs to, the widest first."""

    code: str
    classes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DrugCard:
    """A drug as the evidence panel shows it."""

    name: str
    drugbank_id: str
    places: list[AtcPlace]


def drug_cards(drugs: list[Drug | None]) -> list[DrugCard | None]:
    """Cards in the order asked for (two queries)."""
    codes: dict[int, list[str]] = {drug.pk: [] for drug in drugs if drug}
    for drug_id, code in DrugAtc.objects.filter(drug__in=codes).order_by("code").values_list("drug_id", "code_id"):
        codes[drug_id].append(code)
    prefixes = {code[:length] for one in codes.values() for code in one for length in CLASS_LENGTHS}
    names = dict(AtcCode.objects.filter(code__in=prefixes).values_list("code", "name"))
    return [
        DrugCard(drug.name, drug.drugbank_id, [_place(code, names) for code in codes[drug.pk]]) if drug else None
        for drug in drugs
    ]


def _place(code: str, names: dict[str, str]) -> AtcPlace:
    prefixes = dict.fromkeys(code[:length] for length in CLASS_LENGTHS)
    return AtcPlace(code, tuple((prefix, names[prefix]) for prefix in prefixes if prefix in names))
