"""The Romanian catalogue is whole, compiled from what stands beside it, and holds every text of the sources."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.ddi_site.catalogue import Entry, catalogue_path, read

ENTRIES = read(catalogue_path())
VALUE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
SOURCES = ("manage.py", "ddi_site", "ledger", "modeling", "review", "templates")
COUNTS = (1, 0, 20)  # one for each form of a Romanian plural: 1, 0 and 2 to 19, all others


def test_every_text_is_translated_and_none_is_doubtful() -> None:
    assert len(ENTRIES) > 1_000
    assert [one.key for one in ENTRIES if one.is_fuzzy] == []
    assert [one.key for one in ENTRIES if not all(words.strip() for words in one.translations)] == []
    assert [one.key for one in ENTRIES if len(one.translations) != (3 if one.plural else 1)] == []
    assert len({one.key for one in ENTRIES}) == len(ENTRIES)


def test_translations_hold_the_values_of_their_texts() -> None:
    assert [one.key for one in ENTRIES if not has_the_same_values(one)] == []


def has_the_same_values(one: Entry) -> bool:
    wanted = [one.text, *[one.plural or ""] * (len(one.translations) - 1)]
    return all(
        sorted(VALUE.findall(words)) == sorted(VALUE.findall(text))
        for words, text in zip(one.translations, wanted, strict=True)
    )


def test_romanian_is_written_with_its_own_letters() -> None:
    """Comma below, as in ș and ț: the letters with a cedilla are Turkish ones."""
    assert [one.key for one in ENTRIES if re.search("[şţŞŢ]", "".join(one.translations))] == []
    assert sum(bool(re.search("[ășțâî]", "".join(one.translations))) for one in ENTRIES) > len(ENTRIES) / 2


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    with catalogue_path(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    differing = []
    for one in ENTRIES:
        if one.plural:
            found = [compiled.ngettext(one.text, one.plural, n) for n in COUNTS]
        elif one.context:
            found = [compiled.pgettext(one.context, one.text)]
        else:
            found = [compiled.gettext(one.text)]
        if found != one.translations:
            differing.append(one.key)
    assert differing == []
    n_compiled = sum(len(one.translations) for one in ENTRIES)
    assert len(compiled._catalog) == n_compiled + 1  # type: ignore[attr-defined]  # the header


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext, which .ci/run installs")
def test_the_sources_have_no_text_that_the_catalogue_lacks_and_it_has_none_they_lack(tmp_path: Path) -> None:
    for name in SOURCES:
        source = settings.BASE_DIR / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("*.csv", "*.tsv", "__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    made = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "ro", "--keep-pot", "--no-location"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    found = {one.key for one in read(tmp_path / "ddi_site" / "locale" / "django.pot")}
    assert found - {one.key for one in ENTRIES} == set()
    assert {one.key for one in ENTRIES} - found == set()


class TestChoice:
    def test_the_sign_in_page_speaks_the_browsers_language(self, db: None) -> None:
        page = Client().get(reverse("login"), headers={"Accept-Language": "ro-RO,ro;q=0.9,en;q=0.5"})
        assert '<html lang="ro">' in page.content.decode()
        assert "Parolă" in page.content.decode()

    def test_a_language_without_a_catalogue_gives_english(self, db: None) -> None:
        page = Client().get(reverse("login"), headers={"Accept-Language": "de-DE,de;q=0.9"})
        assert '<html lang="en">' in page.content.decode()
        assert "Password" in page.content.decode()

    def test_it_is_chosen_on_the_sign_in_page_by_its_own_name(self, db: None) -> None:
        client, address = Client(), reverse("login")
        page = client.get(address).content.decode()
        assert re.search(r'<button[^>]*value="ro" lang="ro">Română</button>', page)
        assert re.search(r'<button[^>]*value="en" lang="en" aria-current="true">English</button>', page)
        assert client.post(reverse("set_language"), {"language": "ro", "next": address})["Location"] == address
        assert '<html lang="ro">' in client.get(address).content.decode()

    def test_a_choice_never_leads_to_another_site(self, db: None) -> None:
        response = Client().post(reverse("set_language"), {"language": "ro", "next": "https://evil.example/"})
        assert response["Location"] == "/"

    @pytest.mark.parametrize("asked", ["de", "../../etc", ""])
    def test_a_language_that_is_not_offered_changes_nothing(self, db: None, asked: str) -> None:
        client = Client()
        client.post(reverse("set_language"), {"language": asked})
        assert '<html lang="en">' in client.get(reverse("login")).content.decode()

    def test_reading_changes_nothing(self, db: None) -> None:
        client = Client()
        client.get(reverse("set_language"), {"language": "ro"})
        assert settings.LANGUAGE_COOKIE_NAME not in client.cookies

    def test_a_persons_preference_outweighs_the_choice_of_the_device(self, pharmacist: User) -> None:
        client = Client()
        client.force_login(pharmacist)
        client.post(reverse("set_language"), {"language": "ro"})
        assert '<html lang="ro">' in client.get("/").content.decode()
        client.post(reverse("review:save_preferences"), {"language": "en"})
        assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 enunțuri"),
        (1, "1 enunț"),
        (2, "2 enunțuri"),
        (19, "19 enunțuri"),
        (20, "20 de enunțuri"),
        (101, "101 enunțuri"),
        (120, "120 de enunțuri"),
    ],
)
def test_counts_take_their_romanian_form(n: int, said: str) -> None:
    with translation.override("ro"):
        assert translation.ngettext("%(n)s statement", "%(n)s statements", n) % {"n": n} == said
