from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from modeling import backbones
from modeling.backbones import EMBEDDED_SHA256, BackboneChanged, BackboneMissing, resolve

BIOMEDBERT = "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract-fulltext"


def test_nothing_named_is_the_embedded_encoder_with_the_known_weights() -> None:
    backbone = resolve("")
    assert backbone.sha256 == EMBEDDED_SHA256
    assert backbone.name == "sentence-transformers/all-MiniLM-L6-v2"
    assert (backbone.path / "tokenizer.json").is_file()


def test_embedded_encoder_with_other_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones, "EMBEDDED_SHA256", "0" * 64)
    with pytest.raises(BackboneChanged, match="instead of 000000000000"):
        resolve("")


def test_folder_is_taken_with_the_hash_of_its_weights(backbone_copy: Callable[..., Path]) -> None:
    folder = backbone_copy()
    backbone = resolve(str(folder))
    assert (backbone.name, backbone.path, backbone.revision) == ("copy", folder, "")
    assert backbone.sha256 == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_folder_without_config_is_refused(backbone_copy: Callable[..., Path]) -> None:
    with pytest.raises(BackboneMissing, match=r"has no config.json: set DDI_BACKBONE"):
        resolve(str(backbone_copy("config.json")))


def test_folder_without_weights_is_refused(backbone_copy: Callable[..., Path]) -> None:
    with pytest.raises(BackboneMissing, match=r"neither model.safetensors nor pytorch_model.bin"):
        resolve(str(backbone_copy("model.safetensors")))


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackboneMissing, match="does not exist: set DDI_BACKBONE"):
        resolve(str(tmp_path / "nowhere"))


def test_hub_name_that_is_not_on_this_machine_says_what_to_do_without_asking_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    import huggingface_hub.constants

    def no_network(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(BackboneMissing, match="is not in this machine's hub cache") as refusal:
        resolve(BIOMEDBERT, environ={})
    for needed in (f"hf download {BIOMEDBERT}", "HF_HUB_OFFLINE=0", "DDI_BACKBONE"):
        assert needed in str(refusal.value)


def test_hub_name_in_the_local_cache_is_found_with_its_revision(
    backbone_copy: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    cache = tmp_path / "hub"
    snapshots = cache / "models--acme--small-bert" / "snapshots"
    snapshots.mkdir(parents=True)
    revision = "0123456789abcdef0123456789abcdef01234567"
    backbone_copy().rename(snapshots / revision)
    refs = snapshots.parent / "refs"
    refs.mkdir()
    (refs / "main").write_text(revision)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    for spec in ("acme/small-bert", f"acme/small-bert@{revision}"):
        backbone = resolve(spec, environ={})
        assert (backbone.name, backbone.revision) == ("acme/small-bert", revision)
