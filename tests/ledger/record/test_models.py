"""Model versions are numbered in turn, derived from one another, and evaluated once on each held-out set."""

from __future__ import annotations

import pytest

from ledger.integrity import problems
from ledger.models import Evaluation, ModelVersion
from ledger.models.append_only import LedgerIsAppendOnly
from ledger.record.models import (
    AlreadyDerived,
    NotATrainedVersion,
    add_comparison,
    add_derived_version,
    add_evaluation,
)
from tests.ledger.facts import NOW
from tests.ledger.together import at_once
from tests.ledger.whole import taught, trained_model


@pytest.fixture
def version(db: None) -> ModelVersion:
    taught()
    return trained_model()


def evaluate(version: ModelVersion, view: str = "test", **metrics: float) -> Evaluation:
    return add_evaluation(
        model_version=version, training_set=version.training_set, view=view, metrics={"n": 4} | metrics, now=NOW
    )


def test_versions_of_a_task_are_numbered_in_turn(version: ModelVersion) -> None:
    assert [version.number, trained_model().number, trained_model().number] == [1, 2, 3]
    assert version.task == version.training_set.round.task
    assert list(problems()) == []


def test_a_model_is_evaluated_once_on_each_view_and_the_first_result_stays(version: ModelVersion) -> None:
    first = evaluate(version, accuracy=0.75)
    assert evaluate(version, accuracy=0.99) == first
    unseen = evaluate(version, view="one_unseen", accuracy=0.5)
    assert {row.view: row.metrics["accuracy"] for row in Evaluation.objects.all()} == {"test": 0.75, "one_unseen": 0.5}
    assert (unseen.n_examples, list(problems())) == (4, [])


def test_a_later_comparison_is_a_row_of_its_own_once_for_each_other_model(version: ModelVersion) -> None:
    evaluation, others = evaluate(version, accuracy=0.75), [trained_model(), trained_model()]
    first, second = (
        add_comparison(evaluation=evaluation, other=other, metrics={"n": 4, "difference": 0.25}, now=NOW)
        for other in others
    )
    assert first != second
    assert add_comparison(evaluation=evaluation, other=others[0], metrics={"n": 3}, now=NOW) == first
    assert [one.metrics["n"] for one in evaluation.comparisons.all()] == [4, 4]
    assert list(problems()) == []


def test_the_same_evaluation_sent_at_once_is_one_row(committed_db: str) -> None:
    taught()
    version = trained_model()
    assert at_once(4, lambda number: evaluate(version, accuracy=0.75)) == []
    assert Evaluation.objects.count() == 1
    assert list(problems()) == []


def derive(version: ModelVersion, architecture: str = "cls-onnx-int8") -> ModelVersion:
    facts = {name: getattr(version, name) for name in ("backbone", "backbone_sha256", "files", "labels", "config")}
    return add_derived_version(
        derived_from=version, now=NOW, architecture=architecture, artifact="3" * 64, calibration={"temperature": 2.0},
        measured={"agreement": {"all": {"share": 0.96}}}, code_version="0.1.0", **facts,
    )  # fmt: skip


def test_a_form_of_a_model_is_a_version_that_names_its_parent(version: ModelVersion) -> None:
    made = derive(version)
    assert (made.number, made.derived_from, made.training_set) == (2, version, version.training_set)
    assert list(version.derived.all()) == [made]
    assert version.derived_from is None
    assert made.measured == {"agreement": {"all": {"share": 0.96}}}
    assert list(problems()) == []
    with pytest.raises(LedgerIsAppendOnly):
        version.derived.update(derived_from=None)


def test_each_form_exists_once_and_is_made_from_the_trained_version(version: ModelVersion) -> None:
    made = derive(version)
    with pytest.raises(AlreadyDerived, match=r"^Model 1 has its form cls-onnx-int8 already: it is model 2\.$"):
        derive(version)
    with pytest.raises(NotATrainedVersion, match=r"^Model 2 is itself a form .* of model 1: start from model 1\.$"):
        derive(made)
    assert derive(version, "cls-onnx-int4").number == 3
    assert ModelVersion.objects.count() == 3


def test_the_same_form_made_twice_at_once_is_one_row(committed_db: str) -> None:
    taught()
    version = trained_model()
    refused = at_once(4, lambda number: derive(version))
    assert [type(error) for error in refused] == [AlreadyDerived] * 3
    assert version.derived.count() == 1
    assert list(problems()) == []
