from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import Task
from review.actions import save_filter as module
from review.models import SavedFilter
from tests.review.conftest import sign_in

SAVE = "/tasks/ddi-polarity/ledger/save/"
LEDGER = "/tasks/ddi-polarity/ledger/"


def saved_names(reader: User) -> list[str]:
    page = sign_in(reader).get(LEDGER).content.decode()
    links = page.split('<li class="saved-search"><a href="')[1:]
    return [link.partition(">")[2].partition("</a>")[0] for link in links]


def test_a_search_is_kept_under_a_name_and_listed(task: Task, pharmacist: User) -> None:
    sent = {"name": "blood thinners", "atc": "b01aa", "least": "0.5", "statement__corpus": "x"}
    response = sign_in(pharmacist).post(SAVE, sent)
    assert (response.status_code, response["Location"]) == (303, f"{LEDGER}?atc=B01AA&least=0.5")
    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.task, saved.name, saved.query) == (
        pharmacist,
        task,
        "blood thinners",
        "atc=B01AA&least=0.5",
    )
    assert saved_names(pharmacist) == ["blood thinners"]


def test_the_same_name_again_replaces_it(task: Task, pharmacist: User) -> None:
    for code in ("B01", "N02", "N02"):
        sign_in(pharmacist).post(SAVE, {"name": "mine", "atc": code})
    assert SavedFilter.objects.values_list("query", flat=True).get() == "atc=N02"


def test_nobody_sees_or_removes_another_person_s(task: Task, pharmacist: User, second_pharmacist: User) -> None:
    sign_in(pharmacist).post(SAVE, {"name": "mine", "atc": "B01"})
    saved = SavedFilter.objects.get()
    assert saved_names(second_pharmacist) == []
    address = reverse("review:remove_filter", args=[saved.pk])
    assert sign_in(second_pharmacist).post(address).status_code == 404
    assert SavedFilter.objects.exists()
    assert sign_in(pharmacist).post(address)["Location"] == LEDGER
    assert not SavedFilter.objects.exists()
    assert sign_in(pharmacist).post(address).status_code == 404


def test_a_nameless_search_and_a_fifty_first_are_refused_in_words(
    task: Task, pharmacist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(pharmacist)
    assert b"Give the search a name" in client.get(client.post(SAVE, {"atc": "B01"})["Location"]).content
    monkeypatch.setattr(module, "MOST", 1)
    client.post(SAVE, {"name": "one", "atc": "B01"})
    assert b"are saved already" in client.get(client.post(SAVE, {"name": "two", "atc": "B01"})["Location"]).content
    client.post(SAVE, {"name": "one", "atc": "N02"})
    assert list(SavedFilter.objects.values_list("name", "query")) == [("one", "atc=N02")]


def test_pages_that_write_answer_to_posts_alone(task: Task, pharmacist: User, newcomer: User) -> None:
    assert sign_in(pharmacist).get(SAVE).status_code == 405
    assert sign_in(newcomer).post(SAVE, {"name": "x"}).status_code == 403
    assert sign_in(pharmacist).post("/tasks/none/ledger/save/", {"name": "x"}).status_code == 404
