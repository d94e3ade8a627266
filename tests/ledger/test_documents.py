"""Where a statement's document can be read, and nowhere else."""

from __future__ import annotations

import pytest

from ledger.documents import address_of


@pytest.mark.parametrize(
    ("document", "address"),
    [
        ("10978746", "https://pubmed.ncbi.nlm.nih.gov/10978746/"),
        ("https://example.org/17", "https://example.org/17"),
        ("DDI-DrugBank.d17", None),
        ("", None),
        ("0123", None),
        ("12345678901", None),
        ("javascript:alert(1)", None),
        ('https://example.org/"onclick=', None),
        ("17\n", None),
    ],
)
def test_only_pubmed_ids_and_plain_addresses_lead_anywhere(document: str, address: str | None) -> None:
    assert address_of(document) == address
