"""An evaluation in a real browser: the page's charts, and the downloaded report opened without any network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ADDRESS = "/models/1/evaluation/"


def charts_are_drawn(page: Page) -> int:
    """Waits for plotly to draw every chart; returns how many there are."""
    charts = page.locator(".chart")
    expect(page.locator(".chart.js-plotly-plot")).to_have_count(charts.count())
    for number in range(charts.count()):
        expect(charts.nth(number).locator("svg.main-svg").first).to_be_visible()
    return charts.count()


def test_the_page_draws_its_charts_with_a_table_beside_each(context: BrowserContext) -> None:
    page = sign_in(context, "lea")
    page.goto("/models/1/")
    page.get_by_role("link", name="The evaluation in full").click()
    page.wait_for_url(f"**{ADDRESS}*")
    n_charts = charts_are_drawn(page)
    assert n_charts == 6
    tables = page.get_by_text("The numbers", exact=True)
    assert tables.count() == n_charts
    tables.first.click()
    expect(page.locator(".chart-card table").first).to_be_visible()
    expect(page.locator(".tabs [aria-current]")).to_have_text("test, both drugs unseen")


def test_the_report_opens_offline_and_asks_for_nothing(
    context: BrowserContext, browser: Browser, tmp_path: Path
) -> None:
    page = sign_in(context, "lea")
    page.goto(ADDRESS)
    n_views = page.get_by_role("navigation", name="Held-out examples").get_by_role("link").count()
    with page.expect_download() as offered:
        page.get_by_role("link", name="Download as one HTML file").click()
    report = tmp_path / offered.value.suggested_filename
    offered.value.save_as(report)
    assert report.name == "evaluation-model-1-round-1.html"

    alone = browser.new_context(offline=True)
    opened = alone.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(report.as_uri())
    assert charts_are_drawn(opened) == 4 * n_views + 2
    expect(opened.locator(".chart .bars path:visible")).not_to_have_count(0)
    opened.emulate_media(color_scheme="dark")
    opened.wait_for_timeout(300)
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert complaints == []
    alone.close()
