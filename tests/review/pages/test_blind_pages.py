"""A blind task: the pages around an item tell a reviewer no more of the model's answer than the item does."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from ledger.models import Prediction, Run, Task
from review.filters import EVERYTHING
from review.models import ReviewItem
from review.queries.upcoming import upcoming
from tests.ledger import facts
from tests.ledger.patterned import class_rule, give_codes
from tests.review.conftest import Flagged, MakeItem, answered, put_in_queue, sign_in
from tests.review.patterned import page_of, read_mixed, together, words

QUEUE, LEDGER, DASHBOARD = (f"/tasks/ddi-polarity/{name}/" for name in ("queue", "ledger", "dashboard"))
REASONS = ("ATC contradiction", "low confidence", "changed its mind", "disputes a gold label", "two models differ")
TELLING = (*REASONS, "Contradictions", "Doubtful", "Suspect gold", 'class="confidence"', '<select name="said"')


@pytest.fixture
def waiting(make_item: MakeItem) -> ReviewItem:
    Task.objects.update(blind=True)
    return make_item(
        "atc_contradiction",
        prediction={"confidence": 0.625},
        reasons=[
            {"rule": "atc_contradiction", "explanation": "Expected synergistic.", "atc_rule": None},
            {"rule": "audit", "explanation": "Drawn at random.", "atc_rule": None},
        ],
    )


@pytest.fixture
def read(flagged: Flagged) -> list[Prediction]:
    Task.objects.update(blind=True)
    return read_mixed(flagged)


def shown(address: str, reader: User) -> str:
    response = sign_in(reader).get(address)
    assert response.status_code == 200
    return response.content.decode()


def set_apart(page: str) -> int:
    """How many statements the page lists as exceptions."""
    return sum(1 if n == "one" else int(n) for n in re.findall(r"Set apart: of (\w+) statement", page))


@pytest.mark.parametrize("query", ["", "?reason=atc_contradiction", "?said=antagonistic"])
def test_the_queue_names_no_reason_count_or_answer(waiting: ReviewItem, pharmacist: User, query: str) -> None:
    page = shown(QUEUE + query, pharmacist)
    assert f"/items/{waiting.pk}/" in page, "no filter by what the model said takes anything out"
    for telling in (*TELLING, "Expected synergistic.", "0.63"):
        assert telling not in page, telling


def test_its_rows_have_nothing_of_the_model_to_show(waiting: ReviewItem, pharmacist: User, task: Task) -> None:
    task.refresh_from_db()
    listed = upcoming(task=task, reviewer=pharmacist, now=timezone.now(), chosen=EVERYTHING, after=None)
    (row,) = listed.rows
    assert (listed.hides_model, row.said, row.confidence) == (True, None, None)
    assert [reason.rule for reason in row.reasons] == ["audit"]


@pytest.mark.parametrize("name", ["", "tasks/ddi-polarity/patterns/", "tasks/ddi-polarity/guideline/", "me/answers/"])
def test_the_other_pages_on_the_way_tell_nothing_either(waiting: ReviewItem, pharmacist: User, name: str) -> None:
    page = shown(f"/{name}", pharmacist)
    for telling in (*TELLING, "Expected synergistic.", "0.63"):
        assert telling not in page, telling


@pytest.mark.parametrize("query", ["label=antagonistic", "reason=atc_contradiction", "order=unsure", "most=0.9"])
def test_a_search_by_what_the_model_said_leaves_it_out(waiting: ReviewItem, pharmacist: User, query: str) -> None:
    row = f"/statements/{waiting.statement_id}/"
    assert row not in shown(f"{LEDGER}?{query}", pharmacist)
    answered(waiting, pharmacist)
    assert row in shown(f"{LEDGER}?{query}", pharmacist)


def test_a_search_without_a_question_lists_it_unread(waiting: ReviewItem, pharmacist: User) -> None:
    page = shown(LEDGER, pharmacist)
    assert "after your answer" in page
    assert "0.63" not in page


def test_a_pattern_keeps_what_is_left_of_it_blind_once_decided(
    read: list[Prediction], build: Run, pharmacist: User, second_pharmacist: User
) -> None:
    put_in_queue(build, read[0], "atc_contradiction")
    together(read[1], pharmacist)
    for reader in (pharmacist, second_pharmacist):
        page = page_of(read[0], reader)
        assert "Decided:" in page
        assert "What the live model says" not in page
        assert 'class="confidence"' not in page


def test_a_pattern_does_not_say_how_many_the_model_contradicts(
    read: list[Prediction], build: Run, pharmacist: User
) -> None:
    class_rule("Z01A", "Z02A", "antagonistic")
    give_codes(read[5].statement, "Z01AA01", "Z02AA01")
    put_in_queue(build, read[5], "atc_contradiction")
    query = "?label=synergistic"
    page = words(page_of(read[0], pharmacist, query))
    assert "to be answered one by one 1" in page
    assert "flagged: the model contradicts" not in page
    blind = set_apart(page)
    Task.objects.update(blind=False)
    page = words(page_of(read[0], pharmacist, query))
    assert "flagged: the model contradicts pharmacology, its predecessor or an imported label 1" in page
    assert set_apart(page) == blind + 1, "so what is set apart less what each answer leaves is no count of the flagged"


def test_the_dashboard_keeps_the_models_leaning_for_the_lead(waiting: ReviewItem, pharmacist: User, lead: User) -> None:
    cache.clear()
    page = shown(DASHBOARD, pharmacist)
    assert "How sure the live model is" not in page
    assert "figure-flags" not in page
    assert "is shown to the lead alone" in page
    assert "How sure the live model is" in shown(DASHBOARD, lead)
    Task.objects.update(blind=False)
    assert "How sure the live model is" in shown(DASHBOARD, pharmacist)


def test_who_answered_finds_the_models_answer_everywhere(waiting: ReviewItem, pharmacist: User) -> None:
    answered(waiting, pharmacist)
    page = shown(f"/statements/{waiting.statement_id}/", pharmacist)
    assert "What models said" in page
    assert facts.label("antagonistic").title.lower() in page
