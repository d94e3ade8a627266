"""Relations of abstracts by keyboard: ten labels and "no relation", each with a key of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Site, answer, answers_of, new_pharmacist, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KEYS = {
    "1": "Antagonist", "2": "Inhibitor", "3": "Agonist", "4": "Activator", "5": "Indirect upregulator",
    "6": "Indirect downregulator", "7": "Part of", "8": "Direct regulator", "9": "Substrate", "0": "Product of",
    "n": "No relation",
}  # fmt: skip


def test_every_answer_of_a_relations_item_is_one_key(taught: Site, context: BrowserContext) -> None:
    new_pharmacist(taught, "rea")
    page = sign_in(context, "rea")
    page.goto("/tasks/drugprot/queue/")
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/**")
    expect(page.locator("body")).to_contain_text("How does this sentence say the chemical and the gene product are")
    expect(page.locator(".other").first).to_be_visible()
    expect(page.locator(".document a").first).to_have_attribute("href", re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/9"))
    for title in KEYS.values():
        expect(page.locator("#decision")).to_contain_text(title)
    numbers = [answer(page, key) for key in KEYS]
    assert answers_of(page) == [
        (number, title.lower()) for number, title in reversed(list(zip(numbers, KEYS.values(), strict=True)))
    ]
