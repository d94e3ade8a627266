"""Two trained versions joined by a run, and the ensemble used wherever a version is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.integrity import problems
from ledger.models import Evaluation, ModelVersion, Prediction, Round, Run, Statement
from ledger.queries import current_model
from ledger.record.ensembles import members_of, open_joining
from ledger.record.promotions import promote, roll_back
from ledger.record.runs import open_inference, open_round, request_cancel
from modeling import artifacts
from modeling.artifacts import ArtifactChanged
from modeling.ensemble import Ensemble
from modeling.jobs import run_inference, run_joining, run_training
from modeling.rationale import NotExplainable
from modeling.store.ensembles import common_validation
from modeling.store.exports import NotExportable, export
from modeling.store.models import load, local_folder
from modeling.store.rationales import explain
from tests.ledger.facts import NOW, polarity
from tests.modeling.store.conftest import QUICK


@pytest.fixture
def members(opened: Round) -> list[ModelVersion]:
    """Two versions of one set, of two seeds; the first is live."""
    run_training(opened.runs.get().pk)
    promote(model_version=ModelVersion.objects.get(), by=None, reason="first", now=NOW)
    again = {**QUICK, "config": {**QUICK["config"], "seed": 7, "max_epochs": 1}}  # type: ignore[dict-item]
    run_training(open_round(task=polarity(), by=None, now=NOW, parameters=again, wake=False).runs.get().pk)
    return list(ModelVersion.objects.select_related("task", "training_set").order_by("number"))


def joined(members: list[ModelVersion]) -> ModelVersion:
    run = open_joining(task=polarity(), members=members, by=None, now=NOW, wake=False)
    run_joining(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FINISHED, "")
    return ModelVersion.objects.get(architecture="ensemble")


def test_a_run_makes_the_ensemble_and_tests_it_beside_the_live_model(members: list[ModelVersion]) -> None:
    made = joined(members)
    assert members_of(made) == members
    manifest = artifacts.read_manifest(local_folder(made.artifact))
    assert manifest["members"] == [one.artifact for one in members]
    assert (manifest["architecture"], manifest["format"], manifest["labels"]) == ("ensemble", 1, made.labels)
    assert made.calibration == {"temperature": 1.0, "method": "none", "n": 6}
    assert len(common_validation(members)) == 6
    assert made.backbone_sha256 == members[0].backbone_sha256
    assert Evaluation.objects.filter(model_version=made, training_set=members[1].training_set, view="test").exists()
    assert list(problems()) == []


def test_it_predicts_is_promoted_and_rolled_back_as_any_version(members: list[ModelVersion]) -> None:
    made = joined(members)
    promote(model_version=made, by=None, reason="together", now=NOW)
    for version in (*members, made):
        run_inference(open_inference(task=polarity(), model_version=version, by=None, now=NOW, wake=False).pk)
    for said in Statement.objects.all():
        first, second, mean = (
            Prediction.objects.get(statement=said, model_version=version).class_scores for version in (*members, made)
        )
        assert mean == pytest.approx([(a + b) / 2 for a, b in zip(first, second, strict=True)], abs=1e-6)
    roll_back(task=polarity(), by=None, reason="one will do", now=NOW)
    assert current_model(polarity()) == members[0]
    assert list(problems()) == []


def test_a_run_taken_up_again_goes_on_with_what_was_registered(members: list[ModelVersion]) -> None:
    run = open_joining(task=polarity(), members=members, by=None, now=NOW, wake=False)
    run_joining(run.pk)
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    run_joining(run.pk)
    assert ModelVersion.objects.filter(architecture="ensemble").count() == 1
    assert Run.objects.get(pk=run.pk).status == Run.Status.FINISHED


def test_a_cancelled_run_registers_nothing(members: list[ModelVersion]) -> None:
    run = open_joining(task=polarity(), members=members, by=None, now=NOW, wake=False)
    request_cancel(run=run, now=NOW)
    run_joining(run.pk)
    assert not ModelVersion.objects.filter(architecture="ensemble").exists()


def test_it_has_no_rationale_and_no_graph_of_its_own(members: list[ModelVersion], tmp_path: Path) -> None:
    made = joined(members)
    run_inference(open_inference(task=polarity(), model_version=made, by=None, now=NOW, wake=False).pk)
    with pytest.raises(NotExplainable, match=r"model 3 is an ensemble: ask one of its members"):
        explain(Prediction.objects.filter(model_version=made)[0].pk)
    for int8 in (False, True):
        with pytest.raises(NotExportable, match=r"Model 3 is an ensemble.* export one of its members, 1, 2\."):
            export(made, int8=int8, output=tmp_path / "out", register=int8, now=NOW)


def test_a_changed_folder_is_refused(members: list[ModelVersion]) -> None:
    made = joined(members)
    assert isinstance(load(made), Ensemble)
    path = local_folder(made.artifact) / artifacts.MANIFEST
    sealed = path.read_text()
    try:
        path.write_text(sealed.replace(members[0].artifact, members[1].artifact))
        with pytest.raises(ArtifactChanged, match=r"manifest\.json was changed"):
            load(made)
    finally:  # the same models make the same folder, in other tests too
        path.write_text(sealed)
