from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from ledger.models import Corpus, Label, ModelVersion, Task
from review.actions.claim import claim
from review.models import ReviewItem
from review.queries import ledger_page
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, predict, sign_in

REQUEUE = "/tasks/ddi-polarity/ledger/requeue/"
ASSIGN = "/tasks/ddi-polarity/ledger/assign/"


def send(client: Client, address: str, **fields: object) -> str:
    """What the next page says after the form was sent."""
    response = client.post(address, {"which": "ticked", "note": "", "to": "", **fields})
    assert response.status_code == 303
    page = client.get(response["Location"]).content.decode()
    said = page.partition('class="messages"')[2].partition("</ul>")[0]
    return html.unescape(said.partition("<li")[2].partition(">")[2].partition("</li>")[0])


def test_ticked_statements_are_put_into_the_queue_with_a_note(flagged: Flagged, lead: User) -> None:
    ticked, left = flagged(), flagged()
    client = sign_in(lead)
    said = send(client, REQUEUE, statement=[ticked.statement_id], note="a new wording", label="antagonistic")
    assert said == "1 statement was put into the queue."
    item = ReviewItem.objects.get()
    assert (item.statement_id, item.main_reason) == (ticked.statement_id, "requested")
    assert item.reasons[0]["explanation"] == "lead asks: a new wording"
    assert send(client, REQUEUE, statement=[ticked.statement_id]) == (
        "0 statements were put into the queue. 1 was waiting already."
    )
    assert not ReviewItem.objects.filter(statement=left.statement_id).exists()


def test_the_page_comes_back_with_the_search(flagged: Flagged, lead: User) -> None:
    said = flagged()
    response = sign_in(lead).post(
        REQUEUE, {"which": "ticked", "statement": said.statement_id, "label": "antagonistic", "least": "0.5"}
    )
    assert response["Location"] == "/tasks/ddi-polarity/ledger/?label=antagonistic&least=0.5"


def test_all_that_match_are_taken_up_to_a_thousand(
    flagged: Flagged, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_page, "MOST", 3)
    look = ledger_page.look
    monkeypatch.setattr(ledger_page, "look", lambda *args, **kwargs: look(*args, **(kwargs | {"window": 2})))
    made = [flagged(said="synergistic" if number % 2 else "antagonistic").statement_id for number in range(10)]
    said = send(sign_in(lead), REQUEUE, which="all", label="synergistic")
    assert said == "3 statements were put into the queue."
    assert sorted(ReviewItem.objects.values_list("statement", flat=True)) == [made[1], made[3], made[5]]


def test_flips_between_two_versions_are_queued_with_both_answers(model: ModelVersion, lead: User) -> None:
    other = facts.model_version()
    flip, same = predict(model, said="synergistic"), predict(model, said="synergistic")
    predict(other, of=flip.statement, said="antagonistic")
    predict(other, of=same.statement, said="synergistic")
    said = send(sign_in(lead), REQUEUE, which="all", differs=other.number)
    assert said == "1 statement was put into the queue."
    item = ReviewItem.objects.get()
    assert (item.statement_id, item.main_reason) == (flip.statement_id, "models_differ")
    assert f"model {other.number} antagonistic" in item.reasons[0]["explanation"]


def test_items_are_assigned_and_what_is_passed_over_is_said(
    make_item: MakeItem, flagged: Flagged, lead: User, pharmacist: User, second_pharmacist: User
) -> None:
    free, held, settled, fresh = make_item(), make_item(), make_item(state="settled"), flagged()
    unread = facts.statement()
    claim(item=held, reviewer=second_pharmacist, now=timezone.now())
    statements = [free.statement_id, held.statement_id, settled.statement_id, fresh.statement_id, unread.pk]
    said = send(sign_in(lead), ASSIGN, statement=statements, to=pharmacist.pk)
    assert said.startswith("2 items are now for pharmacist. 1 of them was put into the queue for it. ")
    assert "1 that somebody has open now" in said
    assert "1 that waits for no answer" in said
    assert "has not read" in said
    assert set(ReviewItem.objects.filter(assigned_to=pharmacist).values_list("statement", flat=True)) == {
        free.statement_id, fresh.statement_id,
    }  # fmt: skip
    assert send(sign_in(lead), ASSIGN, statement=statements, to="").startswith("2 items are everybody's again.")
    assert not ReviewItem.objects.filter(assigned_to__isnull=False).exists()


def test_nobody_without_the_role_is_given_items(item: ReviewItem, lead: User, newcomer: User) -> None:
    said = send(sign_in(lead), ASSIGN, statement=[item.statement_id], to=newcomer.pk)
    assert said == "Nobody of that name answers items."
    item.refresh_from_db()
    assert item.assigned_to is None


def test_nothing_ticked_is_said(flagged: Flagged, lead: User) -> None:
    flagged()
    assert send(sign_in(lead), REQUEUE).startswith("Nothing was chosen.")
    assert send(sign_in(lead), REQUEUE, statement=["x", "-1", "9" * 30]).startswith("Nothing was chosen.")
    assert not ReviewItem.objects.exists()


def test_statements_of_another_task_are_not_taken(flagged: Flagged, model: ModelVersion, lead: User) -> None:
    other = Task.objects.create(slug="other", title="Other", question="?")
    Label.objects.create(task=other, slug="x", title="X", meaning="x", key="1", position=1)
    elsewhere = Corpus.objects.create(name="elsewhere", title="x", task=other, created_at=facts.NOW)
    foreign = predict(model, of=facts.statement(corpus=elsewhere))
    assert send(sign_in(lead), REQUEUE, statement=[foreign.statement_id]).startswith("Nothing was chosen.")
    assert not ReviewItem.objects.exists()


def test_without_a_model_there_is_nothing_to_review(task: Task, lead: User) -> None:
    one = facts.statement()
    assert "No model is live" in send(sign_in(lead), REQUEUE, statement=[one.pk])


@pytest.mark.parametrize("address", [REQUEUE, ASSIGN])
def test_pharmacists_are_refused(flagged: Flagged, pharmacist: User, address: str) -> None:
    one = flagged().statement_id
    assert sign_in(pharmacist).post(address, {"which": "ticked", "statement": one}).status_code == 403
    assert sign_in(pharmacist).get(address).status_code == 405
    assert not ReviewItem.objects.exists()
