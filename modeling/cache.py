"""What was computed once need not be computed again."""

from __future__ import annotations

from array import array
from collections import OrderedDict

from modeling.records import Input


class ExactCache:
    """The scores of the last `limit` distinct inputs, found by their exact token ids, places and kinds.

    DrugBank's statements are a few hundred patterns, so masked inputs repeat thousands of times. `hits` and
    `misses` count the look-ups: a speed reached with them is always reported apart from one without.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = 0
        self.misses = 0
        self._scores: OrderedDict[bytes, tuple[float, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._scores)

    def get(self, one: Input) -> tuple[float, ...] | None:
        """The scores of this input, or None when it has to be computed; counts as a hit or a miss."""
        key = _key(one)
        scores = self._scores.get(key)
        if scores is None:
            self.misses += 1
            return None
        self.hits += 1
        self._scores.move_to_end(key)
        return scores

    def put(self, one: Input, scores: tuple[float, ...]) -> None:
        """Keep the scores of this input; the input unused for longest gives way."""
        key = _key(one)
        self._scores[key] = scores
        self._scores.move_to_end(key)
        while len(self._scores) > self.limit:
            self._scores.popitem(last=False)


def _key(one: Input) -> bytes:
    """The ids as bytes: equal exactly when the ids are, and a seventh of a tuple's memory.

    Places stand before them and kinds, as many as ids, behind: the inputs of one network all have them, or none has.
    """
    return array("I", (*(one.places or ()), *one.ids, *(one.kinds or ()))).tobytes()
