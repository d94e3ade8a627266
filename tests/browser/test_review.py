"""Pharmacists at work: thirty items by keyboard, two side by side, the fifth last undone, a session that ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import (
    PASSWORD,
    Site,
    answer,
    answers_of,
    download_gold,
    item_shown,
    new_pharmacist,
    sign_in,
    start_reviewing,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ANSWERS = "121321231212132123121213212312"
ASSIGN_UNTOUCHED = """
from django.contrib.auth.models import User
from ledger.models import Decision
from review.models import ReviewItem
judged = Decision.objects.values("statement")
waiting = ReviewItem.objects.filter(task__slug="ddi-polarity", state=ReviewItem.State.OPEN, lease_by=None)
keys = list(waiting.exclude(statement__in=judged).order_by("pk").values_list("pk", flat=True)[:40])
ReviewItem.objects.filter(pk__in=keys).update(assigned_to=User.objects.get(username="thea"))
"""
"""Other tests' people hold items still, and what they answered and a new model disputes is a second opinion."""
SLUGS = {"1": "synergistic", "2": "antagonistic", "3": "undetermined"}


def test_thirty_items_by_keyboard_one_undone_all_in_the_export(
    context: BrowserContext, browser: Browser, site: Site, tmp_path: Path
) -> None:
    new_pharmacist(site, "thea")
    site.manage("shell", "-v0", "-c", ASSIGN_UNTOUCHED)
    page = start_reviewing(context, "thea", part="mine")
    answered = {answer(page, key): SLUGS[key] for key in ANSWERS}
    assert len(answered) == len(ANSWERS) == 30
    expect(page.locator(".tally dd")).to_have_text(["30", "5", "30"])

    last = list(answered)[-1]
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text(f"#{last} ")
    page.keyboard.press("c")
    page.keyboard.type("1 is not what I meant; see = the label")
    page.keyboard.press("Escape")
    answer(page, "3")
    answered[last] = "undetermined"

    undone_for_good = answer(page, "1")
    page.keyboard.press("z")
    expect(page.locator("h1")).to_contain_text(f"#{undone_for_good} ")

    lead = sign_in(browser.new_context(base_url=site.url, accept_downloads=True), "lea")
    rows = [row for row in download_gold(lead, tmp_path) if row["reviewers"] == "thea"]
    assert sorted(row["label"] for row in rows) == sorted(answered.values())
    assert {row["source"] for row in rows} == {"single_review"}
    assert [row["comments"] for row in rows if row["comments"]] == ["1 is not what I meant; see = the label"]
    lead.context.close()


def test_two_side_by_side_never_meet(context: BrowserContext, browser: Browser, site: Site) -> None:
    new_pharmacist(site, "una")
    new_pharmacist(site, "vera")
    other_window = browser.new_context(base_url=site.url)
    one, other = start_reviewing(context, "una"), start_reviewing(other_window, "vera")
    met: dict[str, list[str]] = {"una": [], "vera": []}
    for key in "1231231212":
        assert item_shown(one) != item_shown(other)
        met["una"].append(answer(one, key))
        met["vera"].append(answer(other, key))
    assert len({*met["una"], *met["vera"]}) == 20
    other_window.close()


def test_the_fifth_last_answer_is_undone_from_the_item_page(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "wera")
    page = start_reviewing(context, "wera")
    given = [answer(page, "1") for _ in range(6)]
    fifth_last, waiting = given[-5], item_shown(page)
    page.get_by_role("button", name=f"Undo the answer to #{fifth_last}").click()
    expect(page.locator("h1")).to_contain_text(f"#{fifth_last} ")
    answer(page, "2")
    assert item_shown(page) == waiting, "the item that was open is open still"
    listed = answers_of(page)
    standing = [label for number, label in listed if number == fifth_last]
    assert standing == ["antagonistic", "synergistic"]
    expect(page.get_by_text("undone", exact=True)).to_have_count(1)
    assert len(listed) == 7


def test_an_answer_outlives_a_session_that_ended_in_mid_item(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "xena")
    page = start_reviewing(context, "xena")
    number = item_shown(page)
    page.keyboard.press("c")
    page.keyboard.type("thought about for a long time")
    page.keyboard.press("Escape")
    context.clear_cookies(name="sessionid")
    page.keyboard.press("2")
    page.wait_for_url("**/sign-in/**")
    page.get_by_label("Name").fill("xena")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/items/{number}/**")
    expect(page.locator("#status")).to_contain_text("It is here again")
    expect(page.locator(".answer.kept")).to_contain_text("Antagonistic")
    expect(page.locator("form.answering textarea")).to_have_value("thought about for a long time")
    answer(page, "2")
    assert answers_of(page) == [(number, "antagonistic")]


def test_signed_out_people_come_back_to_where_they_were(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/tasks/ddi-polarity/queue/")
    assert "/sign-in/?next=" in page.url
