"""axe-core finds nothing serious or critical on any page, and no page is wider than a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from tests.browser.conftest import Site, sign_in
from tests.browser.every_page import every_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "light": ({"width": 1280, "height": 900}, "light"),
    "dark phone": ({"width": 360, "height": 780}, "dark"),
}


def test_no_page_has_a_serious_or_critical_finding(browser: Browser, site: Site) -> None:
    """Each page is opened once and looked at in every look."""
    found, wide, names = [], [], set()
    context = browser.new_context(base_url=site.url)
    page = sign_in(context, "lea")
    for path in every_page(page):
        for look, (size, scheme) in LOOKS.items():
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another
            names.add((look, path))
            for finding in Axe().run(page, options=RULES).response["violations"]:
                if finding["impact"] in ("serious", "critical"):
                    places = "; ".join(node["html"][:120] for node in finding["nodes"][:3])
                    found.append(f"{look}, {path}: {finding['id']}: {places}")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append((look, path))
    context.close()
    assert found == []
    assert wide == []
    assert len(names) >= 15 * len(LOOKS)
