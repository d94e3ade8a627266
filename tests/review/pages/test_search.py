"""The pages of the ledger: the search, and one statement."""

from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger.models import ModelVersion, Statement, Task
from ledger.record.comments import add_comment
from ledger.record.gold import add_seed_labels
from review.models import ReviewItem
from review.queries import ledger_page
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered, predict, sign_in

LEDGER = "/tasks/ddi-polarity/ledger/"
SCRIPT = "<script>alert('1')</script>"


def page_for(reader: User, query: str = "") -> str:
    response = sign_in(reader).get(LEDGER + query)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(page: str) -> dict[int, str]:
    """Each row of the list by its statement's number, in the order of the page."""
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    return {int(re.findall(r'href="/statements/(\d+)/"', row)[0]): row for row in rows}


def heading_of(page: str) -> str:
    return re.findall(r'<h2 id="found"[^>]*>([^<]*)</h2>', page)[0]


def test_a_row_says_what_was_said_confirmed_and_where_it_stands(
    flagged: Flagged, make_item: MakeItem, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item("flip", prediction={"confidence": 0.812}, assigned_to=second_pharmacist)
    free = flagged(said="synergistic", confidence=0.99)
    unread = facts.statement()
    add_seed_labels(task=task, rows=[(free.statement_id, facts.label("undetermined").pk, "seeds.csv")], now=facts.NOW)
    page = page_for(pharmacist)
    rows = rows_of(page)
    assert list(rows) == [item.statement_id, free.statement_id, unread.pk]
    assert '<mark class="head">Rivaroxaban<sub>1</sub></mark>' in rows[item.statement_id]
    assert '<span class="label antagonistic">antagonistic</span>' in rows[item.statement_id]
    assert "0.81" in rows[item.statement_id]
    assert f'href="/items/{item.pk}/">open</a>' in rows[item.statement_id]
    assert "for second" in rows[item.statement_id]
    assert '<span class="label undetermined">' in rows[free.statement_id]
    assert "seed corpus" in rows[free.statement_id]
    assert "not in the queue" in rows[free.statement_id]
    assert "not read" in rows[unread.pk]
    assert heading_of(page) == "3 statements"


def test_the_form_is_filled_as_it_was_asked_and_the_filter_goes_along(
    flagged: Flagged, pharmacist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_page, "PAGE", 2)
    monkeypatch.setattr(ledger_page, "MOST", 4)
    made = [flagged(confidence=0.6 + number / 100).statement_id for number in range(5)]
    flagged(said="synergistic")
    query = "?label=antagonistic&least=0.5&text=blood"
    page = page_for(pharmacist, query)
    assert 'name="text" value="blood"' in page
    assert 'name="least" min="0" max="1" step="any" value="0.5"' in page
    assert 'name="most" min="0" max="1" step="any" value=""' in page
    assert '<option value="antagonistic" selected>' in page
    assert heading_of(page) == "More than 4 statements"
    seen = list(rows_of(page))
    while found := re.search(r'href="(\?[^"]*after=[^"]+)">Next page', page):
        page = page_for(pharmacist, found[1].replace("&amp;", "&"))
        assert heading_of(page) == "Further statements"
        seen += rows_of(page)
    assert seen == made


def test_a_look_that_ended_before_the_page_was_full_can_be_gone_on_with(
    flagged: Flagged, pharmacist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(9):
        flagged()
    last = flagged(said="synergistic").statement_id
    look = ledger_page.look
    monkeypatch.setattr(ledger_page, "look", lambda *args, **kwargs: look(*args, **(kwargs | {"window": 4})))
    page = page_for(pharmacist, "?label=synergistic")
    assert heading_of(page) == "None found so far"
    n_looks = 1
    while found := re.search(r'href="(\?[^"]*after=[^"]+)">Search on', page):
        page = page_for(pharmacist, found[1].replace("&amp;", "&"))
        n_looks += 1
    assert list(rows_of(page)) == [last]
    assert n_looks == 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?drug=Nosuchdrug", "No drug is called “Nosuchdrug”"),
        ("?atc=Z99", "No drug has an ATC code in Z99"),
        ("?model=999", "There is no model 999 in this task."),
        ("?label=nonsense", "This task has no such label."),
        ("?corpus=nonsense", "There is no such corpus in this task."),
    ],
)
def test_a_name_that_means_nothing_is_said(flagged: Flagged, pharmacist: User, query: str, said: str) -> None:
    flagged()
    page = page_for(pharmacist, query)
    assert said in page
    assert "<tbody>" not in page


