"""Precision, recall and F1 over the relations of documents, as DrugProt's official scorer counts them.

A relation is a document, a type and a pair of a chemical and a gene, in whichever order it is written. It counts once
however often it stands there; a pair may have several types. Left out on both sides are types outside the set and
pairs that are not a chemical and a gene of the document; left out of the predictions are documents that are not
scored. What is left of the gold counts even for a document outside that list, as it does there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
LEVEL = 0.95
SEED = 2021

Intervals = dict[str, list[float] | None]
"""Lower and upper bound of precision, recall and F1; None where there is nothing to draw from."""


@dataclass(frozen=True, slots=True)
class Related:
    """One relation: the document, its type, and the ids of both mentions."""

    document: str
    type: str
    head: str
    tail: str


@dataclass(frozen=True, slots=True)
class Entities:
    """A document's mentions by id: those that may be a head, and those that may be a tail."""

    heads: frozenset[str]
    tails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many relations there are, were predicted, and are both."""

    n_gold: int
    n_predicted: int
    n_right: int

    @property
    def precision(self) -> float:
        """Share of the predicted that are right; 0 where none is predicted."""
        return self.n_right / self.n_predicted if self.n_predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that is found; 0 where there is none."""
        return self.n_right / self.n_gold if self.n_gold else 0.0

    @property
    def f1(self) -> float:
        either = self.n_gold + self.n_predicted
        return 2 * self.n_right / either if either else 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "gold": self.n_gold,
            "predicted": self.n_predicted,
            "right": self.n_right,
        }


@dataclass(frozen=True, slots=True)
class RelationScores:
    """The micro average over all types, each type that the gold has, and the relations each document was scored by.

    `by_document_and_type` has only the types a document has or was said to have. `left_out` counts rows that are not
    scored, by reason; `repeated` rows are among them.
    """

    micro: Tally
    by_type: dict[str, Tally]
    by_document: dict[str, Tally]
    by_document_and_type: dict[tuple[str, str], Tally]
    not_in_gold: tuple[str, ...]
    not_predicted: tuple[str, ...]
    left_out: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return {
            "micro": self.micro.as_dict(),
            "by_type": {type_: tally.as_dict() for type_, tally in self.by_type.items()},
            "types_not_in_gold": list(self.not_in_gold),
            "types_not_predicted": list(self.not_predicted),
            "left_out": self.left_out,
        }


def score_relations(
    gold: Iterable[Related],
    predicted: Iterable[Related],
    *,
    types: Sequence[str],
    entities: Mapping[str, Entities],
    documents: Collection[str] | None = None,
) -> RelationScores:
    """Score predictions; `documents` are those that are scored, all that have entities where it is None."""
    left_out: Counter[str] = Counter()
    scored = entities.keys() if documents is None else documents
    wanted = _valid(gold, "gold", types, entities, entities.keys(), left_out)
    said = _valid(predicted, "predicted", types, entities, set(scored), left_out)
    both = wanted & said
    by_type = {
        type_: Tally(*(sum(one.type == type_ for one in found) for found in (wanted, said, both))) for type_ in types
    }
    per_document = [Counter(one.document for one in found) for found in (wanted, said, both)]
    apart = [Counter((one.document, one.type) for one in found) for found in (wanted, said, both)]
    return RelationScores(
        micro=Tally(len(wanted), len(said), len(both)),
        by_type={type_: tally for type_, tally in by_type.items() if tally.n_gold},
        by_document={
            document: Tally(*(counts[document] for counts in per_document))
            for document in sorted({*scored, *per_document[0]})
        },
        by_document_and_type={key: Tally(*(counts[key] for counts in apart)) for key in sorted({*apart[0], *apart[1]})},
        not_in_gold=tuple(type_ for type_, tally in by_type.items() if not tally.n_gold),
        not_predicted=tuple(type_ for type_, tally in by_type.items() if not tally.n_predicted),
        left_out=dict(left_out),
    )


