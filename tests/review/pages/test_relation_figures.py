"""Models of a task whose pairs may be unrelated are told as the shared tasks score them, on every page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from ledger.models import ModelVersion, Promotion, Run, Task
from ledger.record.models import add_comparison
from review.gate import Verdict, advise
from review.queries.comparison import Pair, fixed_test
from tests.ledger import facts
from tests.review.conftest import sign_in
from tests.review.evaluated import evaluated, full_metrics
from tests.review.related import SAID, TRUE, related_metrics


@pytest.fixture
def drugprot() -> Task:
    return Task.objects.get(slug="drugprot")


@pytest.fixture
def live(db: None, drugprot: Task) -> ModelVersion:
    """Says the first true type of every pair."""
    version = facts.model_version(task=drugprot, labels=["inhibitor", "agonist", "substrate", "none"])
    Promotion.objects.create(task=drugprot, model_version=version, at=facts.NOW, reason="first")
    return version


@pytest.fixture
def made(live: ModelVersion) -> ModelVersion:
    """A round's model and the live one, asked about the same pairs."""
    version = facts.model_version(task=live.task, labels=live.labels)
    evaluated(version, related_metrics(against=live.number))
    evaluated(live, related_metrics(TRUE), on=version.training_set)
    return version


def text_of(address: str, by: User) -> str:
    response = sign_in(by).get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_evaluation_s_page_leads_with_micro_f1_and_has_a_row_a_type(made: ModelVersion, lead: User) -> None:
    page = text_of(reverse("review:evaluation", args=[made.pk]), lead)
    assert re.search(r"micro-F1 of relations \S+ – \S+ 0\.727", page)
    assert re.search(r"all types \(micro\) 6 5 0\.800 \S+ – \S+ 0\.667 \S+ – \S+ 0\.727", page)
    assert re.search(r"inhibitor 3 3 0\.667 \S+ – \S+ 0\.667 \S+ – \S+ 0\.667", page)
    assert "Types without a relation here: substrate" in page
    assert "accuracy, unrelated pairs too" in page
    assert "Micro-F1 of relations is 0.727, and 0.909 for model" in page
    assert "F1, micro 0.000 0.727" in page  # before training and after
    assert "test, documents unseen" in page
    assert "drug" not in page.partition("How these figures were made")[2].partition("McNemar")[0]
    assert "By label" not in page
    assert "macro-F1" not in page.partition("Parts of the examples")[0]


def test_the_report_holds_the_same(made: ModelVersion, lead: User) -> None:
    page = sign_in(lead).get(reverse("review:evaluation_report", args=[made.pk])).content.decode()
    assert "all types (micro)" in page


def test_the_list_and_the_model_s_page_show_micro_f1_in_macro_f1_s_place(made: ModelVersion, lead: User) -> None:
    page = text_of("/models/", lead)
    assert "test micro-F1 " in page
    assert re.search(r"8 – 0\.727 0\.750", page)
    page = text_of(reverse("review:model", args=[made.pk]), lead)
    assert re.search(r"test, documents unseen all types \(micro\) 8 – 0\.750 0\.800 0\.667 0\.727", page)
    assert re.search(r"inhibitor 3 0\.667 0\.667 0\.667", page)


def test_a_list_without_such_a_task_has_no_such_column(model: ModelVersion, lead: User) -> None:
    evaluated(model, full_metrics())
    assert "micro-F1" not in text_of("/models/", lead)


def test_two_models_are_held_against_each_other_by_relations(
    made: ModelVersion, live: ModelVersion, lead: User
) -> None:
    found = fixed_test(Pair(made, live)).found
    assert found is not None
    assert found.micro_f1 is not None
    assert (found.micro_f1.this, found.micro_f1.other) == (pytest.approx(8 / 11), pytest.approx(10 / 11))
    assert found.micro_f1.difference_interval is not None
    assert [one.label for one in found.classes] == ["inhibitor", "agonist"]
    assert [one.f1.difference for one in found.classes] == pytest.approx([2 / 3 - 1, 0.0])
    assert all(one.f1.difference_interval is not None for one in found.classes)
    assert found.labels == ["inhibitor", "agonist", "substrate", "none"]  # the confusion has the unrelated too
    page = text_of(f"/models/compare/?model={made.pk}&other={live.pk}", lead)
    assert re.search(r"micro-F1 of relations 8 0\.727 \S+ – \S+ 0\.909", page)
    assert "macro-F1" not in page


