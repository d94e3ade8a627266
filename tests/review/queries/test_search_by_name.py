"""The search for a drug or its class in a task with documents, whose mentions name no drug by its key."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from ledger.models import Drug, DrugAtc, Statement, Task
from ledger.record.statements import DrugDraft, add_atc_codes, add_drugs
from review.filters import LedgerFilter
from review.queries import candidates
from review.queries.search import look
from review.queries.wanted import want
from tests.ledger import facts

DOCUMENT = {"head_drug": None, "tail_drug": None, "document": "doc.1"}


@pytest.fixture
def ledger(task: Task) -> dict[str, Statement]:
    add_drugs(drafts=[DrugDraft("DB00682", "Warfarin", ("Coumadin",)), DrugDraft("DB00945", "Aspirin", ("ASA",))])
    add_atc_codes(entries=[("B01AA03", "warfarin")])
    DrugAtc.objects.create(drug=Drug.objects.get(drugbank_id="DB00682"), code_id="B01AA03")
    papers = facts.corpus("papers")
    return {
        "synonym": facts.statement("COUMADIN", "toxin X", corpus=papers, **DOCUMENT),
        "other": facts.statement("ASA", "toxin X", "{} beside {}, not warfarin.", corpus=papers, **DOCUMENT),
        "by key": facts.statement("Warfarin", "Aspirin"),
        "common": facts.statement("ASA", "warfarin", corpus=papers, **DOCUMENT),
    }


@pytest.mark.parametrize("few_drugs", [0, 40])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"drug": "warfarin"}, ["synonym", "by key", "common"]),
        ({"drug": "DB00682"}, ["synonym", "by key", "common"]),
        ({"atc": "B01"}, ["synonym", "by key", "common"]),
        ({"drug": "aspirin", "atc": "B01AA"}, ["by key", "common"]),
        ({"drug": "TOXIN x"}, ["synonym", "other"]),
        ({"drug": "toxin"}, []),
        ({"drug": "warfarin", "text": "blood"}, ["synonym", "by key", "common"]),
        ({"drug": "warfarin", "corpus": "papers"}, ["synonym", "common"]),
        ({"drug": "'); DROP TABLE \" x"}, []),
        ({"drug": "—"}, []),
    ],
)
def test_a_drug_is_found_by_key_and_by_the_names_it_goes_by(
    ledger: dict[str, Statement],
    task: Task,
    pharmacist: User,
    monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, str],
    expected: list[str],
    few_drugs: int,
) -> None:
    monkeypatch.setattr(candidates, "FEW_DRUGS", few_drugs)
    wanted = want(task, LedgerFilter.read(asked))
    assert wanted.trouble == ""
    found = look(wanted, reader=pharmacist, after=None, n=100)
    assert [hit.statement for hit in found.hits] == [ledger[name].pk for name in expected]


def test_without_documents_an_unknown_name_is_said_to_be_unknown(task: Task) -> None:
    facts.statement()
    assert "No drug is called" in want(task, LedgerFilter.read({"drug": "toxin X"})).trouble


def test_a_class_without_drugs_is_said_to_be_empty(ledger: dict[str, Statement], task: Task) -> None:
    assert "No drug has an ATC code" in want(task, LedgerFilter.read({"atc": "Z"})).trouble
