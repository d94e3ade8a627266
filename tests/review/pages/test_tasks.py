from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import Label, Proposal, Run, Task
from ledger.record.proposals import answer_proposal
from ledger.record.tasks import SETTINGS
from review.models import ReviewItem
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import answered, sign_in

NEW = {
    "slug": "severity", "title": "Severity", "question": "How bad is it?", "guideline": "Read the sentence.",
    "head_kind": "drug", "tail_kind": "drug", "doubt_threshold": "0.8", "pseudo_label_threshold": "0.95",
    "audit_share": "0.01", "second_opinion_share": "0.2", "pattern_weight": "0.5", "spot_check_share": "0.02",
    "spot_checks_at_least": "5", "preset": "default",
}  # fmt: skip
LABEL = {"slug": "severe", "title": "Severe", "key": "1", "meaning": "It needs treatment.", "trainable": "on"}


def settings_of(task: Task, client: Any) -> dict[str, str]:
    """The settings form's fields as the page sends them."""
    page = client.get(reverse("review:task_settings", args=[task.slug])).content.decode()
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page.split('id="settings"')[1])
    task.refresh_from_db()
    values = {name: getattr(task, name) for name in SETTINGS}
    return {"seen": seen} | {name: str(value) for name, value in values.items() if value is not False}


def save(task: Task, by: User, without: str = "", **changes: str) -> Any:
    client = sign_in(by)
    values = settings_of(task, client) | changes
    values.pop(without, None)
    return client.post(reverse("review:save_task", args=[task.slug]), values, follow=True)


def label_fields(label: Label, client: Any) -> dict[str, str]:
    page = client.get(reverse("review:task_settings", args=[label.task.slug])).content.decode()
    form = page.split(reverse("review:change_label", args=[label.pk]))[1].split("</form>")[0]
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', form)
    values = {"title": label.title, "key": label.key, "meaning": label.meaning, "position": str(label.position)}
    ticked = {name: "on" for name in ("trainable", "negative") if getattr(label, name)}
    below = "" if label.doubt_threshold is None else str(label.doubt_threshold)
    return values | {"seen": seen, "doubt_threshold": below} | ticked


def change(label: Label, by: User, without: str = "", **changes: str) -> Any:
    client = sign_in(by)
    values = label_fields(label, client) | changes
    values.pop(without, None)
    return client.post(reverse("review:change_label", args=[label.pk]), values, follow=True)


def add_label(task: Task, by: User, **changes: str) -> Any:
    return sign_in(by).post(reverse("review:add_label", args=[task.slug]), LABEL | changes, follow=True)


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


@pytest.mark.parametrize("key", ["a", "X", "s", "f", "u", "z", "j", "k", "g", "c", "/", "?", " ", "ß", "§", "12"])
def test_no_label_takes_a_key_that_does_something_else(lead: User, task: Task, key: str) -> None:
    for response in (add_label(task, lead, key=key), change(facts.label("synergistic"), lead, key=key)):
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert task.labels.count() == 3
    assert facts.label("synergistic").key == "1"


def test_labels_that_would_collide_are_refused_in_place(lead: User, task: Task) -> None:
    for changes, told in (
        ({"slug": "synergistic", "key": "4"}, "has this short name"),
        ({"key": "1"}, "has this key"),
        ({"slug": "has space", "key": "4"}, "valid “slug”"),
    ):
        response = add_label(task, lead, **changes)
        assert response.status_code == 422
        assert told in response.content.decode()
    assert task.labels.count() == 3


def test_a_label_changes_its_words_key_and_place(lead: User, task: Task) -> None:
    page = change(facts.label("undetermined"), lead, title="Not told", key="N", position="0").content.decode()
    label = facts.label("undetermined")
    assert (label.title, label.key, label.position) == ("Not told", "n", 0)
    assert "title: Not determinable → Not told; key: 3 → n; position: 2 → 0" in page


