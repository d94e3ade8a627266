from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.urls import reverse

from ledger.models import Label, Task
from review.keys import PAGE_KEYS, can_be_a_labels
from review.models import Preference, ReviewItem
from tests.review.conftest import sign_in


def test_who_never_chose_has_keys_and_the_browsers_language(pharmacist: User) -> None:
    page = sign_in(pharmacist).get(reverse("review:preferences")).content.decode()
    assert 'name="single_keys" checked' in page
    assert '<option value="" selected>' in page
    assert not Preference.objects.exists()


def test_what_one_chose_is_kept_and_can_be_changed(pharmacist: User, item: ReviewItem) -> None:
    client = sign_in(pharmacist)
    address = reverse("review:save_preferences")
    assert client.post(address, {"language": "ro"})["Location"] == reverse("review:preferences")
    kept = Preference.objects.get()
    assert (kept.person, kept.single_keys, kept.language) == (pharmacist, False, "ro")
    assert 'data-single-keys="off"' in client.get(reverse("review:item", args=[item.pk])).content.decode()
    client.post(address, {"single_keys": "on", "language": ""})
    assert 'data-single-keys="on"' in client.get(reverse("review:item", args=[item.pk])).content.decode()
    assert Preference.objects.count() == 1


def test_ones_own_language_outweighs_the_browsers(pharmacist: User, second_pharmacist: User) -> None:
    Preference.objects.create(person=pharmacist, language="ro")
    german = {"Accept-Language": "de"}
    response = sign_in(pharmacist).get("/", headers=german)
    assert (response["Content-Language"], '<html lang="ro">' in response.content.decode()) == ("ro", True)
    response = sign_in(second_pharmacist).get("/", headers={"Accept-Language": "ro"})
    assert response["Content-Language"] == "ro"
    Preference.objects.create(person=second_pharmacist, language="en")
    response = sign_in(second_pharmacist).get("/", headers={"Accept-Language": "ro"})
    assert response["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["xx", "../../etc", "de"])
def test_a_language_that_is_not_offered_is_refused(pharmacist: User, language: str) -> None:
    assert sign_in(pharmacist).post(reverse("review:save_preferences"), {"language": language}).status_code == 422
    assert not Preference.objects.exists()


def test_preferences_cost_no_query(pharmacist: User, django_assert_num_queries: object) -> None:
    Preference.objects.create(person=pharmacist)
    client = sign_in(pharmacist)
    with django_assert_num_queries(3):  # the session, the person with their preferences, their roles
        client.get(reverse("review:preferences"))


class TestTour:
    def test_five_steps_that_write_nothing(self, pharmacist: User) -> None:
        client = sign_in(pharmacist)
        for step, title in enumerate(("One sentence", "Why it is", "Answer with", "Nothing is lost", "Evidence"), 1):
            page = client.get(reverse("review:tour"), {"step": step}).content.decode()
            assert title in page
            assert f"step {step} of 5" in page
        assert not Preference.objects.exists()

    @pytest.mark.parametrize("step", ["0", "6", "-1", "x", "9" * 30, ""])
    def test_no_other_step_breaks_it(self, pharmacist: User, step: str) -> None:
        assert sign_in(pharmacist).get(reverse("review:tour"), {"step": step}).status_code == 200

    def test_a_practice_answer_is_shown_and_not_saved(self, pharmacist: User) -> None:
        page = sign_in(pharmacist).get(reverse("review:tour"), {"step": "4", "answer": "antagonistic"}).content.decode()
        assert "practice <strong>antagonistic</strong> · not saved" in page

    def test_ending_it_is_remembered_and_it_can_be_taken_again(self, pharmacist: User) -> None:
        client = sign_in(pharmacist)
        for _ in range(2):
            assert client.post(reverse("review:end_tour")).status_code == 302
        assert Preference.objects.get().shown_around_at is not None
        assert reverse("review:tour") in client.get(reverse("review:preferences")).content.decode()
        assert client.get(reverse("review:tour")).status_code == 200


class TestKeys:
    def test_the_legend_names_every_key_of_the_page(self, item: ReviewItem, pharmacist: User) -> None:
        page = sign_in(pharmacist).get(reverse("review:item", args=[item.pk])).content.decode()
        legend = page[page.index('<dl class="keys">') :]
        for key in PAGE_KEYS - {" "}:
            assert f"<kbd>{key}</kbd>" in legend
        assert "<kbd>space</kbd>" in legend

    @pytest.mark.parametrize("key", sorted(PAGE_KEYS | {"", "A", "é", "12", "!"}))
    def test_a_label_cannot_have_a_key_that_does_something_else(self, key: str) -> None:
        assert not can_be_a_labels(key)

    def test_the_system_check_finds_one_that_has(self, task: Task) -> None:
        assert run_checks(tags=["database"], databases=["default"]) == []
        Label.objects.filter(task=task, slug="synergistic").update(key="s")
        (error,) = run_checks(tags=["database"], databases=["default"])
        assert error.id == "review.E001"
        assert "'s'" in error.msg
        assert "Synergistic" in error.msg