def test_an_empty_ledger_and_a_search_without_hits_say_so(task: Task, model: ModelVersion, pharmacist: User) -> None:
    assert "Nothing is imported yet." in page_for(pharmacist)
    facts.statement()
    assert "No statement matches." in page_for(pharmacist, "?text=nowhere")


def test_two_models_stand_side_by_side(model: ModelVersion, pharmacist: User) -> None:
    other = facts.model_version()
    differ, same = predict(model, said="synergistic"), predict(model, said="synergistic")
    predict(other, of=differ.statement, said="antagonistic")
    predict(other, of=same.statement, said="synergistic")
    page = page_for(pharmacist, f"?differs={other.number}")
    assert list(rows_of(page)) == [differ.statement_id]
    row = rows_of(page)[differ.statement_id]
    assert row.index("synergistic</span>") < row.index("antagonistic</span>")
    assert f'<th scope="col">Model {other.number}</th>' in page


def test_only_the_lead_can_choose_rows(flagged: Flagged, pharmacist: User, lead: User) -> None:
    flagged()
    assert 'type="checkbox"' not in page_for(pharmacist)
    page = page_for(lead)
    assert 'type="checkbox" name="statement"' in page
    assert "Put into the queue" in page


def test_what_others_answered_stays_hidden_until_one_s_own_answer(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2, prediction={"said": "synergistic"})
    answered(item, pharmacist, "antagonistic", comment="harm grows")
    settled = make_item()
    answered(settled, pharmacist, "antagonistic", comment="as stated")
    ReviewItem.objects.filter(pk=settled.pk).update(state="awaiting_second", reviews_needed=2)
    for one in (item, settled):
        add_comment(
            task=one.task, statement=one.statement, author=pharmacist, text="I chose the second clause.",
            idempotency_key=uuid.uuid4(), now=timezone.now(),
        )  # fmt: skip
    for one, said in ((item, "harm grows"), (settled, "as stated")):
        read = sign_in(second_pharmacist).get(f"/statements/{one.statement_id}/").content.decode()
        assert said not in read
        assert "second clause" not in read
        assert ">pharmacist<" not in read
        assert "single review" not in read
        assert "what other people said is left out until then" in read
    row = rows_of(page_for(second_pharmacist))[settled.statement_id]
    assert "single review" not in row
    assert "single review" in rows_of(page_for(pharmacist))[settled.statement_id]
    answered(item, second_pharmacist, "synergistic")
    read = sign_in(second_pharmacist).get(f"/statements/{item.statement_id}/").content.decode()
    assert "harm grows" in read
    assert "second clause" in read


def test_in_a_blind_task_the_model_s_answer_stays_hidden_until_one_s_own(
    make_item: MakeItem, flagged: Flagged, pharmacist: User
) -> None:
    Task.objects.update(blind=True)
    item = make_item("flip", prediction={"said": "synergistic", "confidence": 0.613})
    free = flagged(said="synergistic", confidence=0.87)
    rows = rows_of(page_for(pharmacist))
    assert "after your answer" in rows[item.statement_id]
    assert "synergistic" not in rows[item.statement_id]
    assert "0.61" not in rows[item.statement_id]
    assert "0.87" in rows[free.statement_id]
    read = sign_in(pharmacist).get(f"/statements/{item.statement_id}/").content.decode()
    assert "what models and other people said is left out until then" in read
    assert "synergistic" not in read
    assert "0.61" not in read
    page = page_for(pharmacist, "?label=synergistic")
    assert list(rows_of(page)) == [free.statement_id]
    assert "left out of a search by what a model said" in page
    answered(item, pharmacist)
    assert "0.61" in sign_in(pharmacist).get(f"/statements/{item.statement_id}/").content.decode()
    assert "0.61" in rows_of(page_for(pharmacist))[item.statement_id]


