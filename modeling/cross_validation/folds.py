"""Which statements teach and which test: never the same wording, document, drug or sentence on both sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Literal

from modeling.evaluation.held_out import HeldOut

Scheme = Literal["pattern", "document", "drug", "drug-and-pattern"]

UNIT_OF: Mapping[str, Callable[[HeldOut], str]] = MappingProxyType(
    {"pattern": lambda one: one.example.statement.pattern, "document": lambda one: one.document}
)
"""What is dealt out whole: a wording, or a document in whichever corpora it stands. Statements without a document are
one unit together, since nobody knows which of them come from one."""


class TooFewToFold(ValueError):
    """There are fewer wordings, documents or drugs than folds."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Positions of the examples that teach and of those that test.

    `repeated` counts those that do neither because their very sentence is tested; `between` those that share a drug or
    a wording with both sides, or whose drugs are not both known where drugs are dealt out.
    """

    teach: tuple[int, ...]
    test: tuple[int, ...]
    repeated: int = 0
    between: int = 0


def folds_of(examples: Sequence[HeldOut], scheme: Scheme, *, n: int, seed: int) -> list[Fold]:
    """`n` folds, decided by a hash of `seed` and the unit; folds without a test example are left out.

    By "pattern" or "document" each unit is tested once; units are dealt out label by label, so that folds are alike.
    By "drug" the drugs are dealt out: a statement is tested where both its drugs fall into the fold and teaches where
    neither does, so most pairs are never tested. By "drug-and-pattern" each fold of wordings meets each fold of drugs,
    so there are up to `n` times `n`: what "drug" tests is tested, on a fold that met neither its drugs nor its wording.
    A sentence that is tested never teaches, whatever the scheme. Raises TooFewToFold.
    """
    if scheme == "drug":
        parted = _by_drug(examples, n=n, seed=seed)
    elif scheme == "drug-and-pattern":
        parted = [
            (words[0] & drugs[0], words[1] & drugs[1])
            for words in _by_unit(examples, "pattern", n=n, seed=seed)
            for drugs in _by_drug(examples, n=n, seed=seed)
        ]
    else:
        parted = _by_unit(examples, scheme, n=n, seed=seed)
    return [_fold(examples, teach, test) for teach, test in parted if test]


def _by_unit(examples: Sequence[HeldOut], scheme: Scheme, *, n: int, seed: int) -> list[tuple[set[int], set[int]]]:
    units = units_of(examples, range(len(examples)), scheme)
    _need(len(units), n, scheme)
    ordered = sorted(units, key=lambda unit: (commonest_label(examples, units[unit]), draw(seed, unit)))
    fold_of = {unit: number % n for number, unit in enumerate(ordered)}
    tested = [{at for unit, ats in units.items() if fold_of[unit] == fold for at in ats} for fold in range(n)]
    return [(set(range(len(examples))) - test, test) for test in tested]


def _by_drug(examples: Sequence[HeldOut], *, n: int, seed: int) -> list[tuple[set[int], set[int]]]:
    drugs = {drug for one in examples for drug in one.drugs}
    _need(len(drugs), n, "drug")
    fold_of = {drug: drawn(seed, drug, n) for drug in drugs}
    met = [{fold_of[drug] for drug in one.drugs} if len(one.drugs) == 2 else set(range(n)) for one in examples]
    return [
        (
            {at for at, groups in enumerate(met) if fold not in groups},
            {at for at, groups in enumerate(met) if groups == {fold}},
        )
        for fold in range(n)
    ]


def _fold(examples: Sequence[HeldOut], teach: set[int], test: set[int]) -> Fold:
    texts = {examples[at].example.statement.text for at in test}
    kept = [at for at in sorted(teach) if examples[at].example.statement.text not in texts]
    return Fold(
        teach=tuple(kept),
        test=tuple(sorted(test)),
        repeated=len(teach) - len(kept),
        between=len(examples) - len(teach) - len(test),
    )


def units_of(examples: Sequence[HeldOut], positions: Iterable[int], scheme: Scheme) -> dict[str, list[int]]:
    """The positions of each wording or document."""
    units: defaultdict[str, list[int]] = defaultdict(list)
    for at in positions:
        units[UNIT_OF[scheme](examples[at])].append(at)
    return dict(units)


def commonest_label(examples: Sequence[HeldOut], positions: Sequence[int]) -> int:
    """The label that most of these have; of equally common ones the first."""
    counts = Counter(examples[position].example.label_index for position in positions)
    return min(counts, key=lambda label: (-counts[label], label))


def _need(n_units: int, n: int, scheme: Scheme) -> None:
    if not 2 <= n <= n_units:
        raise TooFewToFold(
            f"{n_units} {scheme}s cannot make {n} folds: label more, or ask for 2 to {max(2, n_units)} folds."
        )


def drawn(seed: int, unit: object, n: int) -> int:
    """The fold, 0 to n - 1, that a hash of `seed` and the unit gives it."""
    return int.from_bytes(draw(seed, unit)[:8], "big") % n


def draw(seed: Hashable, unit: object) -> bytes:
    """What puts units in an order that only `seed` decides."""
    return sha256(f"{seed}:{unit}".encode()).digest()
