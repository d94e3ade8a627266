"""One answer for a whole wording, sent from its page, and taking it back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from ledger.models import GoldLabel, Label, ModelVersion, Pattern, PatternDecision, Prediction, SpotCheck, Task
from review.models import ReviewItem
from tests.ledger import facts
from tests.ledger.people import undo as taken_back_by
from tests.review.conftest import Flagged, answered, predict, sign_in
from tests.review.patterned import PAIRS, WORDING, address, page_of, read_mixed, taken_back, together, words

OTHER = "{} goes well with {}."


@pytest.fixture
def read(flagged: Flagged) -> list[Prediction]:
    return read_mixed(flagged)


def sent(said: Prediction, by: User, **changes: Any) -> HttpResponse:
    form = {"label": "synergistic", "sample": str(said.statement_id), "idempotency_key": uuid.uuid4(), "comment": ""}
    form["shown"] = changes.get("label", "synergistic")
    response: Any = sign_in(by).post(address(said) + "decide/", form | changes)
    return response


def withdrawal(decision: PatternDecision, by: User, **changes: Any) -> HttpResponse:
    form = {"reason": "Read too fast.", "idempotency_key": uuid.uuid4()}
    response: Any = sign_in(by).post(reverse("review:withdraw_pattern", args=[decision.pk]), form | changes)
    return response


def test_one_decision_for_the_rest_is_saved_and_shown(read: list[Prediction], pharmacist: User) -> None:
    response = sent(read[0], pharmacist, comment="No harm is named.")
    assert (response.status_code, response["Location"]) == (303, address(read[0]))
    decision = PatternDecision.objects.get()
    assert (decision.label, decision.reviewer, decision.comment) == (
        facts.label("synergistic"), pharmacist, "No harm is named.",
    )  # fmt: skip
    assert decision.sample == [read[0].statement_id]
    assert GoldLabel.objects.current().filter(source="pattern_review").count() == 14
    text = words(page_of(read[0], pharmacist))
    assert "Decided: synergistic" in text
    assert "0 of 5 spot checks answered by others" in text
    assert "They are in your colleagues’ queue, not in yours." in text


def test_sending_it_twice_is_once(read: list[Prediction], pharmacist: User) -> None:
    key = uuid.uuid4()
    sent(read[0], pharmacist, idempotency_key=key)
    response = sent(read[0], pharmacist, idempotency_key=key)
    assert response.status_code == 303
    assert (PatternDecision.objects.count(), SpotCheck.objects.count()) == (1, 5)


@pytest.mark.parametrize(
    "wrong", [{"label": "maybe"}, {"idempotency_key": "1"}, {"comment": "x" * 2_001}, {"sample": ""}, {"sample": "0"}]
)
def test_what_cannot_be_read_is_refused_and_nothing_written(
    read: list[Prediction], pharmacist: User, wrong: dict[str, str]
) -> None:
    response = sent(read[0], pharmacist, **wrong)
    assert response.status_code == 422
    assert b"Not saved:" in response.content
    assert not PatternDecision.objects.exists()


def test_only_the_answer_whose_exceptions_were_shown_can_be_given(read: list[Prediction], pharmacist: User) -> None:
    html = page_of(read[0], pharmacist)
    assert re.findall(r'<button class="answer \w+" name="label" value="(\w+)"', html) == ["synergistic"]
    assert 'href="?label=antagonistic" data-key="2"' in html
    assert 'name="shown" value="synergistic"' in html
    for shown in ("synergistic", ""):
        response = sent(read[0], pharmacist, label="antagonistic", shown=shown)
        assert response.status_code == 422
        assert "What this answer would set apart was not on the page" in response.content.decode()
    assert not PatternDecision.objects.exists()
    other = sign_in(pharmacist).get(address(read[0]), {"label": "antagonistic"}).content.decode()
    assert re.findall(r'<button class="answer \w+" name="label" value="(\w+)"', other) == ["antagonistic"]
    assert sent(read[0], pharmacist, label="antagonistic").status_code == 303


def test_a_refused_answer_keeps_the_label_it_was_about(read: list[Prediction], pharmacist: User) -> None:
    response = sent(read[0], pharmacist, label="antagonistic", comment="x" * 2_001)
    assert response.status_code == 422
    assert 'name="shown" value="antagonistic"' in response.content.decode()


def test_where_no_answer_is_proposed_none_can_be_given_yet(read: list[Prediction], pharmacist: User) -> None:
    Task.objects.update(blind=True)
    html = page_of(read[0], pharmacist)
    assert 'name="label"' not in html
    assert html.count('class="button answer unshown') == Label.objects.filter(task=facts.polarity()).count()


def test_a_sample_of_other_statements_is_refused(read: list[Prediction], flagged: Flagged, pharmacist: User) -> None:
    other = flagged(wording=OTHER)
    assert sent(read[0], pharmacist, sample=f"{read[0].statement_id} {other.statement_id}").status_code == 422


def test_another_answer_while_one_stands_is_told_to_withdraw_first(
    read: list[Prediction], pharmacist: User, second_pharmacist: User
) -> None:
    sent(read[0], pharmacist)
    client = sign_in(second_pharmacist)
    form = {"label": "antagonistic", "shown": "antagonistic", "sample": str(read[0].statement_id)}
    form["idempotency_key"] = str(uuid.uuid4())
    response = client.post(address(read[0]) + "decide/", form, follow=True)
    assert b"Withdraw that decision first" in response.content
    assert PatternDecision.objects.count() == 1


def test_without_a_model_the_page_says_what_is_missing(pharmacist: User, db: None) -> None:
    said = [facts.statement(head, tail, OTHER) for head, tail in PAIRS[:3]]
    response = sign_in(pharmacist).get(reverse("review:pattern", args=["ddi-polarity", said[0].pattern_id]))
    assert b"No model yet" in response.content
    assert b'name="label"' not in response.content


def test_a_pattern_of_no_statement_of_the_task_is_not_found(read: list[Prediction], pharmacist: User) -> None:
    stray = Pattern.objects.create(text="⟨1⟩ ⟨2⟩", sha256="3" * 64)
    other = Task.objects.create(slug="other", title="Other", question="?")
    client = sign_in(pharmacist)
    for task, pattern_id in (("ddi-polarity", stray.pk), (other.slug, read[0].statement.pattern_id), ("none", 1)):
        assert client.get(reverse("review:pattern", args=[task, pattern_id])).status_code == 404
        assert client.post(reverse("review:decide_pattern", args=[task, pattern_id])).status_code == 404


def test_the_decider_and_the_lead_may_withdraw_with_a_reason(
    read: list[Prediction], pharmacist: User, second_pharmacist: User, lead: User
) -> None:
    decision = together(read[0], pharmacist).decision
    assert "Withdraw this decision" in page_of(read[0], pharmacist)
    assert "Withdraw this decision" not in page_of(read[0], second_pharmacist)
    assert withdrawal(decision, pharmacist, reason=" ").status_code == 422
    refused = withdrawal(decision, second_pharmacist)
    assert refused.status_code == 303
    assert GoldLabel.objects.current().count() == 14
    assert withdrawal(decision, lead).status_code == 303
    assert not GoldLabel.objects.current().exists()
    text = words(page_of(read[0], pharmacist))
    assert "Withdrawn" in text
    assert "Read too fast." in text


def test_withdrawing_twice_takes_back_once(read: list[Prediction], pharmacist: User) -> None:
    decision, key = together(read[0], pharmacist).decision, uuid.uuid4()
    for _ in range(2):
        withdrawal(decision, pharmacist, idempotency_key=key)
    withdrawal(decision, pharmacist)
    assert list(PatternDecision.objects.order_by("id").values_list("act", flat=True)) == ["decision", "withdrawal"]


def test_there_is_nothing_to_withdraw_of_a_withdrawal(read: list[Prediction], pharmacist: User) -> None:
    ended = taken_back(together(read[0], pharmacist).decision, pharmacist)
    assert withdrawal(ended, pharmacist).status_code == 404


def test_a_reopened_pattern_says_who_read_what_and_offers_to_decide_again(
    read: list[Prediction], pharmacist: User, second_pharmacist: User
) -> None:
    together(read[0], pharmacist)
    check = ReviewItem.objects.filter(main_reason="spot_check")[0]
    said = answered(check, second_pharmacist, "antagonistic", comment="“Given” is advice against.")
    text = words(page_of(read[0], pharmacist))
    assert "Reopened by a spot check" in text
    assert check.statement.text in text
    assert "“Given” is advice against." in text
    assert "One answer for all of them:" in text
    taken_back_by(said, by=second_pharmacist.get_username())
    assert "has taken that answer back since. The pattern stays open" in words(page_of(read[0], pharmacist))


def test_new_statements_of_a_decided_pattern_can_be_decided_the_same_way(
    read: list[Prediction], model: ModelVersion, pharmacist: User
) -> None:
    together(read[0], pharmacist)
    assert "have come since" not in page_of(read[0], pharmacist)
    head, tail = PAIRS[40]
    predict(model, said="synergistic", confidence=0.99, head=head, tail=tail, wording=WORDING)
    html = page_of(read[0], pharmacist)
    assert "have come since" in html
    assert 'value="antagonistic" data-key' not in html
    sent(read[0], pharmacist)
    assert GoldLabel.objects.current().filter(source="pattern_review").count() == 15
