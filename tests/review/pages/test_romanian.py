"""Every page in Romanian: no text of the program is left in English, and none was forgotten to be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from ledger.models import ModelVersion
from review.models import ReviewItem
from review.practice import SENTENCE
from review.presets import PRESETS
from tests.conftest import person
from tests.ddi_site.catalogue import catalogue_path, read
from tests.review.conftest import MakeItem, answered
from tests.review.evaluated import evaluated, full_metrics
from tests.review.pages import test_access

addresses = test_access.addresses  # a fixture
NOT_READ_OUT = {"script", "style", "code", "kbd", "svg", "pre"}  # data, names of keys, and drawings
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-title", "data-left", "data-over")
SAID_BY_SCRIPTS = tuple(f"data-{one}" for one in ("network", "server", "stale", "kept", "refused", "sent", "nothing"))
WORD = re.compile(r"[^\W\d_]{2,}")
OF_THE_PROGRAM = {
    *("ddi", "ledger", "auc", "english", "română"),
    *(name for name, _ in PRESETS),
    *map(str.lower, WORD.findall(SENTENCE)),  # the practice item, as English as the statements are
}
FILES = {"reviewers_csv", "gold_download", "gold_manifest", "evaluation_report"}
PAGES_TO_READ = [name for name, (verb, _) in test_access.PAGES.items() if verb == "get" and name not in FILES]


class Texts(HTMLParser):
    """What a page says: its text nodes and the attributes that are read out or shown later."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in NOT_READ_OUT
        self.said += [value for name, value in attrs if name in SPOKEN + SAID_BY_SCRIPTS and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in NOT_READ_OUT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(" ".join(data.split()))


@pytest.fixture
def reader(
    addresses: dict[str, str],
    make_item: MakeItem,
    model: ModelVersion,
    pharmacist: User,
    second_pharmacist: User,
) -> Client:
    """A lead who reads Romanian, on a site where something has happened."""
    disputed = make_item(reviews_needed=2)
    answered(disputed, pharmacist, "synergistic")
    answered(disputed, second_pharmacist, "antagonistic", comment="No.")
    evaluated(model, full_metrics())
    client = Client(headers={"Accept-Language": "ro"})
    client.force_login(person("lea", "lead"))
    return client


def read_page(reader: Client, address: str) -> list[str]:
    response = reader.get(address)
    assert response.status_code in {200, 404}, address
    html = response.content.decode()
    assert '<html lang="ro">' in html or "<html" not in html
    return Texts(html).said


ENGLISH = {
    one.text.replace("%%", "%"): one.translations[0]
    for one in read(catalogue_path())
    if one.text != one.translations[0] and WORD.search(one.text)
}
ROMANIAN = {words for one in read(catalogue_path()) for words in one.translations}


def test_no_text_is_left_in_english(reader: Client, addresses: dict[str, str]) -> None:
    own = set(strings_of_rows())
    left = {
        name: [
            text
            for text in read_page(reader, addresses[name])
            if text in ENGLISH and text not in ROMANIAN and text not in own
        ]
        for name in PAGES_TO_READ
    }
    assert {name: texts for name, texts in left.items() if texts} == {}


def test_whatever_is_not_data_goes_through_the_catalogue(
    reader: Client,
    addresses: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every translated text is put in brackets; what stands outside of them has to be data."""
    bracket_translations(monkeypatch)
    data = {word.lower() for text in strings_of_rows() for word in WORD.findall(text)} | OF_THE_PROGRAM
    forgotten = {}
    for name in PAGES_TO_READ:
        said = read_page(reader, addresses[name])
        assert any("⟦" in text for text in said), name
        outside = [without_brackets(text) for text in said]
        forgotten[name] = [text for text in outside if not {word.lower() for word in WORD.findall(text)} <= data]
    assert {name: texts for name, texts in forgotten.items() if texts} == {}


def bracket_translations(monkeypatch: pytest.MonkeyPatch) -> None:
    functions: Any = translation._trans  # type: ignore[attr-defined]
    for name in ("gettext", "ngettext", "pgettext"):
        original = getattr(functions, name)
        monkeypatch.setattr(functions, name, lambda *given, original=original: bracketed(original(*given)))


def bracketed(text: str) -> str:
    return f"⟦{text}⟧" if text else text


def without_brackets(text: str) -> str:
    """What is left of a text, translations within translations left out too."""
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    return text


def strings_of_rows() -> Iterator[str]:
    """Every text in the database, those inside of JSON too."""
    for model in filter(lambda model: model._meta.managed, apps.get_models()):
        for row in model._default_manager.values():
            yield from strings_in(list(row.values()))


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings_in([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)


@pytest.mark.usefixtures("item")
def test_the_guards_notice_what_is_not_translated() -> None:
    assert Texts("<p>Sign out <b>now</b></p><code>x</code><i aria-label='Close'></i>").said == [
        "Sign out",
        "now",
        "Close",
    ]
    assert "Sign out" in ENGLISH
    assert without_brackets("⟦Modelul ⟦sinergic⟧⟧ left").split() == ["left"]
    assert ReviewItem.objects.first().statement.text in set(strings_of_rows())  # type: ignore[union-attr]