def micro_intervals(scores: RelationScores, *, n: int = RESAMPLES, seed: int = SEED) -> Intervals:
    """The middle 95 % of micro precision, recall and F1 over documents drawn with replacement; None for fewer than two.

    The documents are the independent units: what one abstract says of its pairs hangs together.
    """
    return _intervals(_counts(scores, None), _drawn(len(scores.by_document), n=n, seed=seed))


def type_intervals(scores: RelationScores, *, n: int = RESAMPLES, seed: int = SEED) -> dict[str, Intervals]:
    """The same of each type that the gold has, over the same draws."""
    drawn = _drawn(len(scores.by_document), n=n, seed=seed)
    return {type_: _intervals(_counts(scores, type_), drawn) for type_ in scores.by_type}


def f1_differences(
    this: RelationScores, other: RelationScores, *, n: int = RESAMPLES, seed: int = SEED
) -> dict[str | None, list[float] | None]:
    """The middle 95 % of this F1 minus the other's over the same draws of the same documents; None is the micro one."""
    drawn = _drawn(len(this.by_document), n=n, seed=seed)
    found: dict[str | None, list[float] | None] = {}
    for type_ in (None, *this.by_type):
        mine, theirs = (_shares(drawn @ _counts(scores, type_))["f1"] for scores in (this, other))
        found[type_] = _middle(mine - theirs) if len(this.by_document) > 1 else None
    return found


def _counts(scores: RelationScores, type_: str | None) -> NDArray[np.float64]:
    """(documents, 3) how many relations are gold, predicted and both: of one type, or of all of them."""
    nothing = Tally(0, 0, 0)
    tallies = [
        tally if type_ is None else scores.by_document_and_type.get((document, type_), nothing)
        for document, tally in scores.by_document.items()
    ]
    return np.asarray([(one.n_gold, one.n_predicted, one.n_right) for one in tallies], dtype=np.float64).reshape(-1, 3)


def _intervals(counts: NDArray[np.float64], drawn: NDArray[np.int64]) -> Intervals:
    if len(counts) < 2:
        return {"precision": None, "recall": None, "f1": None}
    return {name: _middle(values) for name, values in _shares(drawn @ counts).items()}


def _drawn(n_documents: int, *, n: int, seed: int) -> NDArray[np.int64]:
    """(resamples, documents) how often each document was drawn."""
    shares = np.full(n_documents, 1 / max(1, n_documents))
    return np.random.default_rng(seed).multinomial(n_documents, shares, size=n)


def _shares(sums: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Precision, recall and F1 of (resamples, 3) sums, NaN where nothing stands below the line."""
    gold, predicted, right = sums.T
    return {
        "precision": _share(right, predicted),
        "recall": _share(right, gold),
        "f1": _share(2 * right, gold + predicted),
    }


def _valid(
    relations: Iterable[Related],
    side: str,
    types: Collection[str],
    entities: Mapping[str, Entities],
    documents: Collection[str],
    left_out: Counter[str],
) -> set[Related]:
    """The relations that count, each once and with its head first; the others are counted by reason."""
    found: set[Related] = set()
    for one in relations:
        of_document = entities.get(one.document)
        if one.document not in documents:
            reason = "of a document that is not scored"
        elif one.type not in types:
            reason = "of a type outside the set"
        elif of_document and one.head in of_document.heads and one.tail in of_document.tails:
            reason = _keep(one, found)
        elif of_document and one.tail in of_document.heads and one.head in of_document.tails:
            reason = _keep(Related(one.document, one.type, one.tail, one.head), found)
        else:
            reason = "not of a head and a tail of the document"
        if reason:
            left_out[f"{side}, {reason}"] += 1
    return found


def _keep(one: Related, found: set[Related]) -> str:
    if one in found:
        return "repeated"
    found.add(one)
    return ""


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _middle(values: NDArray[np.float64]) -> list[float] | None:
    """None where no draw has a value; draws without one, such as those without a gold relation, are left out."""
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    tail = 50 * (1 - LEVEL)
    return [float(bound) for bound in np.percentile(values, [tail, 100 - tail])]
