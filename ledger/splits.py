"""Which part of the data a drug, a pair of drugs or a document belongs to: fixed once, by a hash, for ever."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Literal

Group = Literal["train", "validation", "test"]
PairSplit = Literal["train", "validation", "test", "bridge"]

SALT = b"ddi-split-v1:"


@lru_cache(maxsize=65_536)
def drug_group(drugbank_id: str) -> Group:
    """The drug's group: 80 % train, 10 % validation, 10 % test."""
    return _group(drugbank_id)


def split_of_pair(head_id: str, tail_id: str) -> PairSplit:
    """The group both drugs share; `bridge` when theirs differ."""
    group = drug_group(head_id)
    return group if group == drug_group(tail_id) else "bridge"


def split_of_document(document_id: str) -> Group:
    """The document's group, in the same shares; a document has no bridge."""
    return _group(document_id)


def is_held_out(document_id: str, *, share: float, seed: int) -> bool:
    """Whether a document belongs to the held-out part of an experiment: about `share` (0 to 1) of all documents."""
    return int(sha256(f"held-out-{seed}:{document_id}".encode()).hexdigest(), 16) % 10_000 < share * 10_000


def _group(name: str) -> Group:
    percent = int(sha256(SALT + name.encode()).hexdigest(), 16) % 100
    if percent < 80:
        return "train"
    return "validation" if percent < 90 else "test"
