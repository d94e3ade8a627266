"""The list of next items on the queue page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger.models import Task
from review.actions.claim import claim, claim_next
from review.actions.decide import skip
from review.models import ReviewItem
from review.queries import upcoming
from tests.review.conftest import MakeItem, answered, sign_in

QUEUE = "/tasks/ddi-polarity/queue/"
SCRIPT = "<script>alert('1')</script>"


def rows_for(reader: User, query: str = "") -> dict[int, str]:
    """Each row of the list by its item's number, in the order of the page."""
    page = sign_in(reader).get(QUEUE + query).content.decode()
    listed = page.partition('id="upcoming"')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [row for row in listed.split("<tr>") if "row-link" in row]
    return {int(re.findall(r'href="/items/(\d+)/', row)[0]): row for row in rows}


def link_to_more(reader: User, query: str = "") -> str | None:
    page = sign_in(reader).get(QUEUE + query).content.decode()
    found = re.search(r'href="(\?[^"]*after=\d+)#upcoming"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_a_row_says_what_it_is_and_why_it_waits(make_item: MakeItem, pharmacist: User) -> None:
    reasons = [
        {"rule": "atc_contradiction", "explanation": "x", "atc_rule": None},
        {"rule": "low_confidence", "explanation": "y", "atc_rule": None},
    ]
    item = make_item("atc_contradiction", prediction={"confidence": 0.812}, reasons=reasons)
    row = rows_for(pharmacist)[item.pk]
    assert '<mark class="head">Rivaroxaban<sub>1</sub></mark> may thin the blood further beside' in row
    assert '<mark class=" tail">Warfarin<sub>2</sub></mark>.' in row
    assert '<span class="badge">ATC contradiction</span> <span class="badge">low confidence</span>' in row
    assert '<span class="label antagonistic">antagonistic</span>' in row
    assert "0.81" in row
    assert "likely" in row
    assert ">open<" in row


def test_items_stand_in_the_order_in_which_they_are_given_out(
    make_item: MakeItem, task: Task, pharmacist: User, second_pharmacist: User
) -> None:
    by_place = [make_item(priority=0.9 - place / 10) for place in range(6)]
    second = make_item(priority=0.75, reviews_needed=2)
    answered(second, second_pharmacist)
    answered(by_place[0], pharmacist)
    skip(item=by_place[1], by=pharmacist, now=timezone.now())
    claim(item=by_place[4], reviewer=pharmacist, now=timezone.now())
    listed = list(rows_for(pharmacist))
    assert listed == [one.pk for one in (by_place[4], second, by_place[2], by_place[3], by_place[5])]
    given = []
    while item := claim_next(reviewer=pharmacist, task=task, now=timezone.now()):
        given.append(item.pk)
        skip(item=item, by=pharmacist, now=timezone.now())
    assert given == listed


def test_a_row_says_who_has_the_item_open(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    mine, taken, expired, half_done = make_item(), make_item(), make_item(), make_item(state="awaiting_second")
    now = timezone.now()
    claim(item=mine, reviewer=pharmacist, now=now)
    claim(item=taken, reviewer=second_pharmacist, now=now)
    claim(item=expired, reviewer=second_pharmacist, now=now - timedelta(hours=1))
    rows = rows_for(pharmacist)
    until = f"{timezone.localtime(now + timedelta(seconds=600)):%H:%M}"
    assert f"held for you until {until}" in rows[mine.pk]
    assert f"held by second until {until}" in rows[taken.pk]
    assert ">open<" in rows[expired.pk]
    assert "waits for a second pharmacist" in rows[half_done.pk]


def test_the_filter_chooses_rows_and_goes_along(make_item: MakeItem, pharmacist: User, task: Task) -> None:
    flip = make_item("flip")
    make_item("low_confidence")
    other = make_item("flip", prediction={"said": "synergistic"})
    assert list(rows_for(pharmacist, "?reason=flip")) == [flip.pk, other.pk]
    rows = rows_for(pharmacist, "?reason=flip&said=synergistic")
    assert list(rows) == [other.pk]
    assert f'href="/items/{other.pk}/?reason=flip&amp;said=synergistic"' in rows[other.pk]


def test_the_list_goes_on_by_key(make_item: MakeItem, pharmacist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upcoming, "PAGE", 2)
    # Equal priorities, and both states: the cases in which a key that is priority alone would lose or repeat a row.
    items = [make_item("flip", priority=0.5, state=("open", "awaiting_second")[place % 2]) for place in range(4)]
    items.append(make_item("flip", priority=0.4))
    make_item("low_confidence", priority=0.6)
    claim(item=items[3], reviewer=pharmacist, now=timezone.now())
    seen: list[int] = []
    query: str | None = "?reason=flip"
    while query:
        seen += rows_for(pharmacist, query)
        query = link_to_more(pharmacist, query)
    assert seen == [items[place].pk for place in (3, 0, 1, 2, 4)]


@pytest.mark.parametrize("after", ["999999", "nonsense", "-1", "9" * 40])
def test_a_place_that_is_not_there_is_the_beginning(item: ReviewItem, pharmacist: User, after: str) -> None:
    assert list(rows_for(pharmacist, f"?after={after}")) == [item.pk]


def test_the_end_of_the_list_is_said(item: ReviewItem, pharmacist: User) -> None:
    page = sign_in(pharmacist).get(f"{QUEUE}?after={item.pk}").content.decode()
    assert "No more items." in page
    assert "From the beginning" in page


def test_looking_takes_nothing(item: ReviewItem, pharmacist: User) -> None:
    rows_for(pharmacist)
    item.refresh_from_db()
    assert item.lease_by is None


def test_twenty_five_items_cost_as_many_queries_as_three(make_item: MakeItem, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    counts = []
    for n in (3, upcoming.PAGE):
        while ReviewItem.objects.count() < n:
            make_item("flip", state=("open", "awaiting_second")[ReviewItem.objects.count() % 2])
        with CaptureQueriesContext(connection) as captured:
            client.get(QUEUE)
        counts.append(len(captured))
    assert len(rows_for(pharmacist)) == upcoming.PAGE
    assert counts[0] == counts[1]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's plan")
def test_a_page_is_read_by_a_seek_and_sorts_nothing(make_item: MakeItem, task: Task, pharmacist: User) -> None:
    place = make_item()
    items = ReviewItem.objects.filter(task=task).answerable_by(pharmacist).behind(place)
    for state in ReviewItem.WAITING:
        plan: Any = items.filter(state=state).order_by("-priority", "id")[:26].explain()
        assert "item_by_place_in_the_queue (task_id=? AND state=? AND priority<?)" in plan
        assert "TEMP B-TREE" not in plan


def test_text_in_a_row_stays_text(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> None:
    second_pharmacist.username = SCRIPT
    second_pharmacist.save()
    wording = {"head": SCRIPT, "tail": "{{ 7|add:7 }}", "wording": "{} \"'><img src=x onerror=alert(1)> {}"}
    item = make_item(prediction=wording)
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    row = rows_for(pharmacist)[item.pk]
    assert "<script" not in row
    assert "<img" not in row
    assert row.count("&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;") == 2
    assert "{{ 7|add:7 }}" in row
