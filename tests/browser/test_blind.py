"""A blind task: nothing of the model before one's own answer, then both looks on record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, answer, item_shown, new_pharmacist, start_reviewing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BLIND = "from ledger.models import Task; Task.objects.update(blind={})"


@pytest.fixture
def blind(site: Site) -> Iterator[None]:
    site.manage("shell", "-c", BLIND.format(True))
    yield
    site.manage("shell", "-c", BLIND.format(False))


def decisions_of(page: Page, number: str) -> list[str]:
    page.goto(f"/items/{number}/")
    page.get_by_role("tab", name="History").click()
    return page.locator("#history .history li").all_inner_texts()


@pytest.mark.usefixtures("blind")
def test_answer_blind_then_keep_one_and_change_one(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "bella")
    page = start_reviewing(context, "bella")
    number = item_shown(page)
    source = page.content()
    for trace in (
        "Model 1 says",
        "Confidence",
        "Why it is here",
        "prediction_seen",
        'name="said"><option',
        "rationale",
    ):
        assert trace not in source, trace
    page.keyboard.press("a")
    expect(page.locator("#trouble")).to_contain_text("no answer of the model to accept")

    page.keyboard.press("1")
    expect(page.locator("#revision")).to_be_visible()
    assert item_shown(page) == number
    expect(page.locator(".model")).to_contain_text("Model 1 says")
    expect(page.locator(".reveal")).to_contain_text("You answered blind: ▲ synergistic".replace("▲ ", ""))
    page.wait_for_timeout(500)  # a double press in the first moments keeps nothing
    page.keyboard.press("Enter")
    expect(page.locator("#decision")).to_be_visible()
    second = item_shown(page)
    assert second != number

    page.clock.install(time=NOON)
    page.clock.pause_at(NOON + timedelta(minutes=1))  # however slow the machine is, the second press comes at once
    page.keyboard.press("1")
    expect(page.locator("#revision")).to_be_visible()
    page.keyboard.press("1")
    time.sleep(0.3)
    expect(page.locator("#revision")).to_be_visible()
    page.clock.run_for(1_000)
    page.keyboard.press("2")
    expect(page.locator("#decision")).to_be_visible()

    first_look, second_look = decisions_of(page, number)
    assert "saw no model" in first_look
    assert "saw model 1 say" in second_look
    assert "synergistic" in second_look
    first_look, second_look = decisions_of(page, second)
    assert ("synergistic" in first_look, "antagonistic" in second_look) == (True, True)


@pytest.mark.usefixtures("blind")
def test_leaving_without_choosing_loses_nothing(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "carla")
    page = start_reviewing(context, "carla")
    number = item_shown(page)
    page.keyboard.press("2")
    expect(page.locator("#revision")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("#decision")).to_be_visible()
    assert item_shown(page) != number
    page.goto(f"/items/{number}/")
    expect(page.locator("#revision")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_contain_text(f"#{number} antagonistic")


def test_where_the_task_is_not_blind_nothing_asks_twice(context: BrowserContext, site: Site) -> None:
    new_pharmacist(site, "dora")
    page = start_reviewing(context, "dora")
    assert "Model 1 says" in page.content()
    number = answer(page, "a")
    assert item_shown(page) != number
