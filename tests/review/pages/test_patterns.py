"""The list of wordings, one of them, the decision about it, and taking it back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import Prediction, Run, Task
from review.models import ReviewItem
from tests.ledger.patterned import class_rule, give_codes
from tests.review.conftest import Flagged, answered, put_in_queue, sign_in
from tests.review.patterned import PAIRS, address, page_of, read_mixed, together, words

LIST = "/tasks/ddi-polarity/patterns/"
OTHER = "{} goes well with {}."


@pytest.fixture
def read(flagged: Flagged) -> list[Prediction]:
    return read_mixed(flagged)


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
    with django_assert_num_queries(13):
        client.get(LIST)
    for number in range(6):
        for head, tail in PAIRS[:2]:
            flagged(head=head, tail=tail, wording=f"{{}} meets {{}} in case {number}.")
    with django_assert_num_queries(13):
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


def test_a_blind_task_shows_nothing_the_model_says(read: list[Prediction], pharmacist: User) -> None:
    Task.objects.update(blind=True)
    html = page_of(read[0], pharmacist)
    assert "What the live model says" not in html
    assert 'class="confidence"' not in html
    together(read[0], pharmacist)
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
