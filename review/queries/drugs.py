"""Where the drugs of a statement stand in the ATC classification."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left

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
    """Cards in the order asked for (one query)."""
    places: dict[int, list[AtcPlace]] = {drug.pk: [] for drug in drugs if drug}
    classes = {f"class_{length}": _name_of_class(length) for length in CLASS_LENGTHS}
    links = DrugAtc.objects.filter(drug__in=places).annotate(**classes).order_by("code")
    for drug_id, code, *names in links.values_list("drug_id", "code_id", *classes):
        places[drug_id].append(_place(code, names))
    return [DrugCard(drug.name, drug.drugbank_id, places[drug.pk]) if drug else None for drug in drugs]


def _name_of_class(length: int) -> Subquery:
    return Subquery(AtcCode.objects.filter(code=Left(OuterRef("code_id"), length)).values("name")[:1])


def _place(code: str, names: list[str | None]) -> AtcPlace:
    classes = {code[:length]: name for length, name in zip(CLASS_LENGTHS, names, strict=True) if name is not None}
    return AtcPlace(code, tuple(classes.items()))