def test_a_statement_s_page_has_all_that_was_said_of_it(
    make_item: MakeItem, model: ModelVersion, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(prediction={"confidence": 0.61})
    predict(facts.model_version(), of=item.statement, said="synergistic", confidence=0.77)
    answered(item, pharmacist, "antagonistic", comment="harm grows")
    read = sign_in(second_pharmacist).get(f"/statements/{item.statement_id}/").content.decode()
    for said in ("0.61", "0.77", "harm grows", "pharmacist", "single review", "Item #"):
        assert said in read
    assert sign_in(pharmacist).get("/statements/999999/").status_code == 404


@pytest.mark.parametrize("path", [LEDGER, LEDGER + "?order=unsure"])
def test_the_number_of_queries_does_not_grow(make_item: MakeItem, flagged: Flagged, lead: User, path: str) -> None:
    client, counts = sign_in(lead), []
    for _ in range(2):
        for _ in range(4):
            make_item("flip")
            flagged()
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 18


def test_a_statement_s_page_takes_a_fixed_number_of_queries(make_item: MakeItem, pharmacist: User) -> None:
    client, counts = sign_in(pharmacist), []
    item = make_item()
    for _ in range(2):
        predict(facts.model_version(), of=item.statement)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/statements/{item.statement_id}/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_text_stays_text(flagged: Flagged, lead: User) -> None:
    said = flagged(head=SCRIPT, tail="{{ 7|add:7 }}", wording="{} \"'><img src=x onerror=alert(1)> {}")
    pages = [page_for(lead), page_for(lead, f"?text={SCRIPT}&drug=%22%3E%3Cimg"),
             sign_in(lead).get(f"/statements/{said.statement_id}/").content.decode()]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
    assert Statement.objects.count() == 1


def test_an_unknown_task_is_not_found(pharmacist: User, db: None) -> None:
    assert sign_in(pharmacist).get("/tasks/none/ledger/").status_code == 404


def test_the_form_asks_for_drugs_and_classes_only_where_the_task_is_about_them(task: Task, pharmacist: User) -> None:
    page = page_for(pharmacist)
    assert "<label>Drug<input" in page
    assert 'name="atc"' in page
    Task.objects.filter(pk=task.pk).update(head_kind="chemical", tail_kind="gene")
    page = page_for(pharmacist)
    assert "<label>Name of 1 or 2<input" in page
    assert "name or DrugBank id" in page
    assert 'name="atc"' in page  # a chemical may be a drug
    Task.objects.filter(pk=task.pk).update(head_kind="gene")
    page = page_for(pharmacist)
    assert "whole name" in page
    assert 'name="atc"' not in page


def test_statements_are_found_by_what_was_confirmed_and_by_whom(
    make_item: MakeItem, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    reviewed, disputed, seeded = make_item(), make_item(), facts.statement()
    answered(reviewed, second_pharmacist, "synergistic")
    answered(disputed, second_pharmacist, "synergistic")
    add_seed_labels(task=task, rows=[(seeded.pk, facts.label("synergistic").pk, "seeds.csv")], now=facts.NOW)
    ReviewItem.objects.filter(pk=disputed.pk).update(state=ReviewItem.State.AWAITING_SECOND)
    page = page_for(pharmacist, "?gold=synergistic")
    assert list(rows_of(page)) == [reviewed.statement_id, seeded.pk]
    assert '<option value="synergistic" selected>' in page
    assert "What people confirmed is found only where you can no longer be asked" in page
    assert list(rows_of(page_for(pharmacist, "?source=single_review"))) == [reviewed.statement_id]
    assert list(rows_of(page_for(second_pharmacist, "?source=single_review&gold=synergistic"))) == [
        reviewed.statement_id, disputed.statement_id,
    ]  # fmt: skip
    assert list(rows_of(page_for(pharmacist, "?source=seed"))) == [seeded.pk]
    assert rows_of(page_for(pharmacist, "?gold=antagonistic")) == {}
    assert "This task has no such label." in page_for(pharmacist, "?gold=unheard-of")
