"""A pharmacist at work: ten items by keyboard, one undone, all found in the downloaded file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import download_gold, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ANSWERS = "1213212312"
SLUGS = {"1": "synergistic", "2": "antagonistic", "3": "undetermined"}


def shown(page: Page) -> str:
    """The number and sentence of the item on the screen."""
    heading = page.locator("h1").inner_text()
    found = re.match(r"#(\d+)", heading)
    assert found, heading
    return found[1]


def answer(page: Page, key: str) -> str:
    """Press a label's key and wait for the receipt of this item; returns the item's number."""
    number = shown(page)
    page.keyboard.press(key)
    expect(page.locator(".receipt")).to_contain_text(f"#{number} ")
    return number


def test_ten_items_by_keyboard_one_undone_all_in_the_export(context: BrowserContext, tmp_path: Path) -> None:
    page = sign_in(context, "ana")
    page.goto("/tasks/ddi-polarity/queue/")
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/")

    answered = {answer(page, key): SLUGS[key] for key in ANSWERS}
    assert len(answered) == len(ANSWERS)

    last = list(answered)[-1]
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text(f"#{last}")
    page.keyboard.press("c")
    page.keyboard.type("1 is not what I meant; see = the label")
    page.keyboard.press("Escape")
    answer(page, "3")
    answered[last] = "undetermined"

    undone_for_good = answer(page, "1")
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text(f"#{undone_for_good}")

    lead = sign_in(context.browser.new_context(base_url=page.url.split("/items")[0], accept_downloads=True), "lea")
    rows = [row for row in download_gold(lead, tmp_path) if row["source"] == "single_review"]
    assert sorted(row["label"] for row in rows) == sorted(answered.values())
    assert {row["reviewers"] for row in rows} == {"ana"}
    assert [row["comments"] for row in rows if row["comments"]] == ["1 is not what I meant; see = the label"]
    lead.context.close()


def test_signed_out_people_come_back_to_where_they_were(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/tasks/ddi-polarity/queue/")
    assert "/sign-in/?next=" in page.url
