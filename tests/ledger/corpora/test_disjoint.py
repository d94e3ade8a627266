"""Two corpora that hold the same documents do not teach and test one model."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.candidates import LeakyTrainingSet
from ledger.corpora.disjoint import refuse_shared_documents
from ledger.corpora.documents import Document, Place

PLACE = Place(Path("f"), 1)


def documents(*facts: tuple[str, str]) -> list[Document]:
    return [Document(name, text, (), (), PLACE) for name, text in facts]


def test_a_shared_document_is_refused_by_id_and_by_text() -> None:
    taught = documents(("17", "Atropine dries the mouth."), ("18", "Zinc does not."))
    tested = documents(("18", "Zinc  does not."), ("99", "ATROPINE dries the  mouth."), ("20", "Quinine is bitter."))
    with pytest.raises(LeakyTrainingSet) as refused:
        refuse_shared_documents(taught, tested, names=("DrugProt", "ChemProt"))
    assert str(refused.value) == (
        "DrugProt teaches 2 documents on which ChemProt tests: 18, 99 (the text of 17); leave them out of one of the "
        "two. Test data never teaches."
    )


def test_documents_of_their_own_pass() -> None:
    refuse_shared_documents(documents(("17", "One.")), documents(("18", "Two.")), names=("a", "b"))
    refuse_shared_documents([], documents(("18", "Two.")), names=("a", "b"))
