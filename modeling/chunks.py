"""Statements on their way through a model: what was known before, and what is being computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from tokenizers import Tokenizer

from modeling.cache import ExactCache
from modeling.calibration import probabilities_of
from modeling.config import TrainingConfig
from modeling.forward import Answering
from modeling.inputs import inputs_of
from modeling.mentions import UnreadableStatement
from modeling.records import Input, Statement, Unread

Scores = tuple[float, ...]

REMEMBERED_PATTERNS = 100_000


class Reading:
    """Turns statements into inputs; a masked one costs nothing when its pattern was read before."""

    def __init__(self, tokenizer: Tokenizer, config: TrainingConfig) -> None:
        self.tokenizer = tokenizer
        self.config = config
        self._patterns: dict[tuple[str, str, str], Input] = {}

    def __call__(self, statements: Sequence[Statement]) -> list[Input]:
        """Each statement's input, in their order. Raises what `inputs_of` raises."""
        if self.config.mentions != "masked":
            return inputs_of(statements, self.tokenizer, self.config)
        keys = [(one.pattern, one.head_kind, one.tail_kind) for one in statements]
        new = {key: one for key, one in zip(keys, statements, strict=True) if key not in self._patterns}
        if len(self._patterns) + len(new) > REMEMBERED_PATTERNS:
            self._patterns = {}
            new = dict(zip(keys, statements, strict=True))
        self._patterns |= zip(new, inputs_of(list(new.values()), self.tokenizer, self.config), strict=True)
        return [self._patterns[key] for key in keys]

    def readable(self, statements: Sequence[Statement]) -> tuple[list[Statement], list[Input], list[Unread]]:
        """Those of the statements that can be read, in their order, with their inputs; and those that cannot.

        Costs nothing where all can. One that cannot is found by halving, which reads the others up to three times.
        """
        try:
            return list(statements), self(statements), []
        except UnreadableStatement as error:
            if len(statements) == 1:
                return [], [], [Unread(statements[0].id, str(error))]
        middle = len(statements) // 2
        first, second = self.readable(statements[:middle]), self.readable(statements[middle:])
        return first[0] + second[0], first[1] + second[1], first[2] + second[2]


class Chunk:
    """Some statements, asked about as soon as they are here; `before` is the chunk that will be settled before this.

    Equal inputs are computed once: within the chunk, in the chunk before, and as far back as the cache reaches.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        inputs: list[Input],
        *,
        answering: Answering,
        cache: ExactCache,
        before: Chunk | None = None,
    ) -> None:
        self.statements = statements
        self._inputs = inputs
        self._cache = cache
        self._before = before
        self._known: dict[Input, Scores] = {}
        self._asked_for: dict[Input, None] = {}
        for one, times in Counter(inputs).items():
            if before is not None and one in before._asked_for:
                cache.hits += times
                continue
            cache.hits += times - 1
            scores = cache.get(one)
            if scores is None:
                self._asked_for[one] = None
            else:
                self._known[one] = scores
        self._asked = answering.ask(list(self._asked_for))

    def scores(
        self, temperature: float, should_stop: Callable[[], bool], *, unrelated: int | None = None
    ) -> list[Scores]:
        """Calibrated scores of each statement in label order, each a 32-bit float, once all are computed.

        `unrelated` as in `probabilities_of`; `should_stop` is asked before each batch; a yes raises Stopped.
        """
        if self._asked_for:
            logits = self._asked.logits(should_stop)
            rows = probabilities_of(logits, temperature, unrelated=unrelated).astype(np.float32).tolist()
            for one, row in zip(self._asked_for, rows, strict=True):
                self._known[one] = tuple(row)
                self._cache.put(one, self._known[one])
        if self._before is not None:
            self._known = {one: self._before._known[one] for one in self._before._asked_for} | self._known
            self._before = None  # else every chunk would be kept by the next
        return [self._known[one] for one in self._inputs]
