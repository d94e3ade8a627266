from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import ModelVersion, Task, TrainingExample
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import sign_in
from tests.review.evaluated import evaluated, full_metrics
from tests.review.queries.models_beside import both_say, held_out_for, judged


@pytest.fixture
def candidate(model: ModelVersion) -> ModelVersion:
    return facts.model_version(config={"rank": 4})


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def compared(by: User, this: ModelVersion, other: ModelVersion, name: str = "comparison", **more: object) -> Any:
    return sign_in(by).get(reverse(f"review:{name}"), {"model": this.pk, "other": other.pk, **more})


def test_two_models_stand_side_by_side(
    candidate: ModelVersion, model: ModelVersion, lead: User, pharmacist: User
) -> None:
    held_out_for(candidate, both_say(candidate, model, "synergistic", "antagonistic", n=3), "synergistic")
    held_out_for(candidate, both_say(candidate, model, "antagonistic", "antagonistic", n=1), "antagonistic")
    judged(both_say(candidate, model, "antagonistic", "synergistic", n=2, audited=True), "antagonistic", pharmacist)
    page = compared(lead, candidate, model)
    text = words(page)
    assert f"Model {candidate.number} beside model {model.number}" in text
    assert "4 statements, asked of both." in text
    assert f"Model {candidate.number} alone is right on 3, model {model.number} alone on 0" in text
    assert "p = 0.250" in text
    assert "synergistic 3 (+3) 0 (−3)" in text
    assert "2 statements, asked of both." in text
    assert "It cannot be told yet whether a class gets worse." in text
    assert "Audit, antagonistic: F1 1.000, before 0.000 (+1.000) on 2 statements" in text
    assert "rank 4 –" in text
    assert page.content.decode().count('class="chart low"') == 2


def test_advice_stands_on_the_model_page_and_forbids_nothing(
    candidate: ModelVersion, model: ModelVersion, lead: User
) -> None:
    worse = full_metrics()
    for one in worse["per_label"].values():
        one["support"] = 60
    better = {**worse, "per_label": {name: {**one, "f1": one["f1"] + 0.1} for name, one in worse["per_label"].items()}}
    evaluated(candidate, worse)
    evaluated(model, better, on=candidate.training_set)
    text = words(sign_in(lead).get(reverse("review:model", args=[candidate.pk])))
    assert "Do not promote it: a class gets worse by more than the margin." in text
    assert "(−0.100): worse by more than the margin of 0.02." in text
    assert "Reason for promoting it" in text
    assert "Do not promote it" not in words(sign_in(lead).get(reverse("review:model", args=[model.pk])))


def test_without_two_models_the_page_says_what_makes_a_second(model: ModelVersion, lead: User) -> None:
    assert "There are no two models yet" in words(sign_in(lead).get(reverse("review:comparison")))


def test_the_form_offers_the_two_newest(candidate: ModelVersion, model: ModelVersion, lead: User) -> None:
    page = sign_in(lead).get(reverse("review:comparison")).content.decode()
    assert re.findall(r'value="(\d+)" selected', page) == [str(candidate.pk), str(model.pk)]


@pytest.mark.parametrize("name", ["comparison", "flips"])
def test_what_are_not_two_models_of_one_task_is_not_found(model: ModelVersion, lead: User, name: str) -> None:
    other_task = Task.objects.create(slug="relations", title="relations", question="?")
    elsewhere = facts.model_version(task=other_task)
    for other in (model, elsewhere):
        assert compared(lead, model, other, name).status_code == 404
    client = sign_in(lead)
    for query in ("model=x&other=1", f"model={model.pk}", f"model={model.pk}&other=999999"):
        assert client.get(f"{reverse(f'review:{name}')}?{query}").status_code == 404
    assert client.post(reverse("review:queue_flips"), {"model": model.pk, "other": model.pk}).status_code == 404


def test_flips_are_listed_with_both_answers_and_go_into_the_queue_once(
    candidate: ModelVersion, model: ModelVersion, lead: User
) -> None:
    (said,) = both_say(candidate, model, "synergistic", "antagonistic", confidence=0.7)
    both_say(candidate, model, "synergistic", "synergistic")
    text = words(compared(lead, candidate, model, "flips"))
    assert "1 statement that both have read is answered differently." in text
    assert said.text in text
    assert "Synergistic 0.700 Antagonistic 0.600" in text
    sent = {"model": candidate.pk, "other": model.pk}
    client = sign_in(lead)
    for shown in ("1 statement put into the queue.", "0 statements put into the queue; 1 was there already."):
        assert shown in words(client.post(reverse("review:queue_flips"), sent, follow=True))
    item = ReviewItem.objects.get()
    assert (item.statement, item.main_reason, item.build) == (said, "models_differ", None)
    assert item.prediction.model_version == candidate


def test_models_that_agree_say_so(candidate: ModelVersion, model: ModelVersion, lead: User) -> None:
    both_say(candidate, model, "synergistic", "synergistic", n=2)
    assert "They agree" in words(compared(lead, candidate, model, "flips"))
    page = sign_in(lead).post(reverse("review:queue_flips"), {"model": candidate.pk, "other": model.pk}, follow=True)
    assert "0 statements put into the queue." in words(page)
    assert not ReviewItem.objects.exists()


def test_lineage_names_teacher_pupils_and_forms(candidate: ModelVersion, model: ModelVersion, lead: User) -> None:
    (said,) = both_say(candidate, model, "synergistic", "antagonistic")
    taught_by = said.predictions.get(model_version=model)
    TrainingExample.objects.create(
        training_set=candidate.training_set, statement=said, label=taught_by.label, role="train", source="pseudo",
        prediction=taught_by,
    )  # fmt: skip
    form = facts.model_version(derived_from=candidate, architecture="cls-onnx-int8")
    client = sign_in(lead)
    text = words(client.get(reverse("review:model", args=[candidate.pk])))
    assert f"pseudo-labels by model {model.number}" in text
    assert f"its other forms model {form.number} (cls-onnx-int8)" in text
    assert f"it taught model {candidate.number}" in words(client.get(reverse("review:model", args=[model.pk])))


def test_both_pages_make_a_fixed_number_of_queries(
    candidate: ModelVersion, model: ModelVersion, lead: User, django_assert_max_num_queries: Any
) -> None:
    held_out_for(candidate, both_say(candidate, model, "synergistic", "antagonistic", n=12), "synergistic")
    client = sign_in(lead)
    pair = {"model": candidate.pk, "other": model.pk}
    for name in ("comparison", "flips"):
        with django_assert_max_num_queries(10):
            assert client.get(reverse(f"review:{name}"), pair).status_code == 200
    with django_assert_max_num_queries(18):
        client.get(reverse("review:model", args=[candidate.pk]))
