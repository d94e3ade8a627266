from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from modeling.artifacts import ArtifactChanged, read_manifest, seal, verify, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "model")


def make(folder: Path, *, backwards: bool = False) -> Path:
    (folder / "adapter").mkdir(parents=True)
    files = [("adapter/weights", b"\x00\x01"), ("notes.txt", b"hello"), ("adapter/empty", b"")]
    for name, content in reversed(files) if backwards else files:
        (folder / name).write_bytes(content)
    write_manifest(folder, {"labels": ["synergistic", "antagonistic"], "format": 1})
    return folder


def test_manifest_lists_every_file_with_hash_and_size(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest["labels"] == ["synergistic", "antagonistic"]
    assert list(manifest["files"]) == ["adapter/empty", "adapter/weights", "notes.txt"]
    assert manifest["files"]["notes.txt"] == {"sha256": hashlib.sha256(b"hello").hexdigest(), "bytes": 5}


def test_same_content_is_the_same_hash_wherever_and_whenever_it_was_written(folder: Path, tmp_path: Path) -> None:
    assert seal(make(tmp_path / "elsewhere", backwards=True)) == seal(folder)


def test_seal_by_hand(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"2")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c").write_bytes(b"1")
    one, two = (hashlib.sha256(content).hexdigest() for content in (b"1", b"2"))
    assert seal(tmp_path) == hashlib.sha256(f"a/c\0{one}\nb\0{two}\n".encode()).hexdigest()


def test_untouched_folder_passes(folder: Path) -> None:
    verify(folder, seal(folder))


def test_changed_file_is_named(folder: Path) -> None:
    sealed = seal(folder)
    (folder / "adapter" / "weights").write_bytes(b"\x00\x02")
    with pytest.raises(ArtifactChanged, match=r"adapter/weights was changed"):
        verify(folder, sealed)


def test_missing_file_is_named(folder: Path) -> None:
    sealed = seal(folder)
    (folder / "notes.txt").unlink()
    with pytest.raises(ArtifactChanged, match=r"notes\.txt is missing"):
        verify(folder, sealed)


def test_added_file_is_named(folder: Path) -> None:
    sealed = seal(folder)
    (folder / "adapter" / "more.bin").write_bytes(b"")
    with pytest.raises(ArtifactChanged, match=r"adapter/more\.bin was added"):
        verify(folder, sealed)


def test_file_changed_together_with_its_line_in_the_manifest_is_seen(folder: Path) -> None:
    sealed = seal(folder)
    (folder / "notes.txt").write_bytes(b"other")
    manifest = read_manifest(folder)
    manifest["files"]["notes.txt"]["sha256"] = hashlib.sha256(b"other").hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ArtifactChanged, match=r"manifest\.json was changed"):
        verify(folder, sealed)


def test_file_that_became_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    sealed = seal(folder)
    (folder / "notes.txt").rename(tmp_path / "notes.txt")
    (folder / "notes.txt").symlink_to(tmp_path / "notes.txt")
    with pytest.raises(ArtifactChanged, match=r"notes\.txt became a link"):
        verify(folder, sealed)


@pytest.mark.parametrize("content", [None, "{broken"])
def test_folder_without_readable_manifest_is_refused(folder: Path, content: str | None) -> None:
    (folder / "manifest.json").unlink()
    if content:
        (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ArtifactChanged, match=r"no readable manifest\.json"):
        verify(folder, "0" * 64)
