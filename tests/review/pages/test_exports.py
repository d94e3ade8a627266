from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from ledger.models import Corpus, GoldLabel, Proposal, Task
from ledger.record.proposals import answer_proposal
from review.export.formats import FORMATS
from review.models import ReviewItem
from tests.conftest import person
from tests.review.conftest import answered, sign_in
from tests.review.export.making import seed


def downloaded(client: Client, query: str) -> bytes:
    response: Any = client.get(f"/exports/gold/?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_the_page_counts_what_the_download_holds(item: ReviewItem, pharmacist: User, lead: User) -> None:
    answered(item, pharmacist)
    gold = GoldLabel.objects.get().pk
    client = sign_in(lead)
    page = client.get("/exports/?task=ddi-polarity&source=single_review").content.decode()
    assert '<strong class="number">1</strong>' in page
    assert f"Download gold-ddi-polarity-single_review-as-of-{gold}.csv" in page
    assert f'<input type="hidden" name="gold" value="{gold}">' in page
    response: Any = client.get(f"/exports/gold/?task=ddi-polarity&source=single_review&gold={gold}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    name = f"gold-ddi-polarity-single_review-as-of-{gold}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    text = b"".join(response.streaming_content).decode()
    assert [row["label"] for row in csv.DictReader(io.StringIO(text, newline=""))] == ["antagonistic"]


def test_the_page_opens_on_a_task_that_has_statements(task: Task, lead: User) -> None:
    client = sign_in(lead)
    assert '<option value="ddi-polarity" selected' in client.get("/exports/").content.decode()
    Corpus.objects.create(name="abstracts", title="", task=Task.objects.get(slug="drugprot"), created_at=timezone.now())
    assert '<option value="drugprot" selected' in client.get("/exports/").content.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_the_manifest_has_the_hash_of_the_download(task: Task, lead: User, name: str) -> None:
    seed(task, 3)
    client, query = sign_in(lead), f"task=ddi-polarity&format={name}"
    content = downloaded(client, query)
    found = json.loads(client.get(f"/exports/gold/manifest.json?{query}").content)
    assert found["files"][0]["sha256"] == sha256(content).hexdigest()
    assert found["rows"] == 3
    assert FORMATS[name].ending in client.get(f"/exports/?{query}").content.decode()


def test_an_earlier_moment_is_what_held_then(task: Task, lead: User) -> None:
    seed(task, 3)
    GoldLabel.objects.latest("id")
    moment = timezone.now()
    client = sign_in(lead)
    before = downloaded(client, "task=ddi-polarity")
    seed(task, 2)
    query = f"task=ddi-polarity&as_of={moment:%Y-%m-%dT%H:%M:%S}"
    # The field holds whole seconds, so ask for the label that the page then names.
    gold = GoldLabel.objects.order_by("id").values_list("id", flat=True)[2]
    assert downloaded(client, f"task=ddi-polarity&gold={gold}") == before
    assert client.get(f"/exports/?{query}").status_code == 200
    early = client.get("/exports/?task=ddi-polarity&as_of=2020-01-01T00:00").content.decode()
    assert "No gold labels match" in early


def test_nothing_to_export_says_so(lead: User, task: Task) -> None:
    assert "No gold labels match" in sign_in(lead).get("/exports/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "task=no-such",
        "",
        *(
            f"task=ddi-polarity&{wrong}"
            for wrong in (
                "round=x", "source=passwd", "label=../x", "format=pickle", "as_of=tomorrow", "as_of=2999-01-01T00:00",
                "gold=-1", "gold=1",
            )
        ),
    ],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(lead: User, task: Task, query: str) -> None:
    client = sign_in(lead)
    assert client.get(f"/exports/gold/?{query}").status_code == 400
    assert client.get(f"/exports/gold/manifest.json?{query}").status_code == 400
    assert client.get(f"/exports/?{query}").status_code == (400 if query else 200)


def test_the_page_makes_a_fixed_number_of_queries(task: Task, lead: User, django_assert_max_num_queries: Any) -> None:
    seed(task, 30)
    client = sign_in(lead)
    with django_assert_max_num_queries(12):
        client.get("/exports/?task=ddi-polarity&format=label-studio")


@pytest.fixture
def ruled(task: Task) -> Task:
    """The task with the two-person rule and two labels."""
    seed(task, 2)
    Task.objects.filter(pk=task.pk).update(two_person_rule=True)
    return task


def test_with_the_two_person_rule_an_export_waits_for_another_lead(ruled: Task, lead: User) -> None:
    client, query = sign_in(lead), "task=ddi-polarity&format=jsonl"
    assert client.get(f"/exports/gold/?{query}").status_code == 403
    page = client.get(f"/exports/?{query}").content.decode()
    assert "Propose this export" in page
    assert "Download gold-" not in page
    gold = GoldLabel.objects.latest("id").pk
    asked = {"task": "ddi-polarity", "format": "jsonl", "gold": str(gold)}
    assert client.post("/exports/propose/", asked).status_code == 422
    assert client.post("/exports/propose/", {**asked, "reason": "for the paper"}).status_code == 303
    proposal = Proposal.objects.get()
    assert proposal.parameters == {"format": "jsonl", "round": None, "label": "", "source": "", "gold_id": gold}
    assert client.get(f"/exports/gold/?{query}&gold={gold}").status_code == 403
    answer_proposal(proposal=proposal, by=person("other", "lead"), approves=True, reason="", now=timezone.now())
    assert downloaded(client, f"{query}&gold={gold}").count(b"\n") == 2
    assert "Approved by other" in client.get(f"/exports/?{query}&gold={gold}").content.decode()
    # What was not approved stays in: another form, another moment.
    assert client.get(f"/exports/gold/?task=ddi-polarity&format=csv&gold={gold}").status_code == 403
    seed(ruled, 1)
    assert client.get(f"/exports/gold/?{query}").status_code == 403


def test_proposing_what_needs_nobody_leads_back_to_the_download(task: Task, lead: User) -> None:
    seed(task, 1)
    response = sign_in(lead).post("/exports/propose/", {"task": "ddi-polarity", "reason": "x"})
    assert response.status_code == 303
    assert response["Location"].startswith("/exports/?task=ddi-polarity")
    assert not Proposal.objects.exists()


def test_proposing_nonsense_is_refused(task: Task, lead: User) -> None:
    assert sign_in(lead).post("/exports/propose/", {"task": "no-such", "reason": "x"}).status_code == 400
