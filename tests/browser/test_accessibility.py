"""axe-core finds nothing serious or critical on any page, and no page is wider than a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Site, answer, new_pharmacist, sign_in, start_reviewing
from tests.browser.every_page import every_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WHAT_LOOKS_CHANGE = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"], dict[str, object]]] = {
    "light": ({"width": 1280, "height": 900}, "light", EVERYTHING),
    "dark phone": ({"width": 360, "height": 780}, "dark", WHAT_LOOKS_CHANGE),
}


def looked_at(page: Page, path: str) -> list[str]:
    """What axe or the width of the page has against it, in every look."""
    found = []
    for look, (size, scheme, rules) in LOOKS.items():
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
        for finding in Axe().run(page, options={"runOnly": rules}).response["violations"]:
            if finding["impact"] in ("serious", "critical"):
                places = "; ".join(node["html"][:120] for node in finding["nodes"][:3])
                found.append(f"{look}, {path}: {finding['id']}: {places}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{look}, {path}: wider than the window")
    return found


def test_no_page_that_a_lead_finds_has_a_serious_or_critical_finding(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url)
    page = sign_in(context, "lea")
    found = {path: looked_at(page, path) for path in every_page(page)}
    context.close()
    assert [one for of_page in found.values() for one in of_page] == []
    assert len(found) >= 30


def test_neither_has_the_screen_they_work_on_nor_a_page_without_links_to_it(browser: Browser, taught: Site) -> None:
    context = browser.new_context(base_url=taught.url)
    page = context.new_page()
    page.goto("/")
    found = looked_at(page, "signing in")
    page.close()
    for task in ("ddi-polarity", "drugprot"):
        name = f"axe-{task}"
        new_pharmacist(taught, name)
        page = start_reviewing(context, name, task)
        for tab in ("evidence", "history", "guideline", "comments", "keys"):
            page.goto(page.url.split("#")[0] + f"#{tab}")
            found += looked_at(page, f"{task}, an item that is held, {tab}")
        answer(page, "1")
        found += looked_at(page, f"{task}, the next item with a receipt")
        for path in ("/models/", "/nothing/"):
            page.goto(path)
            found += looked_at(page, path)
        context.clear_cookies()
        page.close()
    context.close()
    assert found == []
