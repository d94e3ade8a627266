"""Statements of annotated documents: their other mentions are dimmed, and their document can be read."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import Flagged, answered, put_in_queue, queue_build, sign_in

WORDING = "{} beside Ibuprofen and {}."


@pytest.fixture
def item(flagged: Flagged) -> ReviewItem:
    start = WORDING.format("Aspirin", "Warfarin").index("Ibuprofen")
    one = facts.statement(
        "Aspirin", "Warfarin", WORDING, document="23670591", other_mentions=[[start, start + 9, "drug"]]
    )
    return put_in_queue(queue_build(), flagged("low_confidence", of=one), "low_confidence")


def test_an_item_dims_other_mentions_and_links_its_document(item: ReviewItem, pharmacist: User) -> None:
    page = sign_in(pharmacist).get(f"/items/{item.pk}/").content.decode()
    assert '<span class="other" title="drug">Ibuprofen</span>' in page
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/23670591/" rel="noreferrer noopener">Document 23670591</a>' in page


def test_so_does_the_statement(item: ReviewItem, pharmacist: User) -> None:
    page = sign_in(pharmacist).get(f"/statements/{item.statement_id}/").content.decode()
    assert '<span class="other" title="drug">Ibuprofen</span>' in page
    assert "https://pubmed.ncbi.nlm.nih.gov/23670591/" in page


def test_so_does_its_adjudication(
    item: ReviewItem, pharmacist: User, second_pharmacist: User, adjudicator: User
) -> None:
    ReviewItem.objects.filter(pk=item.pk).update(reviews_needed=2)
    item.refresh_from_db()
    for person, label in ((pharmacist, "synergistic"), (second_pharmacist, "antagonistic")):
        answered(item, person, label)
    page = sign_in(adjudicator).get(f"/adjudication/{item.pk}/").content.decode()
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/23670591/" rel="noreferrer noopener">Document 23670591</a>' in page


def test_a_document_without_an_address_is_named_only(flagged: Flagged, pharmacist: User) -> None:
    one = facts.statement("Aspirin", "Warfarin", document="javascript:alert(1)")
    item = put_in_queue(queue_build(), flagged("low_confidence", of=one), "low_confidence")
    page = sign_in(pharmacist).get(f"/items/{item.pk}/").content.decode()
    assert "Document javascript:alert(1)</span>" in page
    assert 'href="javascript' not in page
