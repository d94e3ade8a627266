"""Which of a fold's statements decide when to stop instead of teaching: whole wordings, documents or drugs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from modeling.cross_validation.folds import Scheme, commonest_label, draw, units_of
from modeling.evaluation.held_out import HeldOut

SHARE = 0.1
"""Share of the wordings or documents of each label that validate, one at least."""

STAY = 2
"""Wordings or documents of a label that go on teaching; where there are no more of it, none validates."""

SHARE_OF_DRUGS = 0.2
"""Share of the drugs that validate. A statement validates where both its drugs do, so one in twenty-five does."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Positions of the examples that teach, and of those that stop the training and set its temperature.

    `between` counts those that do neither, as they share a drug or their sentence with both. `shares` says that too few
    units were there to spare one, so that the two sides share wordings, documents or drugs. `missing` are the labels
    that teach and do not validate.
    """

    teach: tuple[int, ...]
    stop: tuple[int, ...]
    between: int
    shares: bool
    missing: tuple[int, ...]


def validating(examples: Sequence[HeldOut], teach: Sequence[int], scheme: Scheme, *, seed: Hashable) -> Taught:
    """Part what a fold teaches: about a tenth of the units of each label, drawn by a hash of `seed`, validates.

    By "drug" the drugs are drawn, a fifth of them; by "drug-and-pattern" the wordings alone, as of both at once hardly
    a statement would be left. Where no unit can be spared, a tenth of the sentences is drawn instead.
    """
    kept, stop = (
        _by_drug(examples, teach, seed) if scheme == "drug" else _by_unit(examples, teach, _units(scheme), seed)
    )
    labels = _labels(examples, teach)
    shares = not stop or _labels(examples, kept) != labels
    if shares:
        tenth = {at for at in teach if draw(seed, examples[at].example.statement.text)[0] < 256 * SHARE}
        kept, stop = [at for at in teach if at not in tenth], sorted(tenth)
    return Taught(
        teach=tuple(kept),
        stop=tuple(stop),
        between=len(teach) - len(kept) - len(stop),
        shares=shares,
        missing=tuple(sorted(labels - _labels(examples, stop))),
    )


def _units(scheme: Scheme) -> Scheme:
    return "document" if scheme == "document" else "pattern"


def _by_unit(
    examples: Sequence[HeldOut], teach: Sequence[int], scheme: Scheme, seed: Hashable
) -> tuple[list[int], list[int]]:
    units = units_of(examples, teach, scheme)
    labels_of = {unit: _labels(examples, positions) for unit, positions in units.items()}
    taught = Counter(label for labels in labels_of.values() for label in labels)
    by_label: defaultdict[int, list[str]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: draw(seed, unit)):
        by_label[commonest_label(examples, units[unit])].append(unit)
    stop: set[int] = set()
    for of_label in by_label.values():
        wanted = max(1, round(len(of_label) * SHARE))
        for unit in of_label:
            if wanted and all(taught[label] > STAY for label in labels_of[unit]):
                taught.subtract(labels_of[unit])
                stop.update(units[unit])
                wanted -= 1
    return _without_repeats(examples, [at for at in teach if at not in stop], stop)


def _by_drug(examples: Sequence[HeldOut], teach: Sequence[int], seed: Hashable) -> tuple[list[int], list[int]]:
    drugs = sorted({drug for at in teach for drug in examples[at].drugs}, key=lambda drug: draw(seed, drug))
    chosen = set(drugs[: round(len(drugs) * SHARE_OF_DRUGS)])
    stop = {at for at in teach if chosen.issuperset(examples[at].drugs)}
    return _without_repeats(examples, [at for at in teach if chosen.isdisjoint(examples[at].drugs)], stop)


def _without_repeats(examples: Sequence[HeldOut], kept: list[int], stop: set[int]) -> tuple[list[int], list[int]]:
    """Both sides, without what would validate a sentence that is taught."""
    texts = {examples[at].example.statement.text for at in kept}
    return kept, [at for at in sorted(stop) if examples[at].example.statement.text not in texts]


def _labels(examples: Sequence[HeldOut], positions: Sequence[int]) -> set[int]:
    return {examples[at].example.label_index for at in positions}
