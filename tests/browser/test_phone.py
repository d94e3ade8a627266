"""The workbench in a hand, zoomed, in few colours, without motion, and on paper: nothing is under the answers' bar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, answer, new_pharmacist, start_reviewing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = {"width": 360, "height": 780}
SIZES = [
    PHONE,
    {"width": 360, "height": 640},
    {"width": 800, "height": 900},
    {"width": 800, "height": 600},
    {"width": 640, "height": 512},
    {"width": 1280, "height": 800},
]
FOUR_TIMES = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    new_pharmacist(site, "phila")
    context = browser.new_context(base_url=site.url, viewport=PHONE, has_touch=True)
    page = start_reviewing(context, "phila")
    answer(page, "2")
    yield page
    context.close()


@pytest.fixture(autouse=True)
def _on_the_item_in_the_hand(page: Page) -> Iterator[None]:
    """Whatever a test opens or sets, the next one finds the item on the phone again."""
    item = page.url
    yield
    page.emulate_media(media="screen", forced_colors="none", reduced_motion="no-preference")
    page.set_viewport_size(PHONE)
    page.goto(item)


@pytest.fixture(scope="module")
def eleven(browser: Browser, taught: Site) -> Iterator[Page]:
    """An item of relations, which has eleven answers."""
    new_pharmacist(taught, "phoebe")
    context = browser.new_context(base_url=taught.url, viewport=PHONE, has_touch=True)
    page = start_reviewing(context, "phoebe", "drugprot")
    yield page
    context.close()


# What has the focus, where the bar is over any part of it that there is room for above the bar.
COVERED = """() => {
    const bar = document.querySelector(".bar-zone"), over = bar.getBoundingClientRect();
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    if (bar.contains(focused) || box.right <= over.left || box.left >= over.right) return null;
    const seen = Math.min(box.height, 24);
    return box.top >= 0 && box.top + seen <= over.top || box.top >= over.bottom || box.height === 0
        || getComputedStyle(bar).position === "static" ? null : focused.outerHTML.slice(0, 80);
}"""


def covered_in_a_walk(page: Page) -> tuple[list[str], int]:
    """Everything that Tab leads to and the bar is over, and how many steps the walk through the page had."""
    page.evaluate("() => { window.scrollTo(0, 0); document.activeElement.blur(); }")
    covered, n = [], 0
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body") and n < 200:
        if found := page.evaluate(COVERED):
            covered.append(found)
        n += 1
        page.keyboard.press("Tab")
    return covered, n


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("size", [PHONE, FOUR_TIMES], ids=["phone", "zoomed"])
def test_no_page_is_wider_than_its_window(page: Page, size: dict[str, int]) -> None:
    item = page.url
    page.set_viewport_size(size)
    for address in (item, "/me/answers/", "/me/preferences/", *(f"/me/tour/?step={step}" for step in range(1, 6))):
        page.goto(address)
        assert overflow(page) == 0, address


def test_the_answers_stay_under_the_thumb(page: Page) -> None:
    for scrolled in (0, 600):
        page.evaluate(f"window.scrollTo(0, {scrolled})")
        for answer_button in page.locator(".answer").all():
            box = answer_button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert PHONE["height"] - 200 < box["y"] < PHONE["height"] - box["height"]
    page.evaluate("window.scrollTo(0, 0)")
    sentence, bar = page.locator("#sentence").bounding_box(), page.locator(".bar-zone").bounding_box()
    assert sentence is not None
    assert bar is not None
    assert sentence["y"] + sentence["height"] < bar["y"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
@pytest.mark.parametrize("answers", ["three", "eleven"])
def test_nothing_that_tab_leads_to_is_under_the_bar(
    page: Page, eleven: Page, answers: str, size: dict[str, int]
) -> None:
    shown = eleven if answers == "eleven" else page
    shown.set_viewport_size(size)
    covered, n = covered_in_a_walk(shown)
    assert covered == []
    assert n > 20


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
def test_the_bar_leaves_half_the_window_and_the_pages_end_can_be_reached(eleven: Page, size: dict[str, int]) -> None:
    eleven.set_viewport_size(size)
    assert overflow(eleven) == 0
    eleven.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    bar, lowest = eleven.evaluate(
        """() => [document.querySelector(".bar-zone").getBoundingClientRect(),
        Math.max(...[...document.querySelectorAll(".left > *, .centre, .right")]
            .map((one) => one.getBoundingClientRect().bottom))]"""
    )
    assert bar["height"] <= size["height"] / 2
    assert lowest <= bar["top"] + 1 or size["width"] > 1100


def test_eleven_answers_stay_within_their_buttons(eleven: Page) -> None:
    eleven.set_viewport_size(PHONE)
    out = eleven.evaluate(
        """() => [...document.querySelectorAll(".answer")].filter((button) => {
            const words = document.createRange();
            words.selectNodeContents(button);
            const inner = words.getBoundingClientRect(), outer = button.getBoundingClientRect();
            return inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom;
        }).map((button) => button.textContent.trim())"""
    )
    assert out == []
    assert eleven.locator(".answer").count() == 11


def test_everything_that_can_be_pressed_is_large_enough(page: Page) -> None:
    small = page.evaluate(
        """() => {
        const isInline = (one) => one.matches("p a") && one.parentElement.textContent.trim() !== one.textContent.trim();
        return [...document.querySelectorAll("#work a, #work button, #work select, #work textarea, summary")]
            .filter((one) => one.checkVisibility() && !isInline(one))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html);
        }"""
    )
    assert small == []


def test_zoomed_the_bar_leaves_the_sentence_room(page: Page) -> None:
    page.set_viewport_size(FOUR_TIMES)
    assert page.locator(".bar-zone").evaluate("(bar) => getComputedStyle(bar).position") == "static"


def test_on_paper_there_is_the_sentence_with_its_evidence_and_nothing_to_press(page: Page) -> None:
    page.emulate_media(media="print")
    for shown in ("#sentence", ".model", "#evidence", "#history"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in (".bar-zone", ".site", "#tabs", "#keys", ".item-filters", ".latest"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("button:visible")).to_have_count(0)


def test_few_colours_keep_the_mentions_and_the_pressed_answer_apart(page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    line = "(mention) => getComputedStyle(mention).textDecorationStyle"
    assert page.locator("#sentence mark.head").first.evaluate(line) == "solid"
    assert page.locator("#sentence mark.tail").first.evaluate(line) == "dotted"
    answer_button = page.locator(".answer").first
    answer_button.evaluate("(button) => button.classList.add('pressed')")
    assert answer_button.evaluate("(button) => getComputedStyle(button).outlineStyle") == "solid"
