"""The order in which training examples are drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import get_length_grouped_indices

LEAST_BATCH = 24
"""Examples a step reads at least, however few there are, unless fewer are asked for."""

HEAP = 50
"""Batches in one heap of groups, as many as the Trainer sorts together."""


def examples_a_step(n_examples: int, *, at_most: int, least_steps: int) -> int:
    """How many examples of an epoch each step reads: `at_most`, or fewer where that would be too few steps.

    A few hundred examples in large batches are a handful of steps, too few for a network to learn that anything is
    related.
    """
    return min(at_most, max(LEAST_BATCH, -(-n_examples // least_steps)))


class _Drawing(Sampler[int]):
    """Draws anew for each epoch, from one generator: what an epoch draws depends on how many came before it."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.epochs_drawn = 0

    def __iter__(self) -> Iterator[int]:
        self.epochs_drawn += 1
        return iter(self.order())

    def order(self) -> list[int]:
        """The next epoch's rows."""
        raise NotImplementedError

    def set_epoch(self, epoch: int) -> None:
        """Draw next what epoch `epoch`, from 0 on, draws, though those before it were drawn by another process."""
        while self.epochs_drawn < epoch:
            iter(self)


class BalancedSampler(_Drawing):
    """As many rows as there are, drawn with replacement: each label equally likely, its rows by their weights.

    The second paper's weighted sampler (section III). Rows of like length stand together, as they do without it, and
    each epoch draws anew.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        labels: Sequence[int],
        weights: Sequence[float],
        *,
        batch_size: int,
        seed: int,
    ) -> None:
        """`lengths` in tokens, `labels` and `weights` have one entry a row."""
        self.lengths = lengths
        self.batch_size = batch_size
        by_label: defaultdict[int, float] = defaultdict(float)
        for label, weight in zip(labels, weights, strict=True):
            by_label[label] += weight
        chances = [weight / by_label[label] for label, weight in zip(labels, weights, strict=True)]
        self.chances = torch.tensor(chances, dtype=torch.float64)
        super().__init__(seed)

    def __len__(self) -> int:
        return len(self.lengths)

    def order(self) -> list[int]:
        drawn = torch.multinomial(self.chances, len(self), replacement=True, generator=self.generator).tolist()
        order = _by_length([self.lengths[row] for row in drawn], self.batch_size, self.generator)
        return [drawn[place] for place in order]


class TogetherSampler(_Drawing):
    """Every row once, the rows of one group (positions) next to each other; groups of like length stand together.

    So a sentence is encoded once for all its pairs, but for those that fall into two batches. Each epoch draws anew.
    Groups are dealt into heaps of some batches, which are sorted by length, up and down in turns: a batch holds no
    fixed number of groups, and one with a heap's shortest and the next one's longest would be mostly padding.
    """

    def __init__(self, groups: Sequence[Sequence[int]], lengths: Sequence[int], *, batch_size: int, seed: int) -> None:
        """`lengths`: tokens of each group's sentence; `batch_size` in rows."""
        self.groups = groups
        self.lengths = lengths
        self.n_rows = sum(map(len, groups))
        self.groups_a_batch = max(1, round(batch_size * len(groups) / self.n_rows))
        super().__init__(seed)

    def __len__(self) -> int:
        return self.n_rows

    def order(self) -> list[int]:
        dealt = torch.randperm(len(self.groups), generator=self.generator).tolist()
        size = HEAP * self.groups_a_batch
        order: list[int] = []
        for number, start in enumerate(range(0, len(dealt), size)):
            heap = sorted(dealt[start : start + size], key=self.lengths.__getitem__, reverse=number % 2 == 0)
            for group in heap:
                order.extend(self.groups[group])
        return order


def _by_length(lengths: Sequence[int], batch_size: int, generator: torch.Generator) -> list[int]:
    order: list[int] = get_length_grouped_indices(  # type: ignore[no-untyped-call]
        lengths, batch_size, generator=generator
    )
    return order
