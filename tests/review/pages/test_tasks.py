"""Tasks are added and set up on their pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import Proposal, Task
from ledger.record.proposals import answer_proposal
from review.models import ReviewItem
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import sign_in
from tests.review.pages.task_forms import add_label, save, settings_of

NEW = {
    "slug": "severity", "title": "Severity", "question": "How bad is it?", "guideline": "Read the sentence.",
    "head_kind": "drug", "tail_kind": "drug", "doubt_threshold": "0.8", "pseudo_label_threshold": "0.95",
    "audit_share": "0.01", "second_opinion_share": "0.2", "pattern_weight": "0.5", "spot_check_share": "0.02",
    "spot_checks_at_least": "5", "preset": "default",
}  # fmt: skip


def test_the_list_shows_every_task(lead: User, task: Task) -> None:
    page = sign_in(lead).get("/tasks/").content.decode()
    assert reverse("review:task_settings", args=[task.slug]) in page
    assert re.search(r"<code>ddi-polarity</code></td><td class=\"number\">3</td><td class=\"number\">2</td>", page)


def test_a_task_and_its_labels_are_added_from_the_page(lead: User, db: None) -> None:
    page = sign_in(lead).post("/tasks/add/", NEW | {"blind": "on"}, follow=True).content.decode()
    assert "Give it its labels now" in page
    assert "at least two labels to learn" in page
    made = Task.objects.get(slug="severity")
    assert (made.title, made.doubt_threshold, made.blind, made.two_person_rule) == ("Severity", 0.8, True, False)
    add_label(made, lead)
    page = add_label(made, lead, slug="mild", title="Mild", key="2").content.decode()
    assert "at least two labels" not in page
    assert list(made.labels.values_list("slug", "key", "position", "trainable")) == [
        ("severe", "1", 0, True),
        ("mild", "2", 1, True),
    ]
    assert page.count("label mild added") == 1


@pytest.mark.parametrize("name", ["home", "queue", "guideline", "dashboard", "agreement"])
def test_pages_bear_a_task_without_labels(lead: User, name: str, db: None) -> None:
    client = sign_in(lead)
    client.post("/tasks/add/", NEW)
    address = reverse(f"review:{name}", args=[] if name == "home" else ["severity"])
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slug": "ddi-polarity"}, "already exists"),
        ({"slug": "Severity!"}, "valid “slug”"),
        ({"slug": "SEVERITY"}, "a letter first"),
        ({"title": ""}, "This field is required"),
        ({"doubt_threshold": "1.5"}, "less than or equal to 1"),
        ({"audit_share": "-0.1"}, "greater than or equal to 0"),
        ({"audit_share": "nan"}, "Enter a number"),
        ({"spot_checks_at_least": "5000"}, "more than anybody needs"),
    ],
)
def test_a_task_that_cannot_be_is_refused_in_place(lead: User, task: Task, changes: dict[str, str], told: str) -> None:
    n_before = Task.objects.count()
    response = sign_in(lead).post("/tasks/add/", NEW | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert 'aria-invalid="true"' in page
    assert Task.objects.count() == n_before


def test_settings_are_saved_and_who_did_is_shown(lead: User, task: Task) -> None:
    page = save(task, lead, second_opinion_share="0.5", blind="on").content.decode()
    task.refresh_from_db()
    assert (task.second_opinion_share, task.blind) == (0.5, True)
    assert "second_opinion_share: 0.2 → 0.5; blind: False → True" in page


def test_settings_that_cannot_be_are_refused_in_place(lead: User, task: Task) -> None:
    response = save(task, lead, doubt_threshold="2", title="Kept in the form")
    assert response.status_code == 422
    assert 'value="Kept in the form"' in response.content.decode()
    task.refresh_from_db()
    assert task.doubt_threshold == 0.9


def test_somebody_elses_change_is_shown_before_it_is_overwritten(lead: User, task: Task) -> None:
    mine = sign_in(lead)
    opened = settings_of(task, mine)
    save(task, person("other", "lead"), guideline="Theirs.")
    address = reverse("review:save_task", args=[task.slug])
    response = mine.post(address, opened | {"guideline": "Mine."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this since" in page
    assert ">\nMine.</textarea>" in page
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page.split('id="settings"')[1])
    assert mine.post(address, opened | {"guideline": "Mine.", "seen": seen}).status_code == 303
    task.refresh_from_db()
    assert task.guideline == "Mine."


def test_kinds_of_imported_statements_stay(lead: User, item: ReviewItem) -> None:
    response = save(item.task, lead, head_kind="gene")
    assert response.status_code == 409
    assert "so the kinds stay" in response.content.decode()


def test_the_two_person_rule_goes_on_at_once_and_off_by_two(lead: User, task: Task) -> None:
    save(task, lead, two_person_rule="on")
    task.refresh_from_db()
    assert task.two_person_rule
    response = save(task, lead, without="two_person_rule", title="Polarity")
    assert response.redirect_chain[-1][0] == reverse("review:proposals")
    task.refresh_from_db()
    assert (task.two_person_rule, task.title) == (True, "Polarity")
    proposal = Proposal.objects.get()
    assert (proposal.act, proposal.by) == ("lift_rule", lead)
    answer_proposal(proposal=proposal, by=person("other", "lead"), approves=True, reason="", now=facts.NOW)
    task.refresh_from_db()
    assert not task.two_person_rule


def test_the_way_of_training_is_the_tasks_and_stays_when_this_version_does_not_know_it(lead: User, task: Task) -> None:
    save(task, lead, preset="relations")
    task.refresh_from_db()
    assert task.preset == "relations"
    response = save(task, lead, preset="none-such")
    assert response.status_code == 422
    assert "There is no such way of training." in response.content.decode()
    Task.objects.update(preset="of-tomorrow")
    save(task, lead, title="Polarity")
    task.refresh_from_db()
    assert (task.preset, task.title) == ("of-tomorrow", "Polarity")


def test_tasks_and_labels_that_do_not_exist_are_not_found(lead: User) -> None:
    client = sign_in(lead)
    assert client.get("/tasks/nothing/settings/").status_code == 404
    for address in ("/tasks/nothing/settings/save/", "/tasks/nothing/labels/add/", "/labels/999/change/"):
        assert client.post(address).status_code == 404


def test_the_settings_cost_the_same_however_many_labels(lead: User, task: Task, django_assert_num_queries: Any) -> None:
    client = sign_in(lead)
    client.get(reverse("review:task_settings", args=[task.slug]))
    for number in range(4, 7):
        add_label(task, lead, slug=f"more-{number}", key=str(number), trainable="")
        with django_assert_num_queries(8):  # session, person, roles, task, labels, corpora, changes
            client.get(reverse("review:task_settings", args=[task.slug]))
