"""Model files in Django's storage, and the way back from a model version to a model that answers."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from ledger.models import ModelVersion
from modeling import artifacts
from modeling.backbones import EMBEDDED_NAME, Backbone, resolve
from modeling.inference import LoadedModel


def local_folder(artifact: str) -> Path:
    """Where this machine keeps the files of a model, whether or not they are there yet."""
    return Path(settings.VAR_DIR) / "models" / artifact


def publish(folder: Path, artifact: str) -> dict[str, str]:
    """Put a sealed model's files into the shared storage; returns their sha256 by relative path."""
    storage = storages["models"]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = f"{artifact}/{path.relative_to(folder).as_posix()}"
        if not storage.exists(name):
            with path.open("rb") as file:
                storage.save(name, File(file))
    return {name: facts["sha256"] for name, facts in artifacts.read_manifest(folder)["files"].items()}


def fetch(version: ModelVersion) -> Path:
    """The folder with a model version's files, copied from the shared storage when this machine has none."""
    folder = local_folder(version.artifact)
    storage = storages["models"]
    for name in [artifacts.MANIFEST, *version.files]:
        if not (folder / name).exists():
            _copy(storage, f"{version.artifact}/{name}", folder / name)
    return folder


def _copy(storage: Storage, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with storage.open(name) as source:
        target.write_bytes(source.read())


def backbone_of(version: ModelVersion) -> Backbone:
    """The backbone a model version was trained on, as this machine is told to find it. Raises BackboneMissing."""
    if version.backbone == EMBEDDED_NAME:
        return resolve("")
    if settings.DDI_BACKBONE:
        return resolve(settings.DDI_BACKBONE)
    return resolve(f"{version.backbone}@{version.backbone_revision}" if version.backbone_revision else version.backbone)


def load(version: ModelVersion) -> LoadedModel:
    """The model version, merged and ready to answer; its files' hashes are checked first."""
    return LoadedModel.load(fetch(version), backbone_of(version), sha256=version.artifact, probe=True)


def code_version() -> str:
    """The commit this code is at, or the installed version outside a checkout."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit.stdout.strip()


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
        "code_version": code_version(),
    }
