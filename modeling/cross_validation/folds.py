"""Which statements teach and which test: never the same wording, document or drug on both sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from modeling.evaluation.held_out import HeldOut

Scheme = Literal["pattern", "document", "drug"]


class TooFewToFold(ValueError):
    """There are fewer wordings, documents or drugs than folds."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Positions of the examples that teach and of those that test."""

    teach: tuple[int, ...]
    test: tuple[int, ...]


def folds_of(examples: Sequence[HeldOut], scheme: Scheme, *, n: int, seed: int) -> list[Fold]:
    """`n` folds, decided by a hash of `seed` and the unit; folds without a test example are left out.

    By "pattern" or "document" each unit is tested once; units are dealt out label by label, so that folds are alike.
    By "drug" the drugs are dealt out: a statement is tested where both its drugs fall into the fold and teaches where
    neither does, so most pairs are never tested. Raises TooFewToFold.
    """
    if scheme == "drug":
        return _by_drug(examples, n=n, seed=seed)
    unit_of: dict[Scheme, Callable[[HeldOut], Hashable]] = {
        "pattern": lambda one: one.example.statement.pattern,
        "document": lambda one: (one.corpus, one.document),
    }
    units: defaultdict[Hashable, list[int]] = defaultdict(list)
    for position, one in enumerate(examples):
        units[unit_of[scheme](one)].append(position)
    _need(len(units), n, scheme)

    def commonest_label(positions: list[int]) -> int:
        counts = Counter(examples[position].example.label_index for position in positions)
        return min(counts, key=lambda label: (-counts[label], label))

    ordered = sorted(units, key=lambda unit: (commonest_label(units[unit]), _draw(seed, unit)))
    fold_of = {unit: number % n for number, unit in enumerate(ordered)}
    return [
        Fold(
            teach=tuple(sorted(at for unit, ats in units.items() if fold_of[unit] != fold for at in ats)),
            test=tuple(sorted(at for unit, ats in units.items() if fold_of[unit] == fold for at in ats)),
        )
        for fold in range(n)
    ]


def _by_drug(examples: Sequence[HeldOut], *, n: int, seed: int) -> list[Fold]:
    drugs = {drug for one in examples for drug in one.drugs}
    _need(len(drugs), n, "drug")
    fold_of = {drug: drawn(seed, drug, n) for drug in drugs}
    met = [{fold_of[drug] for drug in one.drugs} if len(one.drugs) == 2 else set(range(n)) for one in examples]
    folds = [
        Fold(
            teach=tuple(at for at, groups in enumerate(met) if fold not in groups),
            test=tuple(at for at, groups in enumerate(met) if groups == {fold}),
        )
        for fold in range(n)
    ]
    return [fold for fold in folds if fold.test]


def validating(examples: Sequence[HeldOut], teach: Sequence[int], *, seed: int) -> tuple[list[int], list[int]]:
    """The positions that teach, and the tenth of them that decides when to stop instead, drawn by hash of the text."""
    tenth = {at for at in teach if _draw(seed, examples[at].example.statement.text)[0] < 26}
    return [at for at in teach if at not in tenth], sorted(tenth)


def _need(n_units: int, n: int, scheme: Scheme) -> None:
    if not 2 <= n <= n_units:
        raise TooFewToFold(
            f"{n_units} {scheme}s cannot make {n} folds: label more, or ask for 2 to {max(2, n_units)} folds."
        )


def drawn(seed: int, unit: object, n: int) -> int:
    """The fold, 0 to n - 1, that a hash of `seed` and the unit gives it."""
    return int.from_bytes(_draw(seed, unit)[:8], "big") % n


def _draw(seed: int, unit: object) -> bytes:
    return sha256(f"{seed}:{unit}".encode()).digest()
