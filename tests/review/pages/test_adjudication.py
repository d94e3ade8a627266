from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.models import Comment, Decision, DisagreementCause, GoldLabel, Task
from ledger.record.comments import add_comment
from review.actions.decide import revise
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, sign_in

LIST = "/adjudication/"


@pytest.fixture
def disputed(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> ReviewItem:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "antagonistic", comment="harm grows")
    answered(item, second_pharmacist, "synergistic", comment="wanted effect")
    return item


def settle(item: ReviewItem, by: User, **changes: object) -> Any:
    values = {
        "label": "synergistic",
        "cause": "ambiguous",
        "comment": "The effect is wanted.",
        "idempotency_key": uuid.uuid4(),
    }
    return sign_in(by).post(reverse("review:adjudicate", args=[item.pk]), values | changes)


def test_the_list_shows_disagreements_alone(disputed: ReviewItem, make_item: MakeItem, adjudicator: User) -> None:
    other = make_item()
    page = sign_in(adjudicator).get(LIST).content.decode()
    assert reverse("review:adjudication", args=[disputed.pk]) in page
    assert reverse("review:adjudication", args=[other.pk]) not in page
    assert '<td class="number">2</td>' in page


def test_an_empty_list_says_so(adjudicator: User, db: None) -> None:
    assert "Nobody disagrees" in sign_in(adjudicator).get(LIST).content.decode()


