"""A wording decided by one pharmacist, checked by another, reopened, decided again and withdrawn."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import listens, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIST = "/tasks/ddi-polarity/patterns/"


ANSWERS = {"1": "synergistic", "2": "antagonistic"}


def shown(page: Page) -> str:
    """The key of the one answer that can be given: the one whose exceptions are on the page."""
    (button,) = page.locator("#pattern-decision button.answer").all()
    return str(button.get_attribute("data-key"))


def n_labels(page: Page) -> int:
    """How many labels of the pattern came from pattern review, as the page says."""
    figure = page.locator(".figures > div", has=page.get_by_text("pattern review"))
    return int(re.match(r"[\d,]+", figure.locator("dd").inner_text())[0].replace(",", "")) if figure.count() else 0  # type: ignore[index]


def test_a_pattern_is_decided_checked_reopened_decided_again_and_withdrawn(context: BrowserContext) -> None:
    ana = sign_in(context, "ana")
    ana.goto(LIST)
    ana.locator("a.row-link").first.click()
    expect(ana.get_by_role("heading", name=re.compile("A sample of"))).to_be_visible()
    assert ana.locator("section:has(#sample) li").count() >= 10
    address = ana.url

    for other in ("2", "1"):  # each only shows what it would set apart, unless it is shown already
        if shown(ana) != other:
            listens(ana).keyboard.press(other)
            ana.wait_for_url("**?label=*")
            expect(ana.locator("a[aria-current=page]")).to_have_text(re.compile(f"If it is {ANSWERS[other]}"))
        assert shown(ana) == other
        expect(ana.locator("#checks")).to_have_count(0)
    listens(ana).keyboard.press("c")
    ana.keyboard.type("No harm is named.")
    ana.keyboard.press("Escape")
    ana.wait_for_timeout(500)  # a double press in the first moments decides nothing
    ana.keyboard.press("1")
    expect(ana.locator(".messages")).to_contain_text("Saved:")
    expect(ana.locator(".history")).to_contain_text("No harm is named.")
    expect(ana.locator("#checks")).to_contain_text("0 of 5 spot checks")
    assert n_labels(ana) > 5

    others = context.browser.new_context(base_url=ana.url.split("/tasks")[0])  # type: ignore[union-attr]
    ben = sign_in(others, "ben")
    for key, told in (("1", "1 of 5 spot checks"), ("2", "Reopened by a spot check")):
        ben.goto("/tasks/ddi-polarity/queue/?reason=spot_check")
        ben.get_by_role("button", name="Start reviewing").click()
        expect(ben.locator(".badge").first).to_contain_text("spot check of a pattern")
        number = re.match(r"#(\d+)", ben.locator("h1").inner_text())
        assert number
        listens(ben).keyboard.press(key)
        expect(ben.locator(".receipt")).to_contain_text(f"#{number[1]} ")
        ana.goto(address)
        expect(ana.locator("main")).to_contain_text(told)
    assert n_labels(ana) == 0
    others.close()

    if shown(ana) != "1":
        ana.get_by_role("link", name=re.compile("Synergistic")).click()
    ana.get_by_role("button", name=re.compile("^1? ?Synergistic")).click()
    expect(ana.locator(".messages")).to_contain_text("Saved:")
    ana.get_by_text("Withdraw this decision").click()
    ana.get_by_label("Why").fill("Read too fast.")
    ana.get_by_role("button", name="Withdraw").click()
    expect(ana.locator(".messages")).to_contain_text("labels were taken back")
    assert n_labels(ana) == 0
    expect(ana.locator("main")).to_contain_text("Read too fast.")
