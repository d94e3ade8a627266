"""Labels are added, changed and removed on the page of their task."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import Run, Task
from review.models import ReviewItem
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import answered, sign_in
from tests.review.pages.task_forms import add_label, change, label_fields


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
