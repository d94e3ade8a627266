"""A few of many that show how different they are. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def spread_sample(rows: Iterable[tuple[int, Hashable, Hashable]], n: int, *, seed: str) -> list[int]:
    """Up to `n` keys of rows (key, class, group): classes take turns, and within each the groups do, largest first.

    Which ones of a group is chance, fixed by the seed: the same rows give the same sample whatever their order.
    """
    classes: dict[Hashable, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, class_, group in rows:
        classes[class_][group].append(key)
    turns = [_in_turn(_by_size([_by_chance(keys, seed) for keys in groups.values()])) for groups in classes.values()]
    sizes = [sum(map(len, groups.values())) for groups in classes.values()]
    largest_first = [turn for _, _, turn in sorted(zip(sizes, range(len(turns)), turns, strict=True), reverse=True)]
    return list(islice(_in_turn(largest_first), n))


def _by_chance(keys: list[int], seed: str) -> list[int]:
    return sorted(keys, key=lambda key: sha256(f"{seed}:{key}".encode()).digest())


def _by_size(groups: list[list[int]]) -> list[Iterator[int]]:
    return [iter(keys) for keys in sorted(groups, key=lambda keys: (-len(keys), keys[0]))]


def _in_turn(turns: list[Iterator[T]]) -> Iterator[T]:
    while turns:
        for turn in list(turns):
            try:
                yield next(turn)
            except StopIteration:
                turns.remove(turn)