def test_one_label_of_a_task_says_that_there_is_no_relation(lead: User, task: Task) -> None:
    page = add_label(task, lead, slug="none", key="4", negative="on").content.decode()
    assert "says that there is no relation" in page
    assert task.labels.get(slug="none").negative
    for response in (
        add_label(task, lead, slug="neither", key="5", negative="on"),
        change(facts.label("undetermined"), lead, negative="on"),
    ):
        assert response.status_code == 422
        assert "Another label of this task says already that there is no relation" in response.content.decode()
    assert list(task.labels.filter(negative=True).values_list("slug", flat=True)) == ["none"]
    page = change(task.labels.get(slug="none"), lead, without="negative").content.decode()
    assert "label none: negative: True → False" in page
    change(facts.label("undetermined"), lead, negative="on")
    assert facts.label("undetermined").negative


def test_a_label_has_a_threshold_of_its_own_or_the_tasks(lead: User, task: Task) -> None:
    page = change(facts.label("antagonistic"), lead, doubt_threshold="0.6").content.decode()
    assert "doubtful below 0.6" in page
    assert facts.label("antagonistic").doubt_threshold == 0.6
    assert change(facts.label("antagonistic"), lead, doubt_threshold="1.2").status_code == 422
    change(facts.label("antagonistic"), lead, doubt_threshold="")
    assert facts.label("antagonistic").doubt_threshold is None


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


def test_learning_is_switched_on_the_label(lead: User, task: Task) -> None:
    change(facts.label("undetermined"), lead, trainable="on")
    assert facts.label("undetermined").trainable
    change(facts.label("undetermined"), lead, without="trainable")
    response = change(facts.label("synergistic"), lead, without="trainable")
    assert response.status_code == 422
    assert "fewer than 2 labels to learn" in response.content.decode()
    assert facts.label("synergistic").trainable


def test_learning_is_not_switched_under_a_training(lead: User, task: Task) -> None:
    version = facts.model_version()
    Run.objects.create(
        kind="training", task=task, round=version.training_set.round, status="running", created_at=facts.NOW
    )
    for response in (change(facts.label("undetermined"), lead, trainable="on"), add_label(task, lead, key="4")):
        assert response.status_code == 422
        assert "training" in response.content.decode()


def test_a_label_somebody_else_changed_is_not_overwritten_unseen(lead: User, task: Task) -> None:
    client = sign_in(lead)
    opened = label_fields(facts.label("synergistic"), client)
    change(facts.label("synergistic"), person("other", "lead"), meaning="Theirs.")
    response = client.post(
        reverse("review:change_label", args=[facts.label("synergistic").pk]), opened | {"meaning": "Mine."}
    )
    assert response.status_code == 422
    assert "Somebody else has changed this since" in response.content.decode()
    assert facts.label("synergistic").meaning == "Theirs."


def test_a_used_label_stays_and_an_unused_one_goes(lead: User, item: ReviewItem, pharmacist: User) -> None:
    answered(item, pharmacist, "undetermined")
    add_label(item.task, lead, key="4", trainable="")
    client = sign_in(lead)
    for slug, told in (("undetermined", "was used, so it stays"), ("severe", "is removed")):
        page = client.post(reverse("review:remove_label", args=[facts.label(slug).pk]), follow=True).content.decode()
        assert told in page
    assert set(item.task.labels.values_list("slug", flat=True)) == {"synergistic", "antagonistic", "undetermined"}


def test_a_key_that_moved_answers_what_the_page_showed(lead: User, item: ReviewItem, pharmacist: User) -> None:
    """A page that was open when the keys changed sends the label it showed, not the key."""
    client = sign_in(pharmacist)
    client.post(reverse("review:take", args=[item.pk]))
    page = client.get(reverse("review:item", args=[item.pk])).content.decode()
    form = page.split('id="decision"')[1].split("</form>")[0]
    (key,) = re.findall(r'name="idempotency_key" value="([0-9a-f-]+)"', form)
    assert re.search(r'value="undetermined"[^>]*data-key="3"|data-key="3"[^>]*value="undetermined"', form)
    change(facts.label("undetermined"), lead, key="9", position="0")
    client.post(reverse("review:decide", args=[item.pk]), {"label": "undetermined", "idempotency_key": key})
    assert item.task.decisions.get().label == facts.label("undetermined")


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
        with django_assert_num_queries(7):  # session, person, roles, task, labels, corpora, changes
            client.get(reverse("review:task_settings", args=[task.slug]))
