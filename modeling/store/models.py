"""Model files in Django's storage, and the way back from a model version to a model that answers."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from ledger.code_version import code_version
from ledger.models import ModelVersion
from ledger.record.ensembles import ENSEMBLE, members_of
from modeling import artifacts
from modeling.adapter_facts import described
from modeling.backbones import EMBEDDED_NAME, Backbone, resolve
from modeling.ensemble import Ensemble
from modeling.inference import LoadedModel
from modeling.serving import INT8
from modeling.sharing import SharedBackbone


class ArtifactMissing(FileNotFoundError):
    """A model version's files are neither on this machine nor in the shared storage."""


def local_folder(artifact: str) -> Path:
    """Where this machine keeps the files of a model, whether or not they are there yet."""
    return Path(settings.VAR_DIR) / "models" / artifact


def publish(folder: Path, artifact: str) -> dict[str, str]:
    """Put a sealed model's files into the shared storage; returns their sha256 by relative path.

    What a killed process left half-written there is written anew.
    """
    storage = storages["models"]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = f"{artifact}/{path.relative_to(folder).as_posix()}"
        if storage.exists(name) and storage.size(name) != path.stat().st_size:
            storage.delete(name)
        if not storage.exists(name):
            with path.open("rb") as file:
                storage.save(name, File(file))
    return {name: facts["sha256"] for name, facts in artifacts.read_manifest(folder)["files"].items()}


def fetch(version: ModelVersion) -> Path:
    """The folder with a model version's files, copied from the shared storage when this machine has none.

    Raises ArtifactMissing.
    """
    folder = local_folder(version.artifact)
    storage = storages["models"]
    for name in [artifacts.MANIFEST, *version.files]:
        if not (folder / name).exists():
            if not storage.exists(f"{version.artifact}/{name}"):
                raise ArtifactMissing(
                    f"The file {name} of model {version.number} is neither in {folder} nor in the model storage: "
                    "restore it from a copy, or train again."
                )
            _copy(storage, f"{version.artifact}/{name}", folder / name)
    return folder


def _copy(storage: Storage, name: str, target: Path) -> None:
    """Elsewhere first, then into its place in one step: a killed process leaves no half file in a model's folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="fetching-") as scratch:
        draft = Path(scratch) / target.name
        with storage.open(name) as source, draft.open("wb") as file:
            shutil.copyfileobj(source, file)
        draft.replace(target)


def backbone_of(version: ModelVersion) -> Backbone:
    """The backbone a model version was trained on, as this machine is told to find it. Raises BackboneMissing."""
    if version.backbone == EMBEDDED_NAME:
        return resolve("")
    if settings.DDI_BACKBONE:
        return resolve(settings.DDI_BACKBONE)
    return resolve(f"{version.backbone}@{version.backbone_revision}" if version.backbone_revision else version.backbone)


@lru_cache(maxsize=1)
def shared_backbone(backbone: Backbone) -> SharedBackbone:
    """The one copy in this process of the encoder with this hash, for all model versions that stand on it."""
    return SharedBackbone(backbone)


def load(version: ModelVersion) -> LoadedModel | Ensemble:
    """The model version, ready to answer; its files' hashes are checked first.

    Versions of one backbone share it. Raises ArtifactMissing, and what `LoadedModel` and `resolve` raise.
    """
    return _joined(version) if version.architecture == ENSEMBLE else load_trained(version)


def load_trained(version: ModelVersion) -> LoadedModel:
    """A version that is no ensemble, as `load` gives it."""
    if version.architecture == INT8:
        return LoadedModel.exported(fetch(version), sha256=version.artifact)
    return _trained(version, probes=Path(settings.VAR_DIR) / "probes")


def _joined(version: ModelVersion) -> Ensemble:
    """All members of an ensemble, once its sealed folder is known to name just these."""
    folder = fetch(version)
    artifacts.verify(folder, version.artifact)
    manifest = artifacts.read_manifest(folder)
    members = members_of(version)
    if [one.artifact for one in members] != manifest["members"]:
        raise artifacts.ArtifactChanged(
            f"The folder of model {version.number} names other members than the ledger: restore it from a copy, or "
            "make the ensemble again."
        )
    temperature = float(manifest["calibration"]["temperature"])
    return Ensemble(tuple(load_trained(one) for one in members), temperature)


def load_exactly(version: ModelVersion) -> LoadedModel:
    """A trained version on the CPU in float32: what its other forms are held against. Raises as `load` does."""
    return _trained(version, device="cpu")


def _trained(version: ModelVersion, **how: Any) -> LoadedModel:
    backbone = backbone_of(version)
    return LoadedModel.load(fetch(version), backbone, sha256=version.artifact, shared=shared_backbone(backbone), **how)


def registry_facts(manifest: dict[str, Any], artifact: str, files: dict[str, str]) -> dict[str, Any]:
    """The columns of a model version that its manifest knows."""
    return {
        "architecture": manifest["architecture"],
        "backbone": manifest["backbone"]["name"],
        "backbone_revision": manifest["backbone"]["revision"],
        "backbone_sha256": manifest["backbone"]["sha256"],
        "artifact": artifact,
        "files": files,
        "labels": manifest["labels"],
        "config": manifest["config"],
        "calibration": manifest["calibration"],
        "measured": {"adapter": described(manifest)} if "adapter" in manifest else {},
        "code_version": code_version(),
    }