def test_the_gate_holds_the_types_and_their_micro_f1_never_the_unrelated(
    made: ModelVersion, live: ModelVersion
) -> None:
    (advice,) = [advise([fixed_test(Pair(made, live))])]
    assert [one.label for one in advice.reasons] == [""]  # six relations say nothing of a type
    assert advice.reasons[0].sentence.startswith("micro-F1 of relations 0.727, before 0.909 (−0.182)")
    metrics = [one.evaluations.get().metrics for one in (made, live)]
    many = [json.loads(json.dumps(one)) for one in metrics]
    for one in many:  # the same shares of a hundred times as many relations
        for tally in (one["relations"]["micro"], *one["relations"]["by_type"].values()):
            tally["gold"] *= 100
    later = facts.model_version(task=made.task, labels=made.labels)
    evaluated(later, many[0])
    evaluated(live, many[1], on=later.training_set)
    held = advise([fixed_test(Pair(later, live))])
    assert held.verdict == Verdict.DO_NOT
    assert [one.label for one in held.reasons] == ["", "inhibitor", "agonist"]
    assert {one.label: one.verdict for one in held.reasons} == {
        "": Verdict.DO_NOT, "inhibitor": Verdict.DO_NOT, "agonist": Verdict.PROMOTE,
    }  # fmt: skip


def test_the_round_s_result_and_the_dashboard_name_it(made: ModelVersion, lead: User) -> None:
    page = text_of(reverse("review:round", args=[made.training_set.round_id]), lead)
    assert re.search(r"test, documents unseen 8 micro-F1 of relations 0\.727 0\.909 −0\.182", page)
    assert "macro-F1" not in page
    response = sign_in(lead).get("/tasks/drugprot/dashboard/").content.decode()
    assert "Micro-F1 of relations by round" in response
    figure = re.search(r'<script id="figure-rounds" type="application/json">(.*?)</script>', response)
    assert figure is not None
    assert json.loads(figure[1])["data"][0]["y"] == [pytest.approx(8 / 11)]
    page = text_of("/tasks/drugprot/learning-curve/", lead)
    assert "test examples accuracy micro-F1 of relations" in page
    assert re.search(r"0 8 0\.750 0\.727", page)


def test_a_later_comparison_stands_on_both_pages(made: ModelVersion, live: ModelVersion, lead: User) -> None:
    third = facts.model_version(task=made.task, labels=made.labels)
    evaluated(third, related_metrics(SAID), on=made.training_set)
    compared: dict[str, Any] = {**related_metrics(against=third.number)["compared"], "p_value": 0.0625}
    add_comparison(evaluation=made.evaluations.get(), other=third, metrics=compared, now=facts.NOW)
    page = text_of(reverse("review:evaluation", args=[made.pk]), lead)
    assert page.index(f"Beside model {live.number}") < page.index(f"Beside model {third.number} Compared later, on")
    found = fixed_test(Pair(made, third)).found
    assert found is not None
    assert found.chance is not None
    assert found.chance.p_value == 0.0625


def test_the_validation_view_says_what_it_decided_and_counts_for_no_result(model: ModelVersion, lead: User) -> None:
    evaluated(model, full_metrics(), view="validation")
    evaluated(model, full_metrics())
    address = reverse("review:evaluation", args=[model.pk])
    page = text_of(address, lead)
    assert page.index("test, both drugs unseen") < page.index("validation, which stopped the training")
    assert "Table 4" not in page
    page = text_of(f"{address}?view=validation", lead)
    assert "These examples decided when the training stopped" in page
    assert "accuracy 0.583 0.833 +0.250 +42.9" in page  # the paper's table, of these examples
    page = text_of(reverse("review:model", args=[model.pk]), lead)
    assert page.index("test, both drugs unseen") < page.index("validation, which stopped the training")
    page = text_of(reverse("review:round", args=[model.training_set.round_id]), lead)
    assert "validation, which" not in page
    assert "validation, which" not in text_of("/tasks/ddi-polarity/dashboard/", lead)


def test_how_a_training_went_is_told_with_the_model(model: ModelVersion, lead: User) -> None:
    course = {
        "epochs": 3, "best_epoch": 1, "stopped_early": True,
        "history": [{"epoch": 1, "loss": 0.25, "accuracy": 0.875, "macro_f1": 0.8125, "micro_f1": 0.625}],
        "notes": ["Only 6 validation examples: confidences are not calibrated."],
    }  # fmt: skip
    trained = facts.model_version(measured={"training": course})
    page = text_of(reverse("review:model", args=[trained.pk]), lead)
    told = "epochs 3 · stopped early best epoch 1 note Only 6 validation examples"
    assert told in page
    run = Run.objects.create(
        kind="training", task=model.task, round=trained.training_set.round, status="finished", created_at=facts.NOW,
        detail={"training": course, "losses": []},
    )  # fmt: skip
    assert told in text_of(reverse("review:run", args=[run.pk]), lead)
    assert "1 best 0.250 0.875 0.812 0.625" in page or "1 best 0.250 0.875 0.813 0.625" in page
