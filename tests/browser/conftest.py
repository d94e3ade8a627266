"""A whole site in processes of its own, with a real model's queue, and a real browser to use it with."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ddi_site.supervisor import free_port
from ledger.corpora.drugprot import TYPES
from ledger.splits import split_of_document
from tests.browser.chromium import FLAGS, executable
from tests.ledger.corpora.annotated_files import drugprot, pubtator
from tests.modeling.conftest import write_backbone

RARE = ("AGONIST-ACTIVATOR", "AGONIST-INHIBITOR", "SUBSTRATE_PRODUCT-OF")  # without a label in the shipped task
QUICK = ("--set", "max_epochs=1", "--set", "patience=1", "--set", "threads=1")
DEMO = settings.BASE_DIR / "ledger" / "demo_corpus"
PASSWORD = "a-long-passphrase-17"
PEOPLE = {"ana": "pharmacist", "ben": "pharmacist", "dana": "adjudicator", "lea": "lead"}
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
from ledger.models import Task
for name, role in {PEOPLE!r}.items():
    User.objects.create_user(name, password={PASSWORD!r}).groups.set([Group.objects.get(name=role)])
Task.objects.update(second_opinion_share=0)
"""


RUN_ALL = """
from django.core.management import call_command
for words in {}:
    call_command(*words)
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its address, its folder, and its command line."""

    url: str
    var: Path
    environment: dict[str, str]

    def manage(self, *arguments: str | Path) -> str:
        """What a management command prints; fails the test when the command fails."""
        ended = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def manage_all(self, *commands: Sequence[str | Path]) -> None:
        """Run management commands one after another in one process: starting one takes as long as most of them do."""
        self.manage("shell", "-v0", "-c", RUN_ALL.format([[str(word) for word in command] for command in commands]))


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site with a part of the demonstration corpus, a small trained model, its predictions and a queue."""
    with tempfile.TemporaryDirectory(prefix="ddi-") as folder:
        var = Path(folder)
        port = free_port(8400 + os.getpid() % 1000, attempts=100)
        backbone = write_backbone(var / "small-bert", positions=256)
        environment = {**os.environ, "DDI_VAR": folder, "DDI_BACKBONE": str(backbone)}
        environment.pop("DDI_DATABASE_URL", None)
        made = Site(f"http://127.0.0.1:{port}", var, environment)
        made.manage("migrate", "-v0")
        made.manage_all(
            ["shell", "-c", MAKE_PEOPLE],
            ["import_atc", DEMO / "atc_index.csv"],
            ["import_drugs", DEMO / "drugs.csv"],
            ["import_statements", DEMO / "interactions.csv", "--corpus", "demo"],
            ["import_labels", DEMO / "seed_labels.csv", "--corpus", "demo"],
            ["train"],
            ["promote", "--reason", "first"],
            ["infer"],
            ["build_queue"],
        )
        log = (var / "serve.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "serve", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        assert re.search(rf"serving {made.url}/", process.stdout.readline()), (var / "serve.log").read_text()
        try:
            yield made
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            log.close()


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.fail("No browser on this machine: run `make browser`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser window of its own that fails the test when a page breaks the content policy or throws."""
    context = browser.new_context(base_url=site.url, accept_downloads=True)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield context
    context.close()
    assert complaints == []


MAKE_PHARMACIST = """
from django.contrib.auth.models import Group, User
person = User.objects.create_user({name!r}, password={password!r})
person.groups.set([Group.objects.get(name="pharmacist")])
"""


def new_pharmacist(site: Site, name: str) -> None:
    """A pharmacist of a test's own, so that what others answered is not counted as theirs."""
    site.manage("shell", "-c", MAKE_PHARMACIST.format(name=name, password=PASSWORD))


def start_reviewing(context: BrowserContext, name: str, task: str = "ddi-polarity", part: str = "") -> Page:
    """This person signed in, on the first item of their queue, or of a part of it."""
    page = sign_in(context, name)
    page.goto(f"/tasks/{task}/queue/?part={part}")
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url("**/items/*/**")
    return page


def item_shown(page: Page) -> str:
    """The number of the item on the screen."""
    heading = page.locator("h1").inner_text()
    found = re.match(r"#(\d+)", heading)
    assert found, heading
    return found[1]


def answer(page: Page, key: str) -> str:
    """Press a label's key and wait for the receipt of this item; returns the item's number."""
    number = item_shown(page)
    page.keyboard.press(key)
    expect(page.locator(".receipt")).to_contain_text(f"#{number} ")
    return number


def answers_of(page: Page) -> list[tuple[str, str]]:
    """What the person's own page lists: item and label of each answer, the newest first."""
    page.goto("/me/answers/")
    rows = page.locator("table.own tbody tr")
    return [
        (rows.nth(place).locator("td").first.inner_text(), rows.nth(place).locator(".label").inner_text())
        for place in range(rows.count())
    ]


def sign_in(context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^[^?]*/$"))
    return page


def listens(page: Page) -> Page:
    """The same page once its scripts have run, so that keys mean something: a page is seen before that."""
    page.wait_for_load_state("load")
    return page


def download_gold(page: Page, folder: Path) -> list[dict[str, str]]:
    """The rows of the CSV that the export page offers."""
    page.goto("/exports/")
    with page.expect_download() as offered:
        page.get_by_role("button", name=re.compile("Download gold")).click()
    path = folder / "gold.csv"
    offered.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
