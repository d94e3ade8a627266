"""The lead at work: looks around, trains the next model, promotes it, goes back, and stops a round."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site, answer, new_pharmacist, sign_in, start_reviewing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ROUND_MILLISECONDS = 180_000


def start_round(page: Page) -> None:
    page.goto("/rounds/")
    page.get_by_role("link", name="Prepare a round of Drug–drug interaction polarity").click()
    expect(page.get_by_role("radio", name="default")).to_be_checked()
    page.get_by_role("button", name="Freeze this and start training").click()
    page.wait_for_url(re.compile(r"/rounds/\d+/$"))


def give_reason(page: Page, label: str, reason: str, button: str) -> None:
    page.get_by_label(label).fill(reason)
    page.get_by_role("button", name=button, exact=True).click()


def test_every_page_of_the_lead_opens_and_the_charts_are_drawn(
    context: BrowserContext, browser: Browser, site: Site
) -> None:
    new_pharmacist(site, "lars")
    other_window = browser.new_context(base_url=site.url)
    answer(start_reviewing(other_window, "lars"), "1")  # without answers there is no chart of them
    other_window.close()
    page = sign_in(context, "lea")
    for name in ("Runs", "Models", "Rounds", "Export"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("navigation").locator("[aria-current]")).to_have_text(name)
        expect(page.locator("h1")).to_contain_text(name)
    page.goto("/tasks/ddi-polarity/rounds/new/")
    expect(page.locator("main table").first).to_contain_text("gold")
    page.goto("/tasks/ddi-polarity/dashboard/")
    charts = page.locator(".chart")
    expect(page.locator(".chart.js-plotly-plot")).to_have_count(charts.count())
    for number in range(charts.count()):
        expect(charts.nth(number).locator("svg.main-svg").first).to_be_visible()
    assert charts.count() == 5
    expect(charts.first.locator(".bars path:visible")).not_to_have_count(0)


def test_a_round_is_trained_promoted_and_rolled_back(context: BrowserContext) -> None:
    page = sign_in(context, "lea")
    start_round(page)
    round_address = page.url
    page.goto("/runs/")
    page.locator("a.row-link").first.click()
    expect(page.locator("#run .state")).to_have_class("state finished", timeout=ROUND_MILLISECONDS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.locator(".chart.js-plotly-plot .scatterlayer path.js-line").first).to_be_visible()
    page.get_by_text("The numbers").click()
    assert page.locator("#loss-rows tbody tr").count() > 1

    page.goto(round_address)
    compared = page.locator("main table").filter(has_text="Held-out examples")
    expect(compared.locator("thead")).to_contain_text(re.compile(r"model 2.*model 1", re.DOTALL))
    figures = compared.locator("tbody tr").first.locator("td.number").all_inner_texts()
    assert all(re.fullmatch(r"[+−]?\d+(\.\d{3})?", figure) for figure in figures), figures

    expect(page.locator(".advice li").first).to_contain_text("F1")
    page.get_by_role("link", name="Side by side with model 1").click()
    expect(page.locator("h1")).to_have_text("Model 2 beside model 1")
    expect(page.locator(".chart.js-plotly-plot svg.main-svg").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Go to model 2 to promote it").click()
    expect(page.locator(".advice")).to_contain_text("Advice only: a person promotes.")
    give_reason(page, "Reason for promoting it", "learnt from the first answers", "Promote")
    expect(page.locator(".messages")).to_contain_text("Model 2 is live now.")
    expect(page.locator("h1")).to_contain_text("live")
    give_reason(page, "Reason for rolling back to model 1", "misses antagonism", "Roll back")
    expect(page.locator(".messages")).to_contain_text("Model 1 is live again.")
    history = page.locator("table").last
    for reason in ("learnt from the first answers", "misses antagonism"):
        expect(history).to_contain_text(reason)


OPEN_A_LONG_ROUND = """
from django.utils import timezone
from ledger.models import Task
from ledger.record.runs import open_round
open_round(task=Task.objects.get(slug="ddi-polarity"), by=None, now=timezone.now(),
    parameters={"preset": "paper", "config": {"batch_size": 1, "max_epochs": 40, "patience": 40}})
