"""Pictures of every page of a running site: `python -m tests.browser.screenshots FOLDER`.

Takes the address and the accounts from the folder DDI_VAR (default `var`), where `make demo` is running. Pages are
found by following links, as the accessibility test finds them; each is taken light and dark, on a desk and on a phone.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.urls import resolve
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, executable
from tests.browser.every_page import every_page

DESK: dict[str, Any] = {"viewport": {"width": 1360, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2}
LOOKS: dict[str, dict[str, Any]] = {
    "": DESK,
    "-dark": DESK | {"color_scheme": "dark"},
    "-phone": PHONE,
    "-phone-dark": PHONE | {"color_scheme": "dark"},
}
TABS = ("History", "Guideline", "Comments")
CHARTS_DRAWN = (
    "() => [...document.querySelectorAll('.chart:not([hidden])')].every(chart => chart.querySelector('.main-svg'))"
)


def signed_in(browser: Browser, url: str, name: str, password: str, look: dict[str, Any]) -> Page:
    page = browser.new_context(base_url=url, **look).new_page()
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def take_an_item(page: Page, folder: Path, suffix: str) -> None:
    """What a pharmacist has before them: the sign-in page is passed, an item opened, each of its tabs looked at."""
    page.goto("/tasks/ddi-polarity/queue/")
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/")
    page.screenshot(path=folder / f"item{suffix}.png")
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        page.screenshot(path=folder / f"item-{name.lower()}{suffix}.png", full_page=True)


def main(folder: Path) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ddi_site.settings")
    django.setup()
    var = Path(os.environ.get("DDI_VAR", "var"))
    url = (var / "served").read_text().strip()
    passwords = json.loads((var / "demo-accounts.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for suffix, look in LOOKS.items():
            stranger = browser.new_context(base_url=url, **look).new_page()
            stranger.goto("/")
            stranger.screenshot(path=folder / f"sign-in{suffix}.png")
            take_an_item(signed_in(browser, url, "ana", passwords["ana"], look), folder, suffix)
            lead = signed_in(browser, url, "lea", passwords["lea"], look)
            for path in every_page(lead):
                lead.wait_for_function(CHARTS_DRAWN)
                name = resolve(path.split("?")[0]).view_name.replace(":", "-").replace("_", "-")
                lead.screenshot(path=folder / f"page-{name}{suffix}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
