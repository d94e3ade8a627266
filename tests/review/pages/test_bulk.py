from __future__ import annotations

import html
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from ledger.models import Comment, Corpus, DisagreementCause, GoldLabel, Label, ModelVersion, Task
from review.actions.adjudicate import adjudicate
from review.actions.claim import claim
from review.models import ReviewItem
from review.queries import ledger_page
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered, predict, sign_in

REQUEUE = "/tasks/ddi-polarity/ledger/requeue/"
ASSIGN = "/tasks/ddi-polarity/ledger/assign/"
REOPEN = "/tasks/ddi-polarity/ledger/reopen/"


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


def test_settled_items_are_opened_again_with_a_reason_also_adjudicated_ones(
    make_item: MakeItem, flagged: Flagged, lead: User, pharmacist: User, second_pharmacist: User, adjudicator: User
) -> None:
    agreed, disputed, waiting, untouched = (make_item(reviews_needed=2) for _ in range(4))
    ReviewItem.objects.filter(pk=untouched.pk).update(state="settled")  # as a pattern's decision leaves it
    for item, second in ((agreed, "antagonistic"), (disputed, "synergistic")):
        answered(item, pharmacist, "antagonistic")
        answered(item, second_pharmacist, second)
    adjudicate(
        item=disputed, by=adjudicator, label=facts.label("undetermined"), cause=DisagreementCause.Cause.NO_OUTCOME,
        comment="x", idempotency_key=uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip
    chosen = [one.statement_id for one in (agreed, disputed, waiting, untouched, flagged())]
    sent = {"statement": chosen, "note": "The guideline has changed.", "looks": "adjudication"}
    key = {"idempotency_key": str(uuid.uuid4())}
    client = sign_in(lead)
    for _ in range(2):
        assert send(client, REOPEN, **sent, **key) == (
            "2 statements are open again. Passed over: 1 that is not settled. Passed over: 1 that nobody answered by "
            "itself, so that there is nothing to adjudicate. Passed over: 1 that is not in the queue."
        )
    states = dict(ReviewItem.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (agreed, disputed, waiting, untouched)] == [
        "adjudication", "adjudication", "open", "settled",
    ]  # fmt: skip
    assert not GoldLabel.objects.current().exists()
    comments = Comment.objects.values_list("statement", "text")
    assert dict(comments) == dict.fromkeys(chosen[:2], "Opened again for an adjudicator: The guideline has changed.")
    assert Comment.objects.count() == 2


def test_opening_again_wants_a_reason_and_somebody_to_look(make_item: MakeItem, lead: User, pharmacist: User) -> None:
    item = make_item()
    answered(item, pharmacist)
    sent = {"statement": [item.statement_id], "idempotency_key": str(uuid.uuid4())}
    client = sign_in(lead)
    assert send(client, REOPEN, **sent, looks="reviewer").startswith("Say why they are opened again")
    assert send(client, REOPEN, **sent, note="why").startswith("Choose who looks at them again.")
    assert send(client, REOPEN, **sent, note="why", looks="reviewer") == "1 statement is open again."
    item.refresh_from_db()
    assert (item.state, item.main_reason) == ("awaiting_second", "requested")
    page = client.get("/tasks/ddi-polarity/ledger/").content.decode()
    assert "Open settled ones again" in page
    assert 'name="idempotency_key"' in page


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


@pytest.mark.parametrize("address", [REQUEUE, ASSIGN, REOPEN])
def test_pharmacists_are_refused(flagged: Flagged, pharmacist: User, address: str) -> None:
    one = flagged().statement_id
    assert sign_in(pharmacist).post(address, {"which": "ticked", "statement": one}).status_code == 403
    assert sign_in(pharmacist).get(address).status_code == 405
    assert not ReviewItem.objects.exists()
