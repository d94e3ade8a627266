"""From a model version back to a model that answers: files fetched whole, one encoder for all, gaps named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage, storages

from ledger.models import ModelVersion, Round, Statement
from ledger.record.runs import open_round
from modeling import precision
from modeling.adapter_facts import described
from modeling.artifacts import read_manifest, verify
from modeling.backbones import resolve
from modeling.inference import LoadedModel
from modeling.jobs import run_training
from modeling.store import models
from modeling.store.models import ArtifactMissing, fetch, load, load_exactly, local_folder, publish
from modeling.store.statements import as_records
from tests.ledger.facts import NOW, polarity
from tests.modeling.store.conftest import QUICK


@pytest.fixture
def version(opened: Round) -> ModelVersion:
    run_training(opened.runs.get().pk)
    return ModelVersion.objects.get()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    """A shared storage that is not this machine's own folder."""
    storage = FileSystemStorage(tmp_path / "shared")
    monkeypatch.setitem(storages._storages, "models", storage)  # type: ignore[attr-defined]
    return storage


def test_adapter_facts_stand_on_the_models_row(version: ModelVersion) -> None:
    facts = version.measured["adapter"]
    assert facts == described(read_manifest(local_folder(version.artifact)))
    weights = local_folder(version.artifact) / "adapter" / "adapter_model.safetensors"
    assert facts["adapter_bytes"] == weights.stat().st_size
    assert facts["merge_inputs"] == 6


def test_versions_on_one_backbone_share_it(version: ModelVersion) -> None:
    second = open_round(task=polarity(), by=None, now=NOW, parameters={**QUICK, "config": {"seed": 3}}, wake=False)
    run_training(second.runs.get().pk)
    newer = ModelVersion.objects.latest("number")
    first, other = load_exactly(version).network, load_exactly(newer).network
    theirs = dict(other.named_parameters())
    own = {name for name, one in first.named_parameters() if one.data_ptr() != theirs[name].data_ptr()}
    assert own
    adapted = tuple(f".{target}.weight" for target in version.config["target_modules"])
    assert all(name.endswith(adapted) or "classifier" in name for name in own)
    sayings = list(as_records(Statement.objects.order_by("id")))
    for one, network in ((version, load(version)), (newer, load(newer))):
        models.shared_backbone.cache_clear()
        alone = load(one)
        assert alone.network is not network.network
        assert alone.answer(sayings) == network.answer(sayings)


def test_a_version_computes_in_the_format_first_found_for_it(
    version: ModelVersion, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two formats are about as fast, each probe may find another."""
    settings.VAR_DIR = tmp_path  # a machine that was never asked
    found = iter([torch.bfloat16, torch.float32])
    monkeypatch.setattr(precision, "fastest_safe_dtype", lambda *_, **__: next(found))
    for _ in range(2):
        loaded = load(version)
        assert isinstance(loaded, LoadedModel)
        assert (loaded.number_format, loaded.network.get_parameter("classifier.bias").dtype) == (
            "bfloat16", torch.bfloat16,
        )  # fmt: skip
    assert load_exactly(version).number_format == "float32"


def test_another_backbone_takes_the_place_of_the_one_shared(version: ModelVersion, small_backbone: Path) -> None:
    backbone = resolve(str(small_backbone))
    assert models.shared_backbone(backbone) is models.shared_backbone(resolve(str(small_backbone)))
    kept = models.shared_backbone(backbone)
    changed = resolve("")
    assert models.shared_backbone(changed) is not kept
    assert models.shared_backbone(changed).backbone == changed


def test_files_that_are_nowhere_are_named(version: ModelVersion, elsewhere: FileSystemStorage) -> None:
    folder = local_folder(version.artifact)
    (folder / "adapter" / "adapter_model.safetensors").unlink()
    with pytest.raises(
        ArtifactMissing,
        match=r"^The file adapter/adapter_model\.safetensors of model 1 is neither in .* nor in the model storage: "
        r"restore it from a copy, or train again\.$",
    ):
        load(version)


def test_a_machine_without_the_files_gets_them_whole(version: ModelVersion, elsewhere: FileSystemStorage) -> None:
    folder = local_folder(version.artifact)
    publish(folder, version.artifact)
    shutil.rmtree(folder)
    verify(fetch(version), version.artifact)


def test_a_fetch_cut_off_leaves_no_half_file(
    version: ModelVersion, elsewhere: FileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = local_folder(version.artifact)
    publish(folder, version.artifact)
    shutil.rmtree(folder)

    def power_cut(source: object, target: object) -> None:
        target.write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(models.shutil, "copyfileobj", power_cut)
        with pytest.raises(KeyboardInterrupt):
            fetch(version)
    assert not [path for path in folder.rglob("*") if path.is_file()]
    verify(fetch(version), version.artifact)


def test_what_a_cut_off_publishing_left_is_written_anew(version: ModelVersion, elsewhere: FileSystemStorage) -> None:
    folder = local_folder(version.artifact)
    publish(folder, version.artifact)
    half = Path(elsewhere.path(f"{version.artifact}/adapter/adapter_model.safetensors"))
    half.write_bytes(half.read_bytes()[:100])
    publish(folder, version.artifact)
    shutil.rmtree(folder)
    verify(fetch(version), version.artifact)
