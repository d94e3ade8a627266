"""The list of wordings, one of them, the decision about it, and taking it back."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from ledger.models import GoldLabel, ModelVersion, Pattern, PatternDecision, Prediction, Run, SpotCheck, Task
from review.models import ReviewItem
from tests.ledger import facts
from tests.ledger.patterned import class_rule, give_codes
from tests.ledger.people import undo as taken_back_by
from tests.review.conftest import Flagged, answered, predict, put_in_queue, sign_in
from tests.review.patterned import PAIRS, WORDING, read_wording, taken_back, together

LIST = "/tasks/ddi-polarity/patterns/"
OTHER = "{} goes well with {}."


@pytest.fixture
def read(flagged: Flagged) -> list[Prediction]:
    """Fourteen statements of one wording: twelve said to be synergistic, two antagonistic."""
    return [
        *read_wording(flagged),
        *(
            flagged(said="antagonistic", confidence=0.8, head=head, tail=tail, wording=WORDING)
            for head, tail in PAIRS[12:14]
        ),
    ]


def address(said: Prediction) -> str:
    return reverse("review:pattern", args=["ddi-polarity", said.statement.pattern_id])


def page_of(said: Prediction, reader: User, query: str = "") -> str:
    response = sign_in(reader).get(address(said) + query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """The page's words, its markup and blanks left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def sent(said: Prediction, by: User, **changes: Any) -> HttpResponse:
    form = {"label": "synergistic", "sample": str(said.statement_id), "idempotency_key": uuid.uuid4(), "comment": ""}
    response: Any = sign_in(by).post(address(said) + "decide/", form | changes)
    return response


def withdrawal(decision: PatternDecision, by: User, **changes: Any) -> HttpResponse:
    form = {"reason": "Read too fast.", "idempotency_key": uuid.uuid4()}
    response: Any = sign_in(by).post(reverse("review:withdraw_pattern", args=[decision.pk]), form | changes)
    return response


def test_the_list_shows_shared_wordings_the_most_statements_first(
    read: list[Prediction], flagged: Flagged, build: Run, pharmacist: User
) -> None:
    for head, tail in PAIRS[:3]:
        flagged(head=head, tail=tail, wording=OTHER)
    flagged(wording="{} is worded like nothing beside {}.")
    put_in_queue(build, read[0], "low_confidence")
    text = words(sign_in(pharmacist).get(LIST).content.decode())
    assert text.index("can be given on the day of") < text.index("goes well with")
    assert "worded like nothing" not in text
    assert "drug 1 can be given on the day of drug 2 . 14 statements 1 in the queue" in text


def test_the_list_is_cut_by_what_was_decided(read: list[Prediction], pharmacist: User, second_pharmacist: User) -> None:
    decision = together(read[0], pharmacist).decision
    client = sign_in(pharmacist)
    wording = b"on the day of"
    assert [wording in client.get(f"{LIST}?part={part}").content for part in ("open", "decided", "reopened")] == [
        False, True, False,
    ]  # fmt: skip
    check = ReviewItem.objects.filter(main_reason="spot_check")[0]
    answered(check, second_pharmacist, "antagonistic")
    assert [wording in client.get(f"{LIST}?part={part}").content for part in ("open", "decided", "reopened")] == [
        True, False, True,
    ]  # fmt: skip
    assert decision.replaced_by.act == "reopened"


def test_the_list_goes_on_where_a_page_ended(flagged: Flagged, pharmacist: User) -> None:
    for number in range(30):
        for head, tail in PAIRS[: 2 + number % 3]:
            flagged(head=head, tail=tail, wording=f"{{}} meets {{}} in case {number}.")
    client, met, query = sign_in(pharmacist), [], "?part=open"
    while query:
        html = client.get(LIST + query).content.decode()
        met += re.findall(r"patterns/(\d+)/", html)
        following = re.search(r'href="(\?part=open&amp;after=[\d-]+)"', html)
        query = following[1].replace("&amp;", "&") if following else ""
    assert len(met) == len(set(met)) == 30


def test_a_list_that_goes_on_nowhere_starts_anew(read: list[Prediction], pharmacist: User) -> None:
    for query in ("?after=x-1", "?after=1", "?part=password", f"?after={'9' * 40}-1"):
        assert b"on the day of" in sign_in(pharmacist).get(LIST + query).content


def test_the_list_costs_the_same_queries_however_long(
    read: list[Prediction], flagged: Flagged, pharmacist: User, django_assert_num_queries: Any
) -> None:
    client = sign_in(pharmacist)
    with django_assert_num_queries(11):
        client.get(LIST)
    for number in range(6):
        for head, tail in PAIRS[:2]:
            flagged(head=head, tail=tail, wording=f"{{}} meets {{}} in case {number}.")
    with django_assert_num_queries(11):
        client.get(LIST)


def test_nothing_to_decide_is_said(pharmacist: User, db: None) -> None:
    for part, title in (
        ("open", "No open patterns"),
        ("decided", "Nothing is decided yet"),
        ("reopened", "Nothing was"),
    ):
        assert title in sign_in(pharmacist).get(f"{LIST}?part={part}").content.decode()


