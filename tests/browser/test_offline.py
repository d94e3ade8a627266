"""The network goes while an answer is saved: it is kept on the device, sent once, never lost and never doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import (
    PASSWORD,
    Site,
    answer,
    answers_of,
    item_shown,
    listens,
    new_pharmacist,
    sign_in,
    start_reviewing,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DECIDE = "**/decide/"
KEPT = """() => Object.keys(localStorage).filter((name) => name.startsWith("unsent-answer-"))
    .map((name) => JSON.parse(localStorage.getItem(name)))"""


Hindrance = Callable[[Route], object]


def pass_on(route: Route) -> None:
    route.continue_()


def cut(route: Route) -> None:
    route.abort()


def saved_but_unheard(route: Route) -> None:
    route.fetch()
    route.abort()


def in_trouble(route: Route) -> None:
    route.fulfill(status=502, body="no upstream")


class Line:
    """What the window's answers pass through, from its first page on: one put in later may miss a request."""

    def __init__(self) -> None:
        self.then: Hindrance = pass_on
        self.once: list[Hindrance] = []

    def __call__(self, route: Route) -> None:
        (self.once.pop(0) if self.once else self.then)(route)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def window(browser: Browser, site: Site, line: Line) -> Iterator[BrowserContext]:
    """A window in which requests may fail: the browser's own complaints about that are no fault of the page."""
    window = browser.new_context(base_url=site.url)
    window.route(DECIDE, line)
    yield window
    window.close()


def is_kept(page: Page, number: str, label: str) -> None:
    """The page says so, has not gone on, and the device holds the answer without a word of the sentence."""
    expect(page.locator("#trouble")).to_contain_text("kept on this device and will be sent")
    assert item_shown(page) == number
    (entry,) = page.evaluate(KEPT)
    assert (entry["item"], entry["fields"]["label"]) == (number, label)
    assert page.locator("#sentence").inner_text() not in str(entry)


def test_a_cut_network_keeps_the_answer_and_sends_it_once_it_is_back(window: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "olga")
    page = start_reviewing(window, "olga")
    number = item_shown(page)
    window.set_offline(True)
    page.keyboard.press("2")
    is_kept(page, number, "antagonistic")
    window.set_offline(False)
    expect(page.locator(".receipt")).to_contain_text(f"#{number} antagonistic", timeout=20_000)
    assert item_shown(page) != number
    assert page.evaluate(KEPT) == []
    assert answers_of(page) == [(number, "antagonistic")]


def test_a_kept_answer_survives_a_reload(window: BrowserContext, site: Site, line: Line) -> None:
    new_pharmacist(site, "paula")
    page = start_reviewing(window, "paula")
    number = item_shown(page)
    page.keyboard.press("c")
    page.keyboard.type("not to be typed again")
    page.keyboard.press("Escape")
    line.then = cut
    page.keyboard.press("1")
    is_kept(page, number, "synergistic")
    page.reload()
    is_kept(page, number, "synergistic")
    expect(page.locator(".answer.pressed")).to_contain_text("Synergistic")
    line.then = pass_on
    expect(page.locator(".receipt")).to_contain_text(f"#{number} synergistic", timeout=40_000)
    page.goto(f"/items/{number}/")
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history")).to_contain_text("not to be typed again")
    assert answers_of(page) == [(number, "synergistic")]


def test_an_answer_that_was_saved_though_the_page_never_heard_counts_once(
    window: BrowserContext, site: Site, line: Line
) -> None:
    new_pharmacist(site, "rosa")
    page = start_reviewing(window, "rosa")
    number = item_shown(page)

    line.once = [saved_but_unheard]
    page.keyboard.press("1")
    expect(page.locator(".receipt")).to_contain_text(f"#{number} synergistic", timeout=20_000)
    assert page.evaluate(KEPT) == []
    assert answers_of(page) == [(number, "synergistic")]


