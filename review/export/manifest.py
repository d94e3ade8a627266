"""What came out, as of when, and the hash of every file: enough to make the same export again and compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.code_version import code_version
from review.export.rows import COLUMNS
from review.filters import Selection
from review.queries.exports import as_of_facts, n_gold

READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file's name, its length in bytes and its hash."""

    name: str
    n_bytes: int
    sha256: str


def manifest(selection: Selection, form: str, files: Iterable[FileFacts]) -> dict[str, Any]:
    """The manifest of these files (three queries); it says nothing that depends on when it is made.

    `chain` is the link of the ledger's hash chain that covers the newest label looked at: with it the rows can be held
    against the ledger, or against a copy of it.
    """
    facts = as_of_facts(selection.gold_id)
    chosen = selection.chosen
    return {
        "task": chosen.task.slug,
        "format": form,
        "as_of": {
            "gold_id": selection.gold_id,
            "confirmed_at": facts.confirmed_at.astimezone(UTC).isoformat() if facts.confirmed_at else None,
        },
        "filters": {"round": chosen.round, "label": chosen.label or None, "source": chosen.source or None},
        "rows": n_gold(selection),
        "columns": [{"name": name, "kind": kind} for name, kind in COLUMNS.items()],
        "files": [{"name": one.name, "bytes": one.n_bytes, "sha256": one.sha256} for one in files],
        "chain": {"position": facts.link.position, "hash": facts.link.hash} if facts.link else None,
        "code_version": code_version(),
    }


def as_bytes(found: dict[str, Any]) -> bytes:
    """A manifest as the file it is handed out as."""
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def facts_of(name: str, parts: Iterable[bytes]) -> FileFacts:
    """Length and hash of a file that comes in parts; holds one part at a time."""
    digest, n_bytes = sha256(), 0
    for part in parts:
        digest.update(part)
        n_bytes += len(part)
    return FileFacts(name, n_bytes, digest.hexdigest())


def read_parts(path: Path) -> Iterator[bytes]:
    """A file's bytes, a mebibyte at a time."""
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            yield part