def test_a_pattern_shows_a_sample_of_every_answer_of_the_model(read: list[Prediction], pharmacist: User) -> None:
    html = page_of(read[0], pharmacist)
    sample = html.split('id="sample"')[1].split("</section>")[0]
    assert sample.count("<li>") == 12
    assert sample.count("antagonistic") == 4  # its class and its word, for both statements that are said to be
    assert "for 14" in words(html)
    assert (
        page_of(read[0], pharmacist).split('name="sample"')[1].split(">")[0]
        == (html.split('name="sample"')[1].split(">")[0])
    )


def test_exceptions_stand_apart_with_their_rule_and_the_way_to_them(
    read: list[Prediction], build: Run, pharmacist: User
) -> None:
    class_rule("Z01A", "Z02A", "antagonistic")
    give_codes(read[5].statement, "Z01AA01", "Z02AA01")
    item = put_in_queue(build, read[5], "low_confidence")
    html = page_of(read[0], pharmacist)
    apart = html.split('class="reading-list apart"')[1].split("</section>")[0]
    assert "Z01A × Z02A" in apart
    assert "Each undoes the other." in apart
    assert reverse("review:item", args=[item.pk]) in apart
    sentence = words(apart)
    n_apart = apart.count("<li>")
    assert f"Set apart: of {'one statement' if n_apart == 1 else f'{n_apart} statements'}" in sentence
    assert f"for {14 - n_apart}, {n_apart} set apart" in words(html)
    other = page_of(read[0], pharmacist, "?label=antagonistic")
    assert 'class="reading-list apart"' not in other


def test_what_stays_individual_is_counted_by_reason(read: list[Prediction], build: Run, pharmacist: User) -> None:
    put_in_queue(build, read[0], "flip")
    put_in_queue(
        build, read[1], "low_confidence", lease_by=pharmacist, lease_until=timezone.now() + timedelta(minutes=5)
    )
    text = words(page_of(read[2], pharmacist))
    assert "flagged: the model contradicts pharmacology" in text
    assert "open in front of somebody now 1" in text
    assert "for 12" in text


def test_a_page_costs_few_queries(read: list[Prediction], pharmacist: User, django_assert_max_num_queries: Any) -> None:
    together(read[0], pharmacist)
    client = sign_in(pharmacist)
    with django_assert_max_num_queries(24):
        client.get(address(read[0]))


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


def test_a_sample_of_other_statements_is_refused(read: list[Prediction], flagged: Flagged, pharmacist: User) -> None:
    other = flagged(wording=OTHER)
    assert sent(read[0], pharmacist, sample=f"{read[0].statement_id} {other.statement_id}").status_code == 422


def test_another_answer_while_one_stands_is_told_to_withdraw_first(
    read: list[Prediction], pharmacist: User, second_pharmacist: User
) -> None:
    sent(read[0], pharmacist)
    client = sign_in(second_pharmacist)
    form = {"label": "antagonistic", "sample": str(read[0].statement_id), "idempotency_key": uuid.uuid4()}
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


def test_a_blind_task_shows_nothing_the_model_says(read: list[Prediction], pharmacist: User) -> None:
    Task.objects.update(blind=True)
    html = page_of(read[0], pharmacist)
    assert "What the live model says" not in html
    assert 'class="confidence"' not in html
    sent(read[0], pharmacist)
    assert "Decided:" in page_of(read[0], pharmacist)


def test_imported_text_is_data(flagged: Flagged, pharmacist: User) -> None:
    script = "<script>alert(1)</script>"
    made = [flagged(head=head, tail=tail, wording=f"{{}} {script} {{}}") for head, tail in PAIRS[:2]]
    for page in (page_of(made[0], pharmacist), sign_in(pharmacist).get(LIST).content.decode()):
        assert script not in page
        assert "&lt;script&gt;" in page


def test_an_item_page_names_pattern_review_as_the_source_once_it_may_be_seen(
    read: list[Prediction], build: Run, pharmacist: User, second_pharmacist: User
) -> None:
    covered = [put_in_queue(build, said, "low_confidence") for said in read]
    together(read[0], pharmacist)
    client = sign_in(second_pharmacist)
    settled = next(item for item in covered if ReviewItem.objects.get(pk=item.pk).state == "settled")
    history = client.get(reverse("review:item", args=[settled.pk])).content.decode().split('id="history"')[1]
    assert "pattern review" in history
    check = ReviewItem.objects.filter(main_reason="spot_check")[0]
    page = client.get(reverse("review:item", args=[check.pk])).content.decode()
    assert "pattern review" not in page
    assert reverse("review:pattern", args=["ddi-polarity", check.statement.pattern_id]) not in page
    answered(check, second_pharmacist, "synergistic")
    assert "single review" in client.get(reverse("review:item", args=[check.pk])).content.decode()


def test_the_queue_leads_to_the_patterns(pharmacist: User, db: None) -> None:
    assert LIST in sign_in(pharmacist).get("/tasks/ddi-polarity/queue/").content.decode()
