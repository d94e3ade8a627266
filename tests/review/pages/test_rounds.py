from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ledger.models import Evaluation, ModelVersion, Round, Run, Task, TrainingSet
from ledger.record.gold import add_seed_labels
from modeling.presets import PRESETS as TRAINING_PRESETS
from review.presets import PRESETS
from tests.ledger import facts
from tests.review.conftest import sign_in
from tests.review.queries.test_expected import trained


@pytest.fixture(autouse=True)
def _no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.enqueue._push", lambda *job: None)


def test_the_composition_is_shown_before_anything_is_frozen(task: Task, lead: User) -> None:
    for slug, n in (("synergistic", 3), ("antagonistic", 2), ("undetermined", 1)):
        label = facts.label(slug)
        rows = [(facts.statement(head=f"{slug}{i}", tail=f"x{i}").pk, label.pk, "seed.csv") for i in range(n)]
        add_seed_labels(task=task, rows=rows, now=timezone.now())
    page = sign_in(lead).get(reverse("review:new_round", args=[task.slug])).content.decode()
    assert '<td class="number">3</td><td class="number">2</td><td class="number">5</td>' in page
    assert "gold: seed corpus" in page
    assert "an answer only people give" in page
    assert page.count("how long is not known") == len(PRESETS)
    assert not Round.objects.exists()


def test_gold_is_told_by_source_and_a_class_without_examples_is_named(task: Task, lead: User) -> None:
    facts.answer(facts.statement(head="a", tail="b"), "synergistic")
    page = sign_in(lead).get(reverse("review:new_round", args=[task.slug])).content.decode()
    assert "gold: single review" in page
    assert "Nothing teaches Antagonistic" in page


def test_the_preset_is_chosen_and_its_time_is_told(task: Task, lead: User) -> None:
    trained(task, 300, 100, parameters={"preset": "paper"})
    rows = [(facts.statement(head=f"a{i}", tail="b").pk, facts.label("synergistic").pk, "seed.csv") for i in range(20)]
    add_seed_labels(task=task, rows=rows, now=timezone.now())
    client = sign_in(lead)
    page = client.get(reverse("review:new_round", args=[task.slug])).content.decode()
    assert "about 1 min 0 s, by 1 earlier training on here" in page
    assert page.count("how long is not known") == len(PRESETS) - 1
    address = reverse("review:start_round", args=[task.slug])
    assert client.post(address, {"preset": "none-such"}).status_code == 422
    assert client.post(address, {"preset": "paper"}).status_code == 303
    assert Run.objects.filter(status="queued").get().parameters == {"preset": "paper", "corpora": []}


@pytest.mark.parametrize(("slug", "preset"), [("ddi-polarity", "default"), ("drugprot", "relations")])
def test_the_tasks_own_way_is_chosen_beforehand(slug: str, preset: str, lead: User, db: None) -> None:
    said = facts.statement(corpus=facts.corpus_of(slug))
    task = Task.objects.get(slug=slug)
    add_seed_labels(task=task, rows=[(said.pk, task.labels.all()[0].pk, "seed.csv")], now=timezone.now())
    client = sign_in(lead)
    page = client.get(reverse("review:new_round", args=[slug])).content.decode()
    assert re.findall(r'name="preset" value="([a-z-]+)" checked', page) == [preset]
    client.post(reverse("review:start_round", args=[slug]))
    assert Run.objects.get().parameters["preset"] == preset


def test_the_corpora_that_teach_are_chosen_and_shown_before_they_are_frozen(task: Task, lead: User) -> None:
    for name, n in (("first", 3), ("second", 2)):
        corpus = facts.corpus(name)
        made = [facts.statement(head=f"{name}{i}", tail=f"x{i}", corpus=corpus) for i in range(n)]
        add_seed_labels(
            task=task, rows=[(one.pk, facts.label("synergistic").pk, "seed.csv") for one in made], now=timezone.now()
        )
    client, address = sign_in(lead), reverse("review:new_round", args=[task.slug])
    page = client.get(address).content.decode()
    assert re.findall(r'name="corpus" value="(\w+)" checked', page) == ["first", "demo", "second"]
    assert "Gold by corpus" in page
    assert '<td>first</td><td class="number">3</td>' in page
    page = client.get(address, {"corpus": ["second", "none-such"]}).content.decode()
    assert re.findall(r'type="hidden" name="corpus" value="(\w+)"', page) == ["second"]
    assert "from a corpus whose gold is not used here" in page
    assert client.post(reverse("review:start_round", args=[task.slug]), {"corpus": "none-such"}).status_code == 422
    client.post(reverse("review:start_round", args=[task.slug]), {"corpus": "second"})
    assert Run.objects.get().parameters == {"preset": "default", "corpora": ["second"]}