"""


def test_a_running_round_is_followed_and_can_be_cancelled(site: Site, context: BrowserContext) -> None:
    site.manage("shell", "-c", OPEN_A_LONG_ROUND)  # the page's own are over in seconds with so small a model
    page = sign_in(context, "lea")
    page.goto("/rounds/")
    page.locator("tbody tr").first.get_by_role("link").click()
    page.evaluate("window.neverLoadedAgain = true")
    state, done = page.locator("#run .state"), page.locator("#run .figures dd").first
    expect(state).to_have_class("state running", timeout=ROUND_MILLISECONDS)
    first_seen = done.inner_text()
    expect(done).not_to_have_text(first_seen, timeout=ROUND_MILLISECONDS)
    assert page.evaluate("window.neverLoadedAgain")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url("**/runs/*/")
    expect(state).to_have_class("state cancelled", timeout=ROUND_MILLISECONDS)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.goto("/models/")
    live = page.locator("tbody tr").filter(has_text="live").filter(has_text="cls")  # another task has a pair_reader
    expect(live).to_contain_text("model 1")


def test_a_promoted_model_is_compared_and_what_it_says_differently_is_queued(
    site: Site, context: BrowserContext
) -> None:
    if "model 2" not in site.manage("shell", "-v0", "-c", LIST_MODELS):
        site.manage("train")
    site.manage("infer", "--model", "2")
    page = sign_in(context, "lea")
    page.goto("/models/")
    page.get_by_role("link", name="Compare two models").click()
    page.locator("select[name=model]").select_option(label="model 2 · Drug–drug interaction polarity")
    page.locator("select[name=other]").select_option(label="model 1 · Drug–drug interaction polarity")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="Statements they answer differently").click()
    expect(page.locator("h1")).to_contain_text("Where model 2 and model 1 differ")
    if page.locator(".flips tbody tr").count():
        page.get_by_role("button", name="front of the queue").click()
        expect(page.locator(".messages")).to_contain_text("put into the queue")
    else:
        expect(page.locator("main")).to_contain_text("They agree")


LIST_MODELS = "from ledger.models import ModelVersion; print(*ModelVersion.objects.filter(task__slug='ddi-polarity'))"


def test_an_export_of_an_earlier_moment_is_the_same_file_later(
    site: Site, context: BrowserContext, tmp_path: Path
) -> None:
    page = sign_in(context, "lea")
    page.goto("/exports/")
    page.locator("select[name=format]").select_option("jsonl")
    page.get_by_role("button", name="Count").click()
    address = page.url

    def download(button: str, name: str) -> bytes:
        with page.expect_download() as offered:
            page.get_by_role("button", name=re.compile(button)).click()
        offered.value.save_as(tmp_path / name)
        return (tmp_path / name).read_bytes()

    first = download(r"Download gold-.*\.jsonl", "first.jsonl")
    found = json.loads(download("Download its manifest", "manifest.json"))
    assert found["files"][0]["sha256"] == sha256(first).hexdigest()
    gold = found["as_of"]["gold_id"]
    site.manage("shell", "-v0", "-c", CONFIRM_ONE_MORE)
    page.goto(address)
    assert download(r"Download gold-.*\.jsonl", "second.jsonl") != first
    page.goto(f"/exports/?task=ddi-polarity&format=jsonl&gold={gold}")
    assert download(r"Download gold-.*\.jsonl", "third.jsonl") == first


CONFIRM_ONE_MORE = """
from django.utils import timezone
from ledger.models import GoldLabel, Statement, Task
from ledger.record.gold import add_seed_labels
task = Task.objects.get(slug="ddi-polarity")
fresh = Statement.objects.exclude(gold_labels__isnull=False).latest("id")
add_seed_labels(task=task, rows=[(fresh.pk, task.labels.first().pk, "test")], now=timezone.now())
"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_of_the_lead_is_wider_than_the_window(context: BrowserContext, width: int) -> None:
    page = sign_in(context, "lea")
    page.set_viewport_size({"width": width, "height": 800})
    for address in (
        "/runs/", "/runs/1/", "/models/", "/models/1/", "/models/compare/", "/rounds/", "/rounds/1/", "/exports/",
        "/exports/?task=ddi-polarity&format=label-studio", "/tasks/ddi-polarity/rounds/new/",
        "/tasks/ddi-polarity/learning-curve/",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
