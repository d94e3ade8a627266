"""Every page of a running site that a lead can open: found by following links, so that no page is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

FILES = re.compile(r"\.(csv|jsonl|parquet|zip|json|svg)$")
TARGETS = "links => links.map(link => link.getAttribute('href'))"
NOT_OURS = ("/admin/", "/static/")


def every_page(page: Page) -> Iterator[str]:
    """Path of one page for each name in the URL table, the page open in `page`; links are followed breadth first."""
    waiting, met = ["/"], set()
    while waiting:
        path = waiting.pop(0)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        yield path
        for link in page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.getAttribute('href'))"
        ):
            target = link.split("#")[0]
            name = _name(target)
            if name and name not in met and not FILES.search(target.split("?")[0]):
                met.add(name)
                waiting.append(target)


def _name(path: str) -> str | None:
    if not path.startswith("/") or path.startswith(NOT_OURS):
        return None
    try:
        return resolve(path.split("?")[0]).view_name
    except Resolver404:
        return None
