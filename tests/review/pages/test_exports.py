from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import User

from ledger.models import Task
from review.models import ReviewItem
from tests.review.conftest import answered, sign_in


def test_the_page_counts_what_the_download_holds(item: ReviewItem, pharmacist: User, lead: User) -> None:
    answered(item, pharmacist)
    client = sign_in(lead)
    page = client.get("/exports/?task=ddi-polarity&source=single_review").content.decode()
    assert '<strong class="number">1</strong>' in page
    assert "Download gold-ddi-polarity-single_review.csv" in page
    response = client.get("/exports/gold.csv?task=ddi-polarity&source=single_review")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="gold-ddi-polarity-single_review.csv"'
    text = b"".join(response.streaming_content).decode()
    assert [row["label"] for row in csv.DictReader(io.StringIO(text, newline=""))] == ["antagonistic"]


def test_nothing_to_export_says_so(lead: User, task: Task) -> None:
    assert "No gold labels match" in sign_in(lead).get("/exports/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["task=no-such", "", *(f"task=ddi-polarity&{wrong}" for wrong in ("round=x", "source=passwd", "label=../x"))],
)
def test_a_choice_that_is_none_is_refused(lead: User, task: Task, query: str) -> None:
    client = sign_in(lead)
    assert client.get(f"/exports/gold.csv?{query}").status_code == 400
    assert client.get(f"/exports/?{query}").status_code == (400 if query else 200)