def test_a_mind_changed_while_the_first_answer_was_saved_unheard_is_told(
    window: BrowserContext, site: Site, line: Line
) -> None:
    new_pharmacist(site, "sara")
    page = start_reviewing(window, "sara")
    number = item_shown(page)
    line.once, line.then = [saved_but_unheard], cut
    page.keyboard.press("1")
    expect(page.locator("#trouble")).to_be_visible()
    line.then = pass_on
    page.keyboard.press("2")
    heading = page.get_by_role("heading", name=f"#{number} was not saved")
    receipt = page.locator(".receipt")
    expect(heading.or_(receipt).first).to_be_visible(timeout=20_000)
    assert page.evaluate(KEPT) == []
    assert len(answers_of(page)) == 1


def test_an_answer_kept_on_one_page_is_sent_from_the_next(window: BrowserContext, site: Site, line: Line) -> None:
    new_pharmacist(site, "tina")
    page = start_reviewing(window, "tina")
    number = item_shown(page)
    line.then = cut
    page.keyboard.press("3")
    is_kept(page, number, "undetermined")
    page.goto("/me/preferences/")
    line.then = pass_on
    page.goto("/tasks/ddi-polarity/queue/")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/**")
    answer(page, "1")
    page.wait_for_function(f"({KEPT})().length === 0")
    assert (number, "not determinable") in answers_of(page)


def test_a_server_in_trouble_keeps_the_answer_too(window: BrowserContext, site: Site, line: Line) -> None:
    new_pharmacist(site, "ulla")
    page = start_reviewing(window, "ulla")
    number = item_shown(page)
    line.once = [in_trouble]
    page.keyboard.press("2")
    is_kept(page, number, "antagonistic")
    expect(page.locator(".receipt")).to_contain_text(f"#{number} antagonistic", timeout=20_000)
    assert answers_of(page) == [(number, "antagonistic")]


def test_a_pattern_decided_offline_stays_as_typed_and_is_saved_by_the_next_press(
    window: BrowserContext, site: Site
) -> None:
    new_pharmacist(site, "zelda")
    page = sign_in(window, "zelda")
    page.goto("/tasks/ddi-polarity/patterns/?part=open")
    page.locator("a.row-link").nth(1).click()
    expect(page.locator("#pattern-decision")).to_be_visible()
    address = page.url
    listens(page).keyboard.press("c")
    page.keyboard.type("typed on the train")
    window.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pattern-decision .unsent")).to_contain_text("What you typed stays here")
    assert page.url == address
    expect(page.locator("#pattern-decision textarea")).to_have_value("typed on the train")
    window.set_offline(False)
    page.reload()
    expect(page.locator("#pattern-decision textarea")).to_have_value("typed on the train")
    page.locator("#pattern-decision textarea").press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("Saved:")
    expect(page.locator(".history")).to_contain_text("typed on the train")
    page.get_by_text("Withdraw this decision").click()
    page.get_by_label("Why").fill("Only to try the network.")
    window.set_offline(True)
    page.get_by_label("Why").press("Control+Enter")
    expect(page.locator(".decided .unsent")).to_contain_text("What you typed stays here")
    window.set_offline(False)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".messages")).to_contain_text("Withdrawn.")


def test_a_comment_written_offline_stays_in_its_field(window: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "wanda")
    page = start_reviewing(window, "wanda")
    number = item_shown(page)
    page.get_by_role("tab", name="Comments").click()
    text = page.get_by_label("Your comment")
    text.press_sequentially("which dose?")
    window.set_offline(True)
    text.press("Control+Enter")
    expect(page.locator("#thread .unsent").last).to_contain_text("What you typed stays here")
    expect(text).to_have_value("which dose?")
    assert item_shown(page) == number
    window.set_offline(False)
    text.press("Control+Enter")
    expect(page.locator("#thread .said")).to_have_text("which dose?")
    expect(text).to_have_value("")


def test_signed_out_while_writing_the_text_is_there_again_after_signing_in(window: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "xenia")
    page = start_reviewing(window, "xenia")
    number = item_shown(page)
    page.get_by_role("tab", name="Comments").click()
    page.get_by_label("Your comment").press_sequentially("which dose?")
    window.clear_cookies(name="sessionid")
    page.get_by_label("Your comment").press("Control+Enter")
    page.get_by_label("Name").fill("xenia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert item_shown(page) == number
    expect(page.get_by_label("Your comment")).to_have_value("which dose?")
    page.get_by_label("Your comment").press("Control+Enter")
    expect(page.locator("#thread .said")).to_have_text("which dose?")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("")
