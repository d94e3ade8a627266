"""Every key does what its button says, none while typing, none when they are switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, answer, answers_of, item_shown, listens, new_pharmacist, start_reviewing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def page(context: BrowserContext, site: Site, request: pytest.FixtureRequest) -> Page:
    name = request.node.name[:30]
    new_pharmacist(site, name)
    return start_reviewing(context, name)


def test_tabs_legend_search_and_comment_have_keys(page: Page) -> None:
    expect(page.locator("#evidence")).to_be_visible()
    expect(page.locator("#guideline")).to_be_hidden()
    page.keyboard.press("g")
    expect(page.locator("#guideline")).to_be_visible()
    expect(page.locator("#evidence")).to_be_hidden()
    page.keyboard.press("g")
    expect(page.locator("#evidence")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.get_by_role("tab", name="Keys").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Comments")).to_be_focused()
    expect(page.locator("#thread textarea").last).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("form.answering textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_url("**/ledger/**")
    words = page.get_by_label("Words in the sentence")
    expect(words).to_be_focused()
    page.keyboard.press("Escape")
    expect(words).not_to_be_focused()
    page.keyboard.press("/")
    expect(words).to_be_focused()


def test_keys_are_text_while_typing_and_ctrl_enter_leads_on_to_the_answers(page: Page) -> None:
    number = item_shown(page)
    page.keyboard.press("c")
    page.keyboard.type("1 2 3 a s u z f")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("group", name="Answers")).to_be_focused()
    page.keyboard.press("Enter")  # one press too many answers nothing
    assert item_shown(page) == number
    page.keyboard.press("1")
    expect(page.locator(".receipt")).to_contain_text(f"#{number} synergistic")
    expect(page.locator("form.answering textarea")).to_have_value("")


def test_ctrl_enter_sends_a_comment_of_the_thread_and_a_draft_of_one_survives_a_reload(page: Page) -> None:
    page.get_by_role("tab", name="Comments").click()
    page.get_by_label("Your comment").press_sequentially("which dose?")
    page.reload()
    page.get_by_role("tab", name="Comments").click()
    expect(page.get_by_label("Your comment")).to_have_value("which dose?")
    page.get_by_label("Your comment").press("Control+Enter")
    expect(page.locator("#thread .said")).to_have_text("which dose?")
    expect(page.get_by_label("Your comment")).to_have_value("")
    page.get_by_text("Reply", exact=True).first.click()
    page.get_by_label("Your reply").press_sequentially("the usual one")
    page.reload()
    expect(page.get_by_label("Your reply")).to_have_value("the usual one")
    expect(page.get_by_label("Your comment")).to_have_value("")


def test_rejecting_strikes_the_models_answer_out_and_leads_to_the_others(page: Page) -> None:
    number, rejected = item_shown(page), page.locator(".answer.rejected")
    page.keyboard.press("x")
    expect(rejected).to_have_count(1)
    expect(rejected).to_have_attribute("data-key", re.compile(" a$"))
    expect(page.locator("#announced")).to_contain_text("Choose another")
    other = page.locator(".answer:not(.rejected)").first
    expect(other).to_be_focused()
    page.keyboard.press("x")
    expect(rejected).to_have_count(0)
    page.keyboard.press("x")
    chosen = other.get_attribute("value")
    page.keyboard.press("Enter")
    expect(page.locator(f".receipt:has-text('#{number} ')")).to_be_visible()
    expect(page.locator(".latest li .label").first).to_have_class(re.compile(f"label {chosen}"))


def test_looking_back_and_forth_and_undoing_what_is_looked_at(page: Page) -> None:
    first, second = answer(page, "1"), answer(page, "2")
    current = item_shown(page)
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text(f"#{second} ")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text(f"#{first} ")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text(f"#{second} ")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text(f"#{current} ")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text(f"#{second} ")
    page.keyboard.press("u")
    expect(page.locator("#decision")).to_be_visible()
    assert item_shown(page) == second


def test_skip_and_second_opinion(page: Page) -> None:
    number = item_shown(page)
    page.keyboard.press("c")
    page.keyboard.type("which dose?")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#status")).to_contain_text("A second pharmacist is asked")
    assert item_shown(page) == number
    page.get_by_role("tab", name="Comments").click()
    expect(page.locator("#thread .said")).to_have_text("which dose?")
    page.locator("#sentence").click()
    page.keyboard.press(" ")
    expect(page.locator("h1")).not_to_contain_text(f"#{number} ")


def test_a_held_down_key_answers_once(page: Page) -> None:
    number = item_shown(page)
    page.keyboard.down("1")
    for _ in range(5):
        page.keyboard.down("1")  # the browser marks these as repeats
    page.keyboard.up("1")
    expect(page.locator(".receipt")).to_contain_text(f"#{number} ")
    page.wait_for_timeout(300)
    assert answers_of(page) == [(number, "synergistic")]


def test_single_keys_can_be_switched_off(page: Page) -> None:
    address, number = page.url, item_shown(page)
    page.goto("/me/preferences/")
    page.get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("saved")
    page.goto(address)
    expect(page.locator("kbd:visible")).to_have_count(0)
    for key in ("1", "a", "s", "g"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert item_shown(page) == number
    page.get_by_role("button", name="Synergistic").click()
    expect(page.locator(".receipt")).to_contain_text(f"#{number} ")


def test_the_tour_can_be_taken_by_keys_and_writes_nothing(page: Page) -> None:
    page.get_by_role("link", name="Let yourself be shown around").click()
    for lesson in ("One sentence, two drugs", "Why it is in front of you"):
        expect(page.get_by_role("heading", name=lesson)).to_be_visible()
        listens(page).keyboard.press("j")
    expect(page.get_by_role("heading", name="Answer with one key")).to_be_visible()
    listens(page).keyboard.press("2")
    expect(page.locator(".receipt")).to_contain_text("practice antagonistic · not saved")
    page.keyboard.press("j")
    page.get_by_role("button", name="Done: to the work").click()
    expect(page.get_by_role("heading", name="What to review")).to_be_visible()
    assert answers_of(page) == []
    page.goto("/tasks/ddi-polarity/queue/")
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/**")
    expect(page.get_by_text("Your first visit?")).to_have_count(0)
