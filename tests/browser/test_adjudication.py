"""Two pharmacists disagree, a third person settles it, and the file says how it came about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site, download_gold, listens, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
QUEUE = "/tasks/ddi-polarity/queue/"
ASK_TWO = """
from review.models import ReviewItem
item = ReviewItem.objects.filter(state="open", lease_by=None).order_by("-priority", "id").last()
item.reviews_needed, item.priority = 2, 2.0
item.save()
print(item.pk)
"""

DISAGREE = """
import uuid
from django.contrib.auth.models import User
from django.utils import timezone
from ledger.models import Label
from review.actions.decide import decide
from review.models import ReviewItem
item = ReviewItem.objects.filter(state="open", lease_by=None).order_by("-priority", "id").last()
item.reviews_needed = 2
item.save()
for name, slug in (("ana", "synergistic"), ("ben", "antagonistic")):
    decide(
        item=item, by=User.objects.get(username=name), label=Label.objects.get(task=item.task, slug=slug), comment="",
        prediction_seen=item.prediction, seconds_spent=None, idempotency_key=uuid.uuid4(), now=timezone.now(),
    )
print(item.pk)
"""
COUNT = """
from ledger.models import Decision
print(Decision.objects.filter(kind="adjudication", comment="weighed on the train").count())
"""


@contextmanager
def working_as(context: BrowserContext, name: str) -> Iterator[Page]:
    page = sign_in(context, name)
    yield page
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.close()


def take(page: Page, number: str) -> None:
    """Open an item from the list of next items, and hold it."""
    page.goto(QUEUE)
    page.get_by_role("link", name=number, exact=True).click()
    page.get_by_role("button", name="Take this item").click()
    expect(page.locator("#lease")).to_contain_text("held for you")
    listens(page)


def test_a_disagreement_is_settled_and_exported(context: BrowserContext, site: Site, tmp_path: Path) -> None:
    number = site.manage("shell", "-v0", "-c", ASK_TWO).split()[-1]

    with working_as(context, "ana") as page:
        take(page, number)
        page.keyboard.press("c")
        page.keyboard.type("the wanted effect grows")
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        expect(page.locator(".receipt")).to_contain_text(re.compile(rf"#{number} .*waits for a second pharmacist"))

    with working_as(context, "ben") as page:
        page.goto(QUEUE)
        row = page.locator("#upcoming tr").filter(has=page.get_by_role("link", name=number, exact=True))
        expect(row).to_contain_text("waits for a second pharmacist")
        take(page, number)
        expect(page.locator("main")).not_to_contain_text("the wanted effect grows")
        page.keyboard.press("2")
        expect(page.locator(".receipt")).to_contain_text(f"#{number} antagonistic")

    with working_as(context, "dana") as page:
        page.get_by_role("link", name="Adjudication").click()
        page.get_by_role("link", name=number, exact=True).click()
        expect(page.locator(".answers-given li")).to_contain_text(["the wanted effect grows", "no comment"])
        page.get_by_label("Why they disagree").select_option(label="the sentence can be read both ways")
        page.get_by_label("Why your answer is right").fill("=harm outweighs it")
        page.get_by_role("button", name="Antagonistic").click()
        page.wait_for_url("**/adjudication/")
        expect(page.locator(".messages")).to_contain_text(f"#{number} settled as Antagonistic.")
        expect(page.get_by_role("link", name=number, exact=True)).to_have_count(0)

    with working_as(context, "lea") as page:
        (row,) = [row for row in download_gold(page, tmp_path) if row["source"] == "adjudication"]
    assert row["label"] == "antagonistic"
    assert row["reviewers"] == "ana ben dana"
    assert len(row["decision_ids"].split()) == 3
    assert row["comments"] == "the wanted effect grows | =harm outweighs it"


def test_an_adjudication_written_offline_stays_as_typed_and_is_saved_by_the_next_press(
    browser: Browser, site: Site
) -> None:
    number = site.manage("shell", "-v0", "-c", DISAGREE).split()[-1]
    window = browser.new_context(base_url=site.url)
    page = sign_in(window, "dana")
    page.goto(f"/adjudication/{number}/")
    cause, why = page.get_by_label("Why they disagree"), page.get_by_label("Why your answer is right")
    cause.select_option(label="the sentence can be read both ways")
    why.press_sequentially("weighed on the train")
    window.set_offline(True)
    page.get_by_role("button", name="Antagonistic").click()
    expect(page.locator("form.fields .unsent")).to_contain_text("What you typed stays here")
    expect(page.get_by_role("button", name="Antagonistic")).to_be_enabled()
    expect(why).to_have_value("weighed on the train")
    expect(cause.locator("option:checked")).to_have_text("the sentence can be read both ways")
    window.set_offline(False)
    page.reload()
    expect(why).to_have_value("weighed on the train")
    cause.select_option(label="the sentence can be read both ways")
    page.get_by_role("button", name="Antagonistic").click()
    page.wait_for_url("**/adjudication/")
    expect(page.locator(".messages")).to_contain_text(f"#{number} settled as Antagonistic.")
    window.close()
    assert site.manage("shell", "-v0", "-c", COUNT).split()[-1] == "1"
