"""The drugs that a statement is about, and where they stand in the ATC classification.

Statements of annotated documents name no drugs by their keys: their mentions are looked up by name, whenever they are
shown. Kept with the statement, a drug would make it one of those that are told apart by drugs: two documents about
warfarin and aspirin would then leak into each other's split, a bridge between documents would become a test of drugs
not seen, class rules and learnt ones would flag it, and figures would be clustered by drugs. Those statements are
split, tested and clustered by their documents. Looked up late, a vocabulary imported after the documents counts too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left

from ledger.models import AtcCode, Drug, DrugAtc, DrugName, Statement
from ledger.patterns import fold
from ledger.resolving import resolve, stripped

MEDICINES = frozenset({"drug", "chemical"})  # the kinds of mentions that may be drugs
MEDICINES = frozenset({"drug", "chemical"})  # the kinds of mentions that may be drugs
CLASS_LENGTHS = (3, 5)  # the therapeutic main group and the chemical subgroup: what a pharmacist reads a code by


@dataclass(frozen=True, slots=True)
class AtcPlace:
    """One ATC code of a drug with the names of the classes it belongs to, the widest first."""

    code: str
    classes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DrugCard:
    """A mention as the evidence panel shows it: its drug, where it is one, and the drug's places.

    `may_be_drug`: the mention is of a kind that drugs are; one without a `name` then is not linked to any.
    `is_by_name`: the corpus does not say which drug it means, its name led to it.
    """

    name: str
    drugbank_id: str
    places: list[AtcPlace]
    may_be_drug: bool
    is_by_name: bool


def drug_cards(statement: Statement) -> tuple[DrugCard, DrugCard]:
    """Cards of head and tail (one query, two where the statement names no drug by its key but might mean one)."""
    ends = (
        (statement.head_drug, statement.head_kind, statement.head_text),
        (statement.tail_drug, statement.tail_kind, statement.tail_text),
    )
    called = drugs_called(text for drug, kind, text in ends if drug is None and kind in MEDICINES)
    found = [drug or (called.get(text) if kind in MEDICINES else None) for drug, kind, text in ends]
    places = _places({drug.pk for drug in found if drug})
    head, tail = (
        DrugCard(
            name=drug.name if drug else "",
            drugbank_id=drug.drugbank_id if drug else "",
            places=places[drug.pk] if drug else [],
            may_be_drug=kind in MEDICINES,
            is_by_name=drug is not None and known is None,
        )
        for drug, (known, kind, _text) in zip(found, ends, strict=True)
    )
    return head, tail


def drugs_called(mentions: Iterable[str]) -> dict[str, Drug]:
    """The drugs that mentions mean, by the mention as written; the ambiguous and unknown are missing (one query)."""
    folded = {text: fold(text) for text in mentions}
    if not folded:
        return {}
    common: dict[str, dict[str, Drug]] = defaultdict(dict)
    any_name: dict[str, dict[str, Drug]] = defaultdict(dict)
    wanted = {*folded.values(), *map(stripped, folded.values())}
    for row in DrugName.objects.filter(folded__any_of=list(wanted)).select_related("drug").order_by("id"):
        any_name[row.folded][row.drug.drugbank_id] = row.drug
        if fold(row.drug.name) == row.folded:
            common[row.folded][row.drug.drugbank_id] = row.drug
    by_id = {key: drug for drugs in any_name.values() for key, drug in drugs.items()}
    meant = {
        text: resolve(name, by_name=lambda one: [*common[one]], by_synonym=lambda one: [*any_name[one]]).drugbank_id
        for text, name in folded.items()
    }
    return {text: by_id[key] for text, key in meant.items() if key}


def _places(drugs: set[int]) -> dict[int, list[AtcPlace]]:
    places: dict[int, list[AtcPlace]] = {drug: [] for drug in drugs}
    classes = {f"class_{length}": _name_of_class(length) for length in CLASS_LENGTHS}
    links = DrugAtc.objects.filter(drug__in=places).annotate(**classes).order_by("code")
    for drug_id, code, *names in links.values_list("drug_id", "code_id", *classes):
        places[drug_id].append(_place(code, names))
    return places


def _name_of_class(length: int) -> Subquery:
    return Subquery(AtcCode.objects.filter(code=Left(OuterRef("code_id"), length)).values("name")[:1])


def _place(code: str, names: list[str | None]) -> AtcPlace:
    classes = {code[:length]: name for length, name in zip(CLASS_LENGTHS, names, strict=True) if name is not None}
    return AtcPlace(code, tuple(classes.items()))