def test_the_list_pages_by_key(disputed: ReviewItem, adjudicator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.queries.adjudication.PAGE", 1)
    monkeypatch.setattr("review.views.adjudication.PAGE", 1)
    assert f'href="?after={disputed.pk}"' in sign_in(adjudicator).get(LIST).content.decode()
    assert "Nothing to settle" in sign_in(adjudicator).get(f"{LIST}?after={disputed.pk}").content.decode()


def test_each_answer_is_shown_with_who_when_and_why(disputed: ReviewItem, adjudicator: User) -> None:
    page = sign_in(adjudicator).get(reverse("review:adjudication", args=[disputed.pk])).content.decode()
    for shown in ("harm grows", "wanted effect", "<h3>pharmacist</h3>", "<h3>second</h3>", "saw model", "0.60"):
        assert shown in page
    assert "your own" not in page


def test_what_somebody_had_said_before_is_shown_too(make_item: MakeItem, pharmacist: User, lead: User) -> None:
    Task.objects.update(blind=True)
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "synergistic", comment="at first sight")
    revise(
        item=item, by=pharmacist, label=facts.label("antagonistic"), comment="", seconds_spent=None,
        idempotency_key=uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip
    answered(item, lead, "synergistic")
    page = sign_in(lead).get(reverse("review:adjudication", args=[item.pk])).content.decode()
    before = page.split("Before that")[1].split("</details>")[0]
    assert "saw no model" in before
    assert "at first sight" in before
    assert page.count("your own") == 1


def test_the_discussion_stands_beside_and_goes_on(disputed: ReviewItem, adjudicator: User, pharmacist: User) -> None:
    add_comment(
        task=disputed.task, statement=disputed.statement, author=pharmacist, text="Which <b>clause</b>?",
        idempotency_key=uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip
    client = sign_in(adjudicator)
    page = client.get(reverse("review:adjudication", args=[disputed.pk])).content.decode()
    assert "Which &lt;b&gt;clause&lt;/b&gt;?" in page
    (key,) = set(re.findall(r'name="idempotency_key" value="([0-9a-f-]+)"', page.split('id="thread"')[1]))
    client.post(reverse("review:comment", args=[disputed.pk]), {"text": "The second.", "idempotency_key": key})
    assert "The second." in client.get(reverse("review:adjudication", args=[disputed.pk])).content.decode()


def test_settling_makes_gold_once(disputed: ReviewItem, adjudicator: User) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        response = settle(disputed, adjudicator, idempotency_key=key)
        assert (response.status_code, response["Location"]) == (303, LIST)
    gold = GoldLabel.objects.get()
    assert (gold.label.slug, gold.source) == ("synergistic", "adjudication")
    assert Decision.objects.filter(kind="adjudication").count() == 1
    disputed.refresh_from_db()
    assert disputed.state == "settled"


def test_a_reason_is_required_and_the_form_stays(disputed: ReviewItem, adjudicator: User) -> None:
    response = settle(disputed, adjudicator, comment="")
    assert response.status_code == 422
    assert "both reviewers will read it" in response.content.decode()
    assert not GoldLabel.objects.exists()


def test_a_cause_is_required_and_the_reason_stays_in_the_form(disputed: ReviewItem, adjudicator: User) -> None:
    for cause in ("", "boredom"):
        response = settle(disputed, adjudicator, cause=cause)
        page = response.content.decode()
        assert response.status_code == 422
        assert 'aria-describedby="cause-error"' in page
        assert "The effect is wanted." in page
    assert not GoldLabel.objects.exists()


def test_the_cause_is_kept_with_the_answer(disputed: ReviewItem, adjudicator: User) -> None:
    key = uuid.uuid4()
    for cause in ("no_outcome", "slip"):
        settle(disputed, adjudicator, cause=cause, idempotency_key=key)
    cause = DisagreementCause.objects.get()
    assert (cause.decision.kind, cause.decision.reviewer, cause.cause) == ("adjudication", adjudicator, "no_outcome")
    page = sign_in(adjudicator).get(reverse("review:adjudication", args=[disputed.pk])).content.decode()
    assert "the sentence states no outcome" in page


def test_what_is_settled_cannot_be_settled_by_somebody_else_and_their_words_stay(
    disputed: ReviewItem, adjudicator: User, lead: User
) -> None:
    settle(disputed, adjudicator)
    response = settle(disputed, lead, label="antagonistic", comment="Harm outweighs it.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "not in disagreement any more" in page
    assert "<blockquote>Harm outweighs it.</blockquote>" in page
    assert "Settled by adjudicator" in page
    assert GoldLabel.objects.get().label.slug == "synergistic"


def test_the_number_of_queries_does_not_grow(
    disputed: ReviewItem, make_item: MakeItem, pharmacist: User, second_pharmacist: User, adjudicator: User
) -> None:
    counts = []
    client = sign_in(adjudicator)
    for _ in range(2):
        another = make_item(reviews_needed=2)
        answered(another, pharmacist, "antagonistic")
        answered(another, second_pharmacist, "undetermined")
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5


def test_the_adjudicator_takes_it_back_from_the_list_and_from_its_page(disputed: ReviewItem, adjudicator: User) -> None:
    client = sign_in(adjudicator)
    for place in (LIST, reverse("review:adjudication", args=[disputed.pk])):
        settle(disputed, adjudicator)
        undo = reverse("review:undo", args=[Decision.objects.latest("id").pk])
        page = client.get(place).content.decode()
        form = page.partition(f'action="{undo}"')[2].partition("</form>")[0]
        (key,) = re.findall(r'name="idempotency_key" value="([0-9a-f-]+)"', form)
        for _ in range(2):
            response = client.post(undo, {"idempotency_key": key})
            assert response["Location"] == reverse("review:adjudication", args=[disputed.pk])
        assert "can be settled again" in client.get(response["Location"]).content.decode()
        disputed.refresh_from_db()
        assert disputed.state == "adjudication"
    assert not GoldLabel.objects.current().exists()


def test_another_person_s_adjudication_is_not_theirs_to_undo(
    disputed: ReviewItem, adjudicator: User, lead: User, pharmacist: User
) -> None:
    settle(disputed, adjudicator)
    undo = reverse("review:undo", args=[Decision.objects.latest("id").pk])
    assert undo not in sign_in(lead).get(reverse("review:adjudication", args=[disputed.pk])).content.decode()
    for other in (lead, pharmacist):
        assert sign_in(other).post(undo, {"idempotency_key": uuid.uuid4()}).status_code == 404
    assert GoldLabel.objects.current().exists()


def test_one_s_own_disagreement_is_shown_without_a_form_and_refused(
    make_item: MakeItem, pharmacist: User, lead: User, adjudicator: User
) -> None:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "antagonistic")
    answered(item, lead, "synergistic")
    client = sign_in(lead)
    assert "your own" in client.get(LIST).content.decode()
    page = client.get(reverse("review:adjudication", args=[item.pk])).content.decode()
    assert "another adjudicator settles it" in page
    assert 'name="cause"' not in page
    response = settle(item, lead)
    assert response.status_code == 409
    assert "<blockquote>The effect is wanted.</blockquote>" in response.content.decode()
    assert 'name="cause"' in sign_in(adjudicator).get(reverse("review:adjudication", args=[item.pk])).content.decode()


def reopen(item: ReviewItem, by: User, **changes: object) -> Any:
    values = {"to": "adjudication", "reason": "Read too fast.", "idempotency_key": uuid.uuid4()}
    return sign_in(by).post(reverse("review:reopen", args=[item.pk]), values | changes)


def test_the_lead_opens_a_settled_item_again_with_a_reason(disputed: ReviewItem, adjudicator: User, lead: User) -> None:
    settle(disputed, adjudicator)
    address = reverse("review:adjudication", args=[disputed.pk])
    assert reverse("review:reopen", args=[disputed.pk]) in sign_in(lead).get(address).content.decode()
    assert reverse("review:reopen", args=[disputed.pk]) not in sign_in(adjudicator).get(address).content.decode()
    key = uuid.uuid4()
    for _ in range(2):
        assert reopen(disputed, lead, idempotency_key=key)["Location"] == address
    assert Comment.objects.get().text == "Opened again for an adjudicator: Read too fast."
    page = sign_in(adjudicator).get(address).content.decode()
    assert 'name="cause"' in page
    assert "Read too fast." in page
    assert "opened again since" in sign_in(adjudicator).get(LIST).content.decode()


def test_without_a_reason_nothing_is_opened(disputed: ReviewItem, adjudicator: User, lead: User) -> None:
    settle(disputed, adjudicator)
    for changes in ({"reason": ""}, {"to": ""}, {"to": "nobody"}):
        response = reopen(disputed, lead, **changes)
        assert response.status_code == 422
        assert "-error" in response.content.decode()
    disputed.refresh_from_db()
    assert (disputed.state, Comment.objects.count()) == ("settled", 0)


def test_what_was_said_is_veiled_while_another_pharmacist_is_asked(
    disputed: ReviewItem, adjudicator: User, lead: User, pharmacist: User
) -> None:
    Task.objects.update(blind=True)
    settle(disputed, adjudicator)
    reopen(disputed, lead, to="reviewer")
    page = sign_in(lead).get(reverse("review:adjudication", args=[disputed.pk])).content.decode()
    for hidden in ("harm grows", "The effect is wanted.", "saw model", "low confidence"):
        assert hidden not in page
    assert "waits for a pharmacist" in page
    assert reopen(disputed, lead).status_code == 409
