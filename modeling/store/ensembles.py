"""Joining model versions to an ensemble: its temperature, its sealed folder, its row and its evaluation."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ledger.code_version import code_version
from ledger.models import ModelVersion, TrainingExample
from ledger.record.ensembles import ENSEMBLE, add_ensemble, check_joinable, ensemble_of
from ledger.running import Work
from modeling import artifacts
from modeling.calibration import Calibration
from modeling.ensemble import fitted
from modeling.evaluation.asking import EvaluationStopped
from modeling.records import Example
from modeling.store.models import load_trained, publish
from modeling.store.rounds import Reporter, evaluate_beside_live
from modeling.store.statements import examples


def join(work: Work) -> ModelVersion:
    """Make the ensemble a run asks for, and test it beside the live model on what its newest member was tested on.

    Interrupted, it goes on with the ensemble that was registered. Raises NotJoinable, RunCancelled, and what loading
    and asking the members raise.
    """
    chosen = ModelVersion.objects.filter(pk__in=work.run.parameters["members"])
    members = list(chosen.select_related("task", "training_set").order_by("number"))
    reporter = Reporter(work)
    version = ensemble_of(members)
    if version is None:
        check_joinable(members)
        work.report(stage="calibrate")
        calibration = calibrate(members)
        work.stop_if_asked()
        version = register(members, calibration)
    try:
        accuracy = evaluate_beside_live(work, version, version.training_set, reporter)
    except EvaluationStopped:
        work.stop_if_asked()
        raise
    work.report(stage="done", detail={"model_version": version.pk, "accuracy": accuracy})
    return version


def calibrate(members: Sequence[ModelVersion]) -> Calibration:
    """The ensemble's temperature on the validation examples that all members have in common."""
    return fitted([load_trained(member) for member in members], common_validation(members))


def common_validation(members: Sequence[ModelVersion]) -> list[Example]:
    """The newest member's validation examples that every other member had as such, too."""
    role = TrainingExample.Role.VALIDATION
    newest = max((one.training_set for one in members), key=lambda training_set: training_set.pk)
    common: set[int] | None = None
    for number in {one.training_set_id for one in members}:
        held = TrainingExample.objects.filter(training_set=number, role=role).values_list("statement_id", flat=True)
        common = set(held) if common is None else common & set(held)
    labels = list(members[0].labels)
    return [one for one in examples(newest, role, labels) if one.statement.id in (common or ())]


def register(members: Sequence[ModelVersion], calibration: Calibration) -> ModelVersion:
    """Seal the ensemble's folder, which names its members by their own seals, and add its row."""
    content = {
        "format": 1,
        "architecture": ENSEMBLE,
        "members": [one.artifact for one in members],
        "labels": members[0].labels,
        "calibration": dataclasses.asdict(calibration),
    }
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="joining-") as scratch:
        folder = Path(scratch)
        artifacts.write_manifest(folder, content)
        artifact = artifacts.seal(folder)
        publish(folder, artifact)
    names = sorted({one.backbone for one in members})
    backbones = sorted({one.backbone_sha256 for one in members})
    return add_ensemble(
        members=members,
        now=timezone.now(),
        backbone=", ".join(names)[:300],
        backbone_sha256=backbones[0] if len(backbones) == 1 else sha256("".join(backbones).encode()).hexdigest(),
        artifact=artifact,
        calibration=content["calibration"],
        code_version=code_version(),
    )
