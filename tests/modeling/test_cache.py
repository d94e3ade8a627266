from __future__ import annotations

from modeling.cache import ExactCache


def test_only_the_very_same_ids_are_found() -> None:
    cache = ExactCache(10)
    cache.put([1, 2, 3], (0.5, 0.5))
    assert cache.get([1, 2, 3]) == (0.5, 0.5)
    assert cache.get([1, 2]) is None
    assert cache.get([1, 2, 3, 0]) is None
    assert cache.get([1, 23]) is None
    assert (cache.hits, cache.misses) == (1, 3)


def test_the_input_unused_for_longest_gives_way() -> None:
    cache = ExactCache(2)
    cache.put([1], (1.0,))
    cache.put([2], (2.0,))
    cache.get([1])
    cache.put([3], (3.0,))
    assert len(cache) == 2
    assert cache.get([2]) is None
    assert cache.get([1]) == (1.0,)
