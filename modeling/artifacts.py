"""A trained model as a folder that is named by what it holds.

`manifest.json` lists every other file with its SHA-256 and size; the folder's own hash runs over every file, the
manifest included. The same content gives the same hash on every machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class ArtifactChanged(ValueError):
    """A model's folder is not what it was when it was sealed."""


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Describe the folder: `content` and, under "files", the hash and size in bytes of every file in it."""
    files = {
        name: {"sha256": _sha256(folder / name), "bytes": (folder / name).stat().st_size}
        for name in _file_names(folder)
        if name != MANIFEST
    }
    text = json.dumps({**content, "files": files}, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The folder's description. Raises ArtifactChanged when there is none to read."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactChanged(
            f"The model folder {folder.name} has no readable {MANIFEST}: restore it from a copy or train again."
        ) from error
    return manifest


def seal(folder: Path) -> str:
    """The folder's SHA-256: over the sorted relative paths, each with its file's SHA-256."""
    digest = hashlib.sha256()
    for name in _file_names(folder):
        digest.update(f"{name}\0{_sha256(folder / name)}\n".encode())
    return digest.hexdigest()


def verify(folder: Path, sha256: str) -> None:
    """Nothing, when the folder is what `seal` saw; otherwise ArtifactChanged, which names the first file at fault."""
    listed = read_manifest(folder)["files"]
    present = set(_file_names(folder)) - {MANIFEST}
    for name in sorted(present | set(listed)):
        if name not in present:
            raise ArtifactChanged(_sentence(folder, f"{name} is missing"))
        if name not in listed:
            raise ArtifactChanged(_sentence(folder, f"{name} was added"))
        if _sha256(folder / name) != listed[name]["sha256"]:
            raise ArtifactChanged(_sentence(folder, f"{name} was changed"))
    if seal(folder) != sha256:
        raise ArtifactChanged(_sentence(folder, f"{MANIFEST} was changed, or the folder belongs to another model"))


def _sentence(folder: Path, what: str) -> str:
    return f"In the model folder {folder.name} {what} since it was sealed: restore it from a copy or train again."


def _file_names(folder: Path) -> list[str]:
    """Every file below the folder, as sorted relative paths with forward slashes; a link is refused."""
    names = []
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise ArtifactChanged(_sentence(folder, f"{path.relative_to(folder).as_posix()} became a link"))
        if path.is_file():
            names.append(path.relative_to(folder).as_posix())
    return sorted(names)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
