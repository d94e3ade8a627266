from __future__ import annotations

import json
import re

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Evaluation, ModelVersion, Run, Task
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered, sign_in

DASHBOARD = "/tasks/ddi-polarity/dashboard/"


def figure(page: str, name: str) -> dict:  # type: ignore[type-arg]
    found = re.search(rf'<script id="figure-{name}" type="application/json">(.*?)</script>', page)
    assert found is not None
    return json.loads(found.group(1))  # type: ignore[no-any-return]


def test_each_chart_has_the_numbers_of_its_table(
    flagged: Flagged, make_item: MakeItem, pharmacist: User, model: ModelVersion
) -> None:
    flagged("flip", said="synergistic", confidence=1.0)
    flagged("flip", "audit", confidence=0.52)
    answered(make_item(), pharmacist)
    Evaluation.objects.create(
        model_version=model, training_set=model.training_set, view="test", n_examples=9,
        metrics={"accuracy": 0.75, "macro_f1": 0.7}, evaluated_at=facts.NOW,
    )  # fmt: skip
    page = sign_in(pharmacist).get(DASHBOARD).content.decode()
    synergistic, antagonistic = figure(page, "confidence")["data"]
    assert synergistic["x"][0], synergistic["x"][-1] == ("0.50–0.55", "0.95–1.00")
    assert (synergistic["y"][-1], antagonistic["y"][0], antagonistic["y"][2]) == (1, 1, 1)
    assert figure(page, "flags")["data"][0]["y"][-1] == "changed its mind"
    assert figure(page, "flags")["data"][0]["x"][-1] == 2
    assert sum(figure(page, "days")["data"][0]["y"]) == 1
    assert figure(page, "rounds")["data"][0]["y"] == [0.75]
    assert [(bars["name"], bars["x"], bars["y"]) for bars in figure(page, "gold")["data"]] == [
        ("Synergistic", [0], ["single review"]),
        ("Antagonistic", [1], ["single review"]),
        ("Not determinable", [0], ["single review"]),
    ]
    assert page.count("<summary>The numbers</summary>") == 5


def test_without_a_model_it_says_what_is_missing(task: Task, pharmacist: User) -> None:
    page = sign_in(pharmacist).get(DASHBOARD).content.decode()
    assert "has not read any statements" in page
    assert "No model has been evaluated yet" in page


def test_the_number_of_queries_does_not_grow(flagged: Flagged, pharmacist: User) -> None:
    counts = []
    client = sign_in(pharmacist)
    for reason in ("flip", "audit"):
        flagged(reason)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            client.get(DASHBOARD)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14


def test_figures_of_all_predictions_are_worked_out_once_a_run(
    flagged: Flagged, pharmacist: User, model: ModelVersion
) -> None:
    client = sign_in(pharmacist)

    def n_flagged() -> int:
        return sum(figure(client.get(DASHBOARD).content.decode(), "flags")["data"][0]["x"])

    flagged("flip")
    Run.objects.filter(model_version=model).update(status=Run.Status.FINISHED, n_done=1)
    assert n_flagged() == 1
    with CaptureQueriesContext(connection) as captured:
        assert n_flagged() == 1
    assert not [query for query in captured if "ledger_flag" in query["sql"] or '"ledger_prediction"' in query["sql"]]
    flagged("audit")
    Run.objects.filter(model_version=model).update(n_done=2)
    assert n_flagged() == 2


def test_an_unknown_task_is_not_found(pharmacist: User, db: None) -> None:
    assert sign_in(pharmacist).get("/tasks/none/dashboard/").status_code == 404
