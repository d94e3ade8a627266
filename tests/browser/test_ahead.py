"""The next item's page is read while one looks at this one, and stands there as soon as this one's answer is saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser.conftest import Site, answer, answers_of, item_shown, new_pharmacist, sign_in, start_reviewing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STAMP = "x-read-ahead"


def is_following(response: Response) -> bool:
    return "/following/" in response.url


def is_saving(response: Response) -> bool:
    return response.url.endswith(("/decide/", "/revise/"))


def answer_read_ahead(page: Page, key: str, ahead: Response) -> tuple[str, Response]:
    """Press a key once the next page was read; returns the item's number and what came of saving."""
    ahead.finished()
    page.wait_for_timeout(100)
    with page.expect_response(is_saving) as saved:
        number = answer(page, key)
    return number, saved.value


def test_the_next_item_stands_there_with_the_answer_and_works_as_any(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "arne")
    with context.expect_event("response", is_following) as read:
        page = start_reviewing(context, "arne")
    ahead, n_in_place = read.value, 0
    given = []
    for key in "12121":
        with page.expect_response(is_following) as next_read:
            number, saved = answer_read_ahead(page, key, ahead)
        given.append(number)
        if ahead.status == 200:
            n_in_place += 1
            assert STAMP in saved.headers
            assert "<main" not in saved.text()
            assert f'data-item="{item_shown(page)}"' in ahead.text()
            assert page.url.endswith(f"/items/{item_shown(page)}/")
        ahead = next_read.value
    assert n_in_place >= 3, "hardly any page was read ahead"
    expect(page.locator(".tally dd").first).to_have_text("5")
    expect(page.locator("#lease")).to_contain_text("held for you")
    assert page.locator("#work[data-stamp]").count() == 0
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text(f"#{given[-1]} ")
    answer(page, "3")
    assert list(dict.fromkeys(number for number, _ in answers_of(page))) == given[::-1]


def test_what_another_took_is_never_shown(context: BrowserContext, browser: Browser, site: Site) -> None:
    new_pharmacist(site, "berta")
    new_pharmacist(site, "cleo")
    with context.expect_event("response", is_following) as read:
        page = start_reviewing(context, "berta")
    ahead = read.value
    ahead.finished()
    window = browser.new_context(base_url=site.url)
    taken = re.findall(r'data-item="(\d+)"', ahead.text())[0]
    other = sign_in(window, "cleo")
    other.goto(f"/items/{taken}/")
    other.get_by_role("button", name="Take this item").click()
    expect(other.locator("#lease")).to_contain_text("held for you")
    number, saved = answer_read_ahead(page, "1", ahead)
    assert STAMP not in saved.headers
    assert item_shown(page) not in (number, taken)
    window.close()


def test_an_answer_quicker_than_the_reading_gets_the_whole_page(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "dirk")
    context.route("**/following/**", lambda route: None)  # never answered
    page = start_reviewing(context, "dirk")
    with page.expect_response(is_saving) as saved:
        number = answer(page, "1")
    assert "<main" in saved.value.text()
    assert item_shown(page) != number
