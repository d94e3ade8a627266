"""An export answers as its model does or is not written; an int8 form is a version of its own, measured and used."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command

from ledger.integrity import problems
from ledger.models import Evaluation, ModelVersion, Prediction, Run, Statement, Task, TrainingExample
from ledger.queries import current_model
from ledger.record.models import AlreadyDerived, NotATrainedVersion, add_model_version
from ledger.record.promotions import promote
from ledger.record.runs import open_inference
from modeling import artifacts
from modeling.backbones import Backbone
from modeling.calibration import fit_temperature
from modeling.config import TrainingConfig
from modeling.inputs import inputs_of
from modeling.jobs import run_inference
from modeling.onnx_export import GraphDiffers
from modeling.serving import INT8, ServedModel
from modeling.store import exports
from modeling.store.exports import Exported, NoRoomForExport, NotExportable, NothingToCompareOn, NotRegistrable, export
from modeling.store.models import fetch, load, load_exactly, publish, registry_facts
from modeling.store.statements import as_records, examples
from modeling.training import train
from tests.ledger.facts import NOW, polarity
from tests.modeling.conftest import make_examples
from tests.modeling.store.exporting import N_ODD, N_WORDINGS, version

__all__ = ["version"]


def exported(version: ModelVersion, **how: Any) -> Exported:
    return export(version, **{"int8": False, "output": None, "register": False, "now": NOW} | how)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def in_storage() -> set[str]:
    return set(storages["models"].listdir("")[0])


def everything(tmp_path: Path) -> tuple[Any, ...]:
    """What a refused or interrupted export must leave as it was."""
    return files_in(tmp_path), in_storage(), ModelVersion.objects.count(), sorted(settings.VAR_DIR.glob(".export-*"))


def test_the_folder_answers_as_the_model_does(version: ModelVersion, tmp_path: Path) -> None:
    made = exported(version, output=tmp_path / "out")
    assert files_in(tmp_path) == {"out/manifest.json", "out/model.onnx", "out/tokenizer.json"}
    assert made.version is None
    served = ServedModel.load(tmp_path / "out", sha256=made.sha256)
    statements = list(as_records(Statement.objects.order_by("id")))
    expected = load_exactly(version).answer(statements)
    for one, other in zip(served.answer(statements), expected, strict=True):
        assert (one.statement_id, one.label_index) == (other.statement_id, other.label_index)
        assert one.scores == pytest.approx(other.scores, abs=1e-5)

    compared = made.facts["compared"]
    assert 0 <= max(compared["padded"], compared["unpadded"]) < compared["limit"] == 1e-4
    assert compared["inputs"] == made.facts["hard_task"]["inputs"] == N_WORDINGS + N_ODD
    assert "agreement" not in made.facts
    assert list(made.facts["speed"]["per_second"]) == ["torch float32", "onnx float32"]


def test_the_manifest_says_what_a_serving_process_needs(version: ModelVersion, tmp_path: Path) -> None:
    made = exported(version, output=tmp_path / "out")
    manifest = artifacts.read_manifest(tmp_path / "out")
    assert manifest["labels"] == version.labels
    assert manifest["config"] == version.config
    assert manifest["calibration"] == version.calibration
    assert manifest["backbone"]["sha256"] == version.backbone_sha256
    assert manifest["exported_from"] == version.artifact
    assert set(manifest["files"]) == {"model.onnx", "tokenizer.json"}
    assert manifest["compared"] == made.facts["compared"]
    assert str(tmp_path) not in (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")


def test_the_int8_form_is_a_version_with_a_hash_and_calibration_of_its_own(version: ModelVersion) -> None:
    made = exported(version, int8=True, register=True)
    form = made.version
    assert form is not None
    assert (form.number, form.derived_from, form.training_set) == (2, version, version.training_set)
    assert form.architecture == INT8
    assert form.artifact == made.sha256 != version.artifact
    assert set(form.files) == {"model.onnx", "tokenizer.json"}
    assert form.measured == made.facts
    assert list(problems()) == []

    served = ServedModel.load(fetch(form), sha256=form.artifact)
    validation = examples(version.training_set, TrainingExample.Role.VALIDATION, list(version.labels))
    inputs = inputs_of([one.statement for one in validation], served.tokenizer, served.config)
    logits = served.graph.logits_of(inputs, pad_id=served.pad_id)
    expected = fit_temperature(logits, np.array([one.label_index for one in validation]))
    assert form.calibration == dataclasses.asdict(expected)
    assert (expected.method, expected.n) == ("fitted", 36)
    assert served.temperature == expected.temperature


def test_agreement_with_the_parent_is_counted_on_statements_apart(version: ModelVersion) -> None:
    Task.objects.update(doubt_threshold=0.8)
    made = exported(ModelVersion.objects.get(), int8=True, register=True)
    form = made.version
    assert form is not None
    statements = list(as_records(Statement.objects.order_by("id")))
    pairs = {}  # by pattern: masked, statements of one are one input
    for one, parent, child in zip(
        statements, load_exactly(version).answer(statements), load(form).answer(statements), strict=True
    ):
        pairs[one.pattern] = (parent, child)
    agreed = made.facts["agreement"]
    assert agreed["doubt_below"] == 0.8

    def counted(chosen: list[Any]) -> tuple[int, int]:
        return len(chosen), sum(parent.label_index == child.label_index for parent, child in chosen)

    every = list(pairs.values())
    doubtful = [pair for pair in every if pair[0].confidence < 0.8]
    odd = [pair for pattern, pair in pairs.items() if " may " not in pattern or not pattern.endswith(" .")]
    assert len(every) == N_WORDINGS + N_ODD
    assert 0 < len(doubtful) < len(every)
    for name, chosen in (("all", every), ("doubtful", doubtful), ("untaught", odd)):
        assert (agreed[name]["n"], agreed[name]["agree"]) == counted(chosen), name
    assert agreed["untaught"]["n"] == N_ODD
    assert agreed["all"]["confidence_change"] > 0


def test_the_int8_form_is_asked_evaluated_and_promoted_like_any_other(version: ModelVersion) -> None:
    form = exported(version, int8=True, register=True).version
    assert form is not None
    run = open_inference(task=polarity(), model_version=form, by=None, now=NOW, wake=False)
    run_inference(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FINISHED, "")
    assert Prediction.objects.filter(model_version=form).count() == Statement.objects.count()
    promote(model_version=form, by=None, reason="four times faster", now=NOW)
    assert current_model(polarity()) == form
    assert list(problems()) == []


def test_the_int8_form_can_be_evaluated(version: ModelVersion) -> None:
    form = exported(version, int8=True, register=True).version
    assert form is not None
    call_command("evaluate", model=form.number, json=True)
    assert Evaluation.objects.get(model_version=form, view="test").metrics["n"] == 12


def test_float32_and_int8_go_to_a_folder_without_becoming_a_version(
    version: ModelVersion,
    tmp_path: Path,
) -> None:
    stored = in_storage()
    made = exported(version, int8=True, output=tmp_path / "out")
    assert ModelVersion.objects.count() == 1
    assert in_storage() == stored
    assert artifacts.read_manifest(tmp_path / "out")["architecture"] == INT8
    assert artifacts.read_manifest(tmp_path / "out")["agreement"] == made.facts["agreement"]


def test_what_cannot_be_exported_is_refused_with_a_sentence_and_nothing_is_written(
    version: ModelVersion,
    tmp_path: Path,
) -> None:
    form = exported(version, int8=True, register=True).version
    assert form is not None
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = everything(tmp_path)
    for error, sentence, chosen, how in (
        (AlreadyDerived, r"^Model 1 has its form cls-onnx-int8 already: it is model 2\.$", version,
         {"int8": True, "register": True}),
        (NotATrainedVersion, r"^Model 2 is itself a form \(cls-onnx-int8\) of model 1: start from model 1\.$", form,
         {"output": tmp_path / "new"}),
        (NotATrainedVersion, r"start from model 1\.$", form, {"int8": True, "register": True}),
        (NotRegistrable, r"no version of its own: register with --int8", version, {"register": True}),
        (NoRoomForExport, r"full is not an empty folder: empty it, or name another", version,
         {"output": tmp_path / "full"}),
        (NoRoomForExport, r"file is not an empty folder", version, {"output": tmp_path / "file"}),
        (NoRoomForExport, r"nowhere does not exist: make it", version, {"output": tmp_path / "nowhere" / "out"}),
    ):  # fmt: skip
        with pytest.raises(error, match=sentence):
            exported(chosen, **how)
        assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "kind", [{"architecture": "rbert_cnn", "mentions": "tagged"}, {"architecture": "pair_reader", "mentions": "raw"}]
)
def test_a_network_that_reads_the_mentions_goes_the_same_way(
    version: ModelVersion, backbone: Backbone, quick: TrainingConfig, tmp_path: Path, kind: dict[str, Any]
) -> None:
    config = dataclasses.replace(quick, tuning="full", learning_rate=1e-3, dropout=0.1, **kind)
    trained = train(
        make_examples(64), make_examples(40, first_id=1000), labels=version.labels, backbone=backbone, config=config,
        out_dir=tmp_path / "models",
    )  # fmt: skip
    facts = registry_facts(trained.manifest, trained.sha256, publish(trained.folder, trained.sha256))
    relations = add_model_version(training_set=version.training_set, now=NOW, **facts)
    made = exported(relations, output=tmp_path / "out")
    assert max(made.facts["compared"]["padded"], made.facts["compared"]["unpadded"]) < 1e-4
    statements = list(as_records(Statement.objects.order_by("id")))
    expected = load_exactly(relations).answer(statements)
    for one, other in zip(ServedModel.load(tmp_path / "out").answer(statements), expected, strict=True):
        assert (one.statement_id, one.label_index) == (other.statement_id, other.label_index)
        assert one.scores == pytest.approx(other.scores, abs=1e-5)

    form = exported(relations, int8=True, register=True).version
    assert form is not None
    assert (form.derived_from, form.architecture) == (relations, INT8)
    again = load(form).answer(statements)
    equal = [one.label_index == other.label_index for one, other in zip(again, expected, strict=True)]
    assert sum(equal) / len(equal) > 0.9


def test_an_ensemble_is_refused_before_anything_is_read(
    version: ModelVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "members_of", lambda chosen: [version, version])
    before = everything(tmp_path)
    with pytest.raises(NotExportable, match=r"^Model 1 is an ensemble, .*: export one of its members, 1, 1\.$"):
        exported(version, output=tmp_path / "out")
    assert everything(tmp_path) == before


def test_an_empty_folder_is_filled(version: ModelVersion, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    exported(version, output=tmp_path / "out")
    assert len(files_in(tmp_path / "out")) == 3


def test_without_statements_there_is_nothing_to_hold_it_against(
    version: ModelVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = exports.hard_task(version)
    monkeypatch.setattr(exports, "hard_task", lambda version: dataclasses.replace(nothing, statements=[]))
    with pytest.raises(NothingToCompareOn, match="has no statements to hold the exported model against: import some"):
        exported(version, output=tmp_path / "out")
    assert files_in(tmp_path) == set()


def test_a_graph_that_answers_otherwise_is_not_written(
    version: ModelVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = everything(tmp_path)
    write = exports.write_graph

    def spoilt(network: Any, path: Path) -> dict[str, int]:
        with torch.no_grad():
            network.classifier.bias[0] += 0.001
        fused = write(network, path)
        with torch.no_grad():
            network.classifier.bias[0] -= 0.001
        return fused

    monkeypatch.setattr(exports, "write_graph", spoilt)
    for how in ({"output": tmp_path / "out"}, {"int8": True, "register": True}):
        with pytest.raises(GraphDiffers, match=r"differ .* by up to 0\.001 without and 0\.001 with padding"):
            exported(version, **how)
        assert everything(tmp_path) == before


@pytest.mark.parametrize("where", ["quantise", "publish", "add_derived_version"])
def test_cut_off_at_any_stage_it_leaves_no_version_and_no_folder(
    version: ModelVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    def power_cut(*args: object, **how: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(exports, where, power_cut)
        with pytest.raises(KeyboardInterrupt):
            exported(version, int8=True, register=True, output=tmp_path / "out")
    assert files_in(tmp_path) == set()
    assert ModelVersion.objects.count() == 1
    assert exported(version, int8=True, register=True, output=tmp_path / "out").version is not None
    assert list(problems()) == []


def test_exporting_again_gives_the_same_bytes(version: ModelVersion, tmp_path: Path) -> None:
    first, second = (exported(version, int8=True, output=tmp_path / name) for name in ("one", "two"))
    assert first.sha256 == second.sha256