def test_the_presets_offered_are_those_there_are() -> None:
    assert {name for name, _ in PRESETS} == set(TRAINING_PRESETS)


def test_with_nothing_to_learn_from_there_is_no_button(task: Task, lead: User) -> None:
    page = sign_in(lead).get(reverse("review:new_round", args=[task.slug])).content.decode()
    assert "There is nothing to learn from yet" in page
    assert "start training" not in page


def test_a_round_is_started_once(task: Task, lead: User) -> None:
    client, address = sign_in(lead), reverse("review:start_round", args=[task.slug])
    response = client.post(address)
    opened = Round.objects.get()
    assert (response["Location"], opened.opened_by) == (reverse("review:round", args=[opened.pk]), lead)
    assert Run.objects.get().kind == "training"
    assert "waiting or running already" in client.post(address, follow=True).content.decode()
    assert Round.objects.count() == 1


def test_a_round_without_a_model_says_so(task: Task, lead: User) -> None:
    client = sign_in(lead)
    client.post(reverse("review:start_round", args=[task.slug]))
    page = client.get(reverse("review:round", args=[Round.objects.get().pk])).content.decode()
    assert "No model has come of this round yet" in page
    assert "Waiting for a worker" in page


def test_the_result_puts_the_candidate_beside_the_live_model(model: ModelVersion, lead: User) -> None:
    made = facts.model_version()
    for one, accuracy in ((made, 0.9), (model, 0.85)):
        Evaluation.objects.create(
            model_version=one, training_set=made.training_set, view="test", n_examples=40,
            metrics={"accuracy": accuracy, "macro_f1": accuracy, "ece": 0.02}, evaluated_at=facts.NOW,
        )  # fmt: skip
    page = sign_in(lead).get(reverse("review:round", args=[made.training_set.round_id])).content.decode()
    assert '0.900</td><td class="number">0.850</td><td class="number">+0.050' in page
    assert f"Go to model {made.number} to promote it" in page


def test_the_list_shows_every_round_in_a_fixed_number_of_queries(lead: User, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(4):
        facts.model_version()
    client = sign_in(lead)
    with django_assert_max_num_queries(8):
        page = client.get("/rounds/").content.decode()
    assert page.count('class="row-link"') == 4


def test_an_unknown_round_is_not_found(lead: User, db: None) -> None:
    assert sign_in(lead).get("/rounds/77/").status_code == 404


def page_of_round_with(composition: dict[str, Any], task: Task, lead: User) -> str:
    """The page of a round whose frozen training set is made up like this."""
    made = TrainingSet.objects.create(
        round=Round.objects.create(task=task, number=9, opened_at=facts.NOW),
        content_hash="9" * 64,
        parameters={},
        composition=composition,
        frozen_at=facts.NOW,
    )
    return sign_in(lead).get(reverse("review:round", args=[made.round_id])).content.decode()


def test_the_label_that_sets_how_many_pseudo_labels_teach_is_named(task: Task, lead: User, model: ModelVersion) -> None:
    kept = {
        "examples": {"train": {"pseudo": {"synergistic": 7, "antagonistic": 7}}},
        "pseudo_by_confidence": {"synergistic": {"0.98": 7}, "antagonistic": {"0.98": 3, "0.99": 4}},
        "left_out": {"more than antagonistic has, the label with the fewest": 1_200, "more than 5 of one label": 3},
    }
    page = page_of_round_with(kept, task, lead)
    assert (
        "Each label gets as many pseudo-labels as the one with the fewest sure predictions has: Antagonistic, 7."
        in page
    )
    assert (
        '<th scope="row">pseudo-label: more than “Antagonistic” has, the label with the fewest</th>'
        '<td class="number">1,200</td>'
    ) in page
    assert "pseudo-label: more than 5 of one label" in page


def test_the_label_in_the_middle_is_named_where_it_sets_how_many_teach(
    task: Task, lead: User, model: ModelVersion
) -> None:
    kept = {
        "examples": {"train": {"pseudo": {"synergistic": 4, "antagonistic": 7}}},
        "pseudo_by_confidence": {"synergistic": {"0.98": 4}, "antagonistic": {"0.98": 3, "0.99": 4}},
        "left_out": {
            "more than antagonistic has, the label in the middle": 1_200,
            "more that say nothing is related than gold has beside the others": 2_300,
        },
    }
    page = page_of_round_with(kept, task, lead)
    assert (
        "Each label gets at most as many pseudo-labels as the one in the middle has sure predictions: Antagonistic, 7."
        in page
    )
    assert "the one with the fewest" not in page
    for why, n in (
        ("more than “Antagonistic” has, the label in the middle", "1,200"),
        ("more that say nothing is related than gold has beside the others", "2,300"),
    ):
        assert f'<th scope="row">pseudo-label: {why}</th><td class="number">{n}</td>' in page
