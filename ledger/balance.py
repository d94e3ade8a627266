"""As many of one class as of the other, by leaving out some of the larger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from hashlib import sha256


def balanced(rows: Iterable[tuple[str, Hashable, str]], *, classes: Collection[str], seed: int) -> set[str]:
    """The keys kept of rows (key, group, label) so that in every group all `classes` are equally many.

    Which ones stay is told by a hash of seed and key: the same seed keeps the same rows whatever their order, and a
    row that comes or goes moves few others. Labels outside `classes` all stay. A group that lacks a class keeps none
    of the others.
    """
    by_group: dict[Hashable, dict[str, list[str]]] = defaultdict(lambda: {label: [] for label in classes})
    kept: set[str] = set()
    for key, group, label in rows:
        if label in classes:
            by_group[group][label].append(key)
        else:
            kept.add(key)
    for by_label in by_group.values():
        n_each = min(len(keys) for keys in by_label.values())
        for keys in by_label.values():
            kept.update(sorted(keys, key=lambda key: _rank(seed, key))[:n_each])
    return kept


def _rank(seed: int, key: str) -> bytes:
    return sha256(f"{seed}:{key}".encode()).digest()
