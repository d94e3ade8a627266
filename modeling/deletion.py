"""Whether the words a rationale points at matter: take them out, and see the model lose its conviction.

The deletion test of Samek et al., Evaluating the Visualization of What a Deep Neural Network Has Learned (2017), on
tokens: the fifth of a sentence's tokens that the rationale puts first is removed from the input altogether, and so
are, beside it, as many tokens drawn at random. The input gets shorter instead of blank, so that the test does not
repeat the walk from which the rationale was computed. Of a network that reads the mentions' own tokens those stay, and
it is told where they stand then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

from modeling.calibration import probabilities_of
from modeling.encode import encode_with_spans
from modeling.forward import logits_of
from modeling.inference import LoadedModel
from modeling.inputs import inputs_of
from modeling.rationale import movements
from modeling.records import Input, Places, Statement

SHARE = 0.2
"""Of a sentence's tokens, how many are taken out; at least one."""
DRAWS = 10
"""Random removals whose mean stands beside the rationale's."""
RESAMPLES = 2_000


class TooFewPatterns(ValueError):
    """Fewer than two patterns: an interval over one of them would have no meaning."""


class NothingToDelete(ValueError):
    """A statement is nothing but its mentions, which the network has to read."""


@dataclass(frozen=True, slots=True)
class Drop:
    """How much of a prediction's probability, 0 to 1, went with the tokens taken out of its sentence.

    `chosen` by the rationale, `random` as the mean over the draws; below 0 where the model became surer.
    """

    statement_id: int
    pattern: str
    n_deleted: int
    chosen: float
    random: float
    completeness_error: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DeletionTest:
    """All drops in figures: every pattern counts the same, and the intervals are drawn over patterns.

    `wins` is the share of statements from which the rationale's tokens took more than the mean random draw did.
    """

    n_statements: int
    n_patterns: int
    chosen: Interval
    random: Interval
    difference: Interval
    wins: float
    median_completeness_error: float
    largest_completeness_error: float


def deletion_test(
    model: LoadedModel,
    statements: Iterable[Statement],
    *,
    seed: int,
    on_progress: Callable[[int], None] = lambda n_done: None,
) -> DeletionTest:
    """Whether this model's rationales beat random words on these statements.

    Raises TooFewPatterns, NothingToDelete, and what `movements` and `encode` raises.
    """
    generator = np.random.default_rng(seed)
    drops: list[Drop] = []
    for statement in statements:
        drops.append(drop_of(model, statement, generator))
        on_progress(len(drops))
    return summary(drops, generator)


def drop_of(model: LoadedModel, statement: Statement, generator: np.random.Generator) -> Drop:
    """What the model loses of its answer to one statement. Raises NothingToDelete."""
    _, spans = encode_with_spans(
        statement, model.tokenizer, mentions=model.config.mentions, max_tokens=model.config.max_tokens
    )
    (read,) = inputs_of([statement], model.tokenizer, model.config)
    words = np.asarray([at for at, span in enumerate(spans) if span is not None and not _in_mention(at, read)])
    if not len(words):
        raise NothingToDelete(
            f"Statement {statement.id} has no token outside its mentions that could be taken out: leave it out."
        )
    n_deleted = max(1, round(SHARE * len(words)))
    said = int(_probabilities(model, [read])[0].argmax())
    moved = movements(model, read, [span is None for span in spans], label_index=said)
    strongest = words[np.argsort(-moved.log_odds[words], kind="stable")[:n_deleted]]
    draws = [generator.choice(words, size=n_deleted, replace=False) for _ in range(DRAWS)]
    inputs = [read, *(_without(read, taken) for taken in (strongest, *draws))]
    whole, chosen, *random = _probabilities(model, inputs)[:, said]
    return Drop(
        statement_id=statement.id,
        pattern=statement.pattern,
        n_deleted=n_deleted,
        chosen=float(whole - chosen),
        random=float(whole - np.mean(random)),
        completeness_error=moved.completeness_error,
    )


def summary(drops: Sequence[Drop], generator: np.random.Generator) -> DeletionTest:
    """The figures of a deletion test. Raises TooFewPatterns."""
    by_pattern: dict[str, list[Drop]] = defaultdict(list)
    for drop in drops:
        by_pattern[drop.pattern].append(drop)
    if len(by_pattern) < 2:
        raise TooFewPatterns(
            f"The {len(drops)} statements have {len(by_pattern)} pattern and two are needed: take statements of "
            "several wordings."
        )
    chosen = np.asarray([np.mean([drop.chosen for drop in group]) for group in by_pattern.values()])
    random = np.asarray([np.mean([drop.random for drop in group]) for group in by_pattern.values()])
    errors = [drop.completeness_error for drop in drops]
    return DeletionTest(
        n_statements=len(drops),
        n_patterns=len(by_pattern),
        chosen=_interval(chosen, generator),
        random=_interval(random, generator),
        difference=_interval(chosen - random, generator),
        wins=float(np.mean([drop.chosen > drop.random for drop in drops])),
        median_completeness_error=float(np.median(errors)),
        largest_completeness_error=max(errors),
    )


def _interval(means: npt.NDArray[np.float64], generator: np.random.Generator) -> Interval:
    if np.ptp(means) == 0:  # nothing to resample
        return Interval(float(means[0]), float(means[0]), float(means[0]))
    drawn = bootstrap((means,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=generator)
    low, high = drawn.confidence_interval
    return Interval(float(means.mean()), float(low), float(high))


def _probabilities(model: LoadedModel, inputs: Sequence[Input]) -> npt.NDArray[np.floating]:
    """Calibrated class probabilities, (inputs, labels)."""
    logits = logits_of(model.network, inputs, pad_id=model.pad_id)
    return probabilities_of(logits, model.temperature, unrelated=model.unrelated)


def _in_mention(at: int, read: Input) -> bool:
    """Whether the token is one of a mention that the network has to read."""
    places = read.places
    return places is not None and (
        places.head_start <= at < places.head_end or places.tail_start <= at < places.tail_end
    )


def _without(read: Input, taken: npt.NDArray[np.intp]) -> Input:
    """The input without these tokens, none of a mention that is read; what stands behind them moves up."""
    gone = set(taken.tolist())

    def kept(of_tokens: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number for place, number in enumerate(of_tokens) if place not in gone)

    moved = read.places and Places(*(place - sum(one < place for one in gone) for place in read.places))
    return Input(kept(read.ids), moved, read.kinds and kept(read.kinds))
