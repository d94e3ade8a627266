"""Which label of a task a corpus's relation types mean, and the gold that a pair's rows make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from ledger.corpora.annotated import Source
from ledger.corpora.bad_input import printable
from ledger.corpora.pairs import Pair
from ledger.imports.corpora import UnsuitableCorpus
from ledger.labels import KEYS
from ledger.models import Task
from ledger.record.tasks import add_label

LONGEST_ORIGIN = 300


@dataclass(frozen=True, slots=True)
class PairGold:
    """A pair's label, those the corpus gives it besides, and the rows they come from."""

    label_id: int
    further: tuple[str, ...]
    origin: str


class LabelsOfTypes:
    """A task's labels by the relation type they stand for: the label's slug, whatever its case."""

    def __init__(self, task: Task, source: Source) -> None:
        self._task = task
        self._source = source
        self._read()

    def _read(self) -> None:
        labels = list(self._task.labels.order_by("position"))
        self._by_slug = {label.slug: label.pk for label in labels}
        self._negative = next((label.slug for label in labels if label.negative), None)

    @property
    def types(self) -> list[str]:
        """The relation types the task has labels for, as a corpus writes them."""
        return [slug.upper() for slug in self._by_slug if slug != self._negative]

    def slug_of(self, type_: str) -> str | None:
        """The label for a relation type; None where the task has none."""
        slug = self._negative if type_ in self._source.denials else type_.casefold()
        return slug if slug in self._by_slug else None

    def gold_of(self, pair: Pair) -> PairGold | None:
        """The gold the corpus gives a pair: the first of its types that the task has a label for, or that none holds.

        None where the corpus says nothing of it, and where it relates the pair only in ways the task has no label for.
        """
        if self._source.labels is None or not pair.is_judged:
            return None
        name = printable(self._source.labels.name)
        if not pair.relations:
            slugs, origin = [self._negative] if self._negative else [], f"{name}, no row"
        else:
            found = [(slug, relation) for relation in pair.relations if (slug := self.slug_of(relation.type))]
            slugs = list(dict.fromkeys(slug for slug, _ in found))
            places = [relation.place for _, relation in found]
            files = dict.fromkeys(printable(place.path.name) for place in places)
            origin = f"{', '.join(files)}, line {' and '.join(str(place.line) for place in places)}"
        if not slugs:
            return None
        return PairGold(self._by_slug[slugs[0]], tuple(slugs[1:]), origin[:LONGEST_ORIGIN])

    def without(self, types: Counter[tuple[str, ...]]) -> Counter[str]:
        """How many related pairs get no label, by type; `types` counts pairs by all their types."""
        found: Counter[str] = Counter()
        if self._source.labels:
            for of_pair, n in types.items():
                if not any(self.slug_of(type_) for type_ in of_pair):
                    found[", ".join(of_pair)] += n
        return found

    @transaction.atomic
    def add_missing(self, types: Iterable[str]) -> tuple[str, ...]:
        """Give the task a label that models learn for each type it lacks; returns them. Raises UnsuitableCorpus."""
        made = []
        for type_ in sorted(set(types) - self._source.denials):
            if self.slug_of(type_):
                continue
            taken = set(self._task.labels.values_list("key", flat=True))
            key = next((one for one in KEYS if one not in taken), None)
            if key is None:
                raise UnsuitableCorpus(f"no key is left for the label {type_.casefold()}; take a label away first")
            title = type_.replace("_", " or ").replace("-", " ").capitalize()
            add_label(
                task=self._task,
                slug=type_.casefold(),
                trainable=True,
                title=title,
                meaning=f"As {printable(self._source.name)} uses {type_}.",
                key=key,
            )
            made.append(type_.casefold())
        self._read()
        return tuple(made)
