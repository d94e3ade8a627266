"""Every labelled statement there is, for cross-validation: the ledger's gold, or a file of annotated free text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, combinations
from pathlib import Path

from ledger.corpora.combinations import Outcome, read_combinations
from ledger.models import GoldLabel, Statement, Task
from ledger.patterns import fold, pattern_of
from modeling.evaluation.held_out import HeldOut
from modeling.records import Example, Span
from modeling.records import Statement as Read
from modeling.store.statements import as_records

LABEL_OF: dict[Outcome, str] = {"POS": "synergistic", "NEG": "antagonistic", "COMB": "undetermined"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled statements, the labels in class order, and for free text each one's relation by number.

    `need_paragraph` are the relations, by number, that the annotators read with the paragraph around the sentence.
    """

    examples: list[HeldOut]
    labels: tuple[str, ...]
    relations: tuple[int, ...] = ()
    need_paragraph: frozenset[int] = frozenset()

    def of(self, labels: Sequence[str]) -> list[str]:
        """The labels in `labels` that no statement has."""
        met = {self.labels[one.example.label_index] for one in self.examples}
        return [label for label in labels if label not in met]

    def of_documents(self, most: int, *, seed: int) -> Labelled:
        """Those of whole documents, drawn by a hash of `seed` one after another as long as they have at most `most`.

        A document that stands in two corpora is one.
        """
        sizes = Counter(one.document for one in self.examples)
        drawn = sorted(sizes, key=lambda unit: sha256(f"{seed}:{unit}".encode()).digest())
        n_so_far = accumulate(sizes[unit] for unit in drawn)
        kept = {unit for unit, n in zip(drawn, n_so_far, strict=True) if n <= most}
        return self._at([at for at, one in enumerate(self.examples) if one.document in kept])

    def that_sentence_decides(self) -> Labelled:
        """Those of the relations that the sentence alone decides, by those who annotated them."""
        return self._at([at for at, number in enumerate(self.relations) if number not in self.need_paragraph])

    def _at(self, places: Sequence[int]) -> Labelled:
        relations = tuple(self.relations[at] for at in places) if self.relations else ()
        needed = self.need_paragraph.intersection(relations)
        return Labelled([self.examples[at] for at in places], self.labels, relations, needed)


def gold_of(task: Task, *, corpora: Sequence[str], labels: Sequence[str]) -> Labelled:
    """The current gold labels with one of these labels, by statement id (two queries)."""
    gold = GoldLabel.objects.current().filter(task=task, label__slug__in=labels)
    if corpora:
        gold = gold.filter(statement__corpus__name__in=corpora)
    facts = {
        statement: (slug, further or (), source, corpus, document, tuple(drug for drug in drugs if drug))
        for statement, slug, further, source, corpus, document, *drugs in gold.values_list(
            "statement_id", "label__slug", "further", "source", "statement__corpus__name", "statement__document",
            "statement__head_drug_id", "statement__tail_drug_id",
        )
    }  # fmt: skip
    number = {slug: index for index, slug in enumerate(labels)}
    examples = []
    for statement in as_records(Statement.objects.filter(id__in=gold.values("statement_id")).order_by("id")):
        slug, others, source, corpus, document, drugs = facts[statement.id]
        further = tuple(number[other] for other in others if other in number)
        examples.append(
            HeldOut(
                example=Example(statement, number[slug], further=further),
                drugs=drugs,
                atc_groups=((),) * len(drugs),
                document=document,
                corpus=corpus,
                gold_source=source,
                is_known_pattern=False,
                further=further,
            )
        )
    return Labelled(examples, tuple(labels))


def free_text(path: Path, *, labels: Sequence[str]) -> Labelled:
    """The pairs of the relations in an annotated file (see `read_combinations`), in its order, with these labels.

    Every relation gives all its pairs of different drugs whose mentions do not overlap; POS, NEG and COMB are
    synergistic, antagonistic and undetermined. Raises what the reader raises.
    """
    examples: list[HeldOut] = []
    relations: list[int] = []
    need_paragraph: set[int] = set()
    number = 0
    for sentence in read_combinations(path):
        for relation in sentence.combinations:
            number += 1
            slug = LABEL_OF[relation.outcome]
            for first, second in combinations(relation.members, 2):
                head, tail = sentence.spans[first], sentence.spans[second]
                names = {fold(sentence.text[span.start : span.end]) for span in (head, tail)}
                if slug not in labels or head.overlaps(tail) or len(names) < 2:
                    continue
                statement = Read(
                    id=len(examples) + 1,
                    text=sentence.text,
                    pattern=pattern_of(sentence.text, head, tail),
                    head=Span(head.start, head.end),
                    tail=Span(tail.start, tail.end),
                )
                example = Example(statement, list(labels).index(slug))
                examples.append(HeldOut(example, (), (), sentence.document, path.name, "file", is_known_pattern=False))
                relations.append(number)
                if relation.context_needed:
                    need_paragraph.add(number)
    return Labelled(examples, tuple(labels), tuple(relations), frozenset(need_paragraph))
