"""Relations of abstracts by keyboard: ten labels and "no relation", each with a key of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from ledger.corpora.drugprot import TYPES
from ledger.splits import split_of_document
from tests.browser.conftest import Site, answer, answers_of, new_pharmacist, sign_in
from tests.ledger.corpora.annotated_files import drugprot, pubtator

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KEYS = {
    "1": "Antagonist", "2": "Inhibitor", "3": "Agonist", "4": "Activator", "5": "Indirect upregulator",
    "6": "Indirect downregulator", "7": "Part of", "8": "Direct regulator", "9": "Substrate", "0": "Product of",
    "n": "No relation",
}  # fmt: skip
RARE = ("AGONIST-ACTIVATOR", "AGONIST-INHIBITOR", "SUBSTRATE_PRODUCT-OF")  # without a label in the shipped task
QUICK = ("--set", "max_epochs=1", "--set", "patience=1", "--set", "threads=1")


@pytest.fixture(scope="module")
def taught(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with a model of relations, learnt from two abstracts of each type, and a queue of what it read since."""
    folder = tmp_path_factory.mktemp("relations")
    (folder / "gold").mkdir()
    train = (str(number) for number in range(1, 2_000) if split_of_document(str(number)) == "train")
    said = [*(type_ for type_ in TYPES if type_ not in RARE), None] * 2
    documents = [
        (next(train), "A title", f"[T1 CHEMICAL Zinc] {str(said_).lower()} [T2 GENE-Y CHRM3] in men {place}.")
        for place, said_ in enumerate(said)
    ]
    relations = [(one[0], type_, "T1", "T2") for one, type_ in zip(documents, said, strict=True) if type_]
    drugprot(folder / "gold", documents, relations)
    unread = [
        pubtator(
            f"9{place:03}", "A title", f"[a Chemical Zinc] may meet [b Gene CHRM3] beside [c Gene ALB] in case {place}."
        )
        for place in range(8)
    ]
    (folder / "batch.txt").write_text("".join(unread))
    site.manage_all(
        ["import_corpus", folder / "gold", "--corpus", "drugprot-small"],
        ["import_corpus", folder / "batch.txt", "--task", "drugprot", "--corpus", "pubmed-small"],
        ["train", "--task", "drugprot", *QUICK],
        ["promote", "--task", "drugprot", "--reason", "first"],
        ["infer", "--task", "drugprot"],
        ["build_queue", "--task", "drugprot"],
    )
    return site


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
