from __future__ import annotations

from modeling.cache import ExactCache
from modeling.records import Input, Places


def test_only_the_very_same_ids_are_found() -> None:
    cache = ExactCache(10)
    cache.put(Input((1, 2, 3)), (0.5, 0.5))
    assert cache.get(Input((1, 2, 3))) == (0.5, 0.5)
    assert cache.get(Input((1, 2))) is None
    assert cache.get(Input((1, 2, 3, 0))) is None
    assert cache.get(Input((1, 23))) is None
    assert (cache.hits, cache.misses) == (1, 3)


def test_the_input_unused_for_longest_gives_way() -> None:
    cache = ExactCache(2)
    cache.put(Input((1,)), (1.0,))
    cache.put(Input((2,)), (2.0,))
    cache.get(Input((1,)))
    cache.put(Input((3,)), (3.0,))
    assert len(cache) == 2
    assert cache.get(Input((2,))) is None
    assert cache.get(Input((1,))) == (1.0,)


def test_the_same_ids_with_other_places_are_another_input() -> None:
    cache = ExactCache(10)
    cache.put(Input((1, 2, 3, 4), Places(1, 2, 2, 3)), (0.5,))
    assert cache.get(Input((1, 2, 3, 4), Places(2, 3, 1, 2))) is None
    assert cache.get(Input((1, 2, 3, 4), Places(1, 2, 2, 3))) == (0.5,)


def test_the_same_ids_and_places_with_other_kinds_are_another_input() -> None:
    cache = ExactCache(10)
    cache.put(Input((1, 2, 3), Places(1, 2, 2, 3), (0, 1, 2)), (0.5,))
    assert cache.get(Input((1, 2, 3), Places(1, 2, 2, 3), (0, 1, 1))) is None
    assert cache.get(Input((1, 2, 3), Places(1, 2, 2, 3), (0, 1, 2))) == (0.5,)
