"""What an annotated corpus holds and what becomes of it, in numbers: the first table of the paper, and the losses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ledger.corpora.documents import Document
from ledger.corpora.pairs import Paired


@dataclass(slots=True)
class CorpusCounts:
    """Counts over documents, as they are added; relations are rows of the corpus, repeated ones included."""

    n_documents: int = 0
    n_sentences: int = 0
    mentions: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    n_repeated_rows: int = 0
    n_pairs_of_several_types: int = 0
    split_apart: Counter[str] = field(default_factory=Counter)
    n_overlapping: int = 0
    overlapping_relations: Counter[str] = field(default_factory=Counter)
    n_related_pairs: int = 0
    n_unrelated_pairs: int = 0
    n_mended: int = 0

    def add(self, document: Document, paired: Paired) -> None:
        """Count one document and its pairs."""
        self.n_documents += 1
        self.n_sentences += paired.n_sentences
        self.mentions.update(mention.written_kind for mention in document.mentions)
        self.relations.update(relation.type for relation in document.relations)
        rows = {(relation.type, frozenset((relation.head, relation.tail))) for relation in document.relations}
        self.n_repeated_rows += len(document.relations) - len(rows)
        types_of = Counter(pair for _, pair in rows)
        self.n_pairs_of_several_types += sum(n > 1 for n in types_of.values())
        self.split_apart.update(relation.type for relation in paired.split_apart)
        self.n_overlapping += len(paired.overlapping)
        self.overlapping_relations.update(one.type for relations in paired.overlapping for one in relations)
        n_related = sum(bool(pair.relations) for pair in paired.pairs)
        self.n_related_pairs += n_related
        self.n_unrelated_pairs += len(paired.pairs) - n_related
        self.n_mended += document.n_mended

    @property
    def n_relations(self) -> int:
        return self.relations.total()

    @property
    def share_lost(self) -> float:
        """Share of relation rows whose mentions the splitter put into two sentences, 0 to 1."""
        return self.split_apart.total() / self.n_relations if self.n_relations else 0.0

    def facts(self) -> list[str]:
        """One line per fact."""
        lines = [
            f"{self.n_documents:,} documents of {self.n_sentences:,} sentences",
            f"entities: {_listed(self.mentions)}",
            f"{self.n_relations:,} relation rows{_after_colon(self.relations)}",
            f"{self.n_repeated_rows:,} rows repeat another, {self.n_pairs_of_several_types:,} pairs have several types",
            f"{self.split_apart.total():,} relations lost between two sentences "
            f"({self.share_lost:.2%}){_after_colon(self.split_apart)}",
            f"{self.n_overlapping:,} pairs left out because one mention holds the other, "
            f"{self.overlapping_relations.total():,} relations among them{_after_colon(self.overlapping_relations)}",
            f"{self.n_related_pairs + self.n_unrelated_pairs:,} pairs in one sentence, "
            f"{self.n_related_pairs:,} of them related",
        ]
        if self.n_mended:
            lines.append(f"{self.n_mended:,} mentions were a character off and are set right")
        return lines

    def as_dict(self) -> dict[str, Any]:
        return {
            "documents": self.n_documents,
            "sentences": self.n_sentences,
            "entities": dict(self.mentions.most_common()),
            "relation_rows": self.n_relations,
            "relations": dict(self.relations.most_common()),
            "repeated_rows": self.n_repeated_rows,
            "pairs_of_several_types": self.n_pairs_of_several_types,
            "split_apart": dict(self.split_apart.most_common()),
            "share_lost": self.share_lost,
            "overlapping_pairs": self.n_overlapping,
            "overlapping_relations": dict(self.overlapping_relations.most_common()),
            "related_pairs": self.n_related_pairs,
            "unrelated_pairs": self.n_unrelated_pairs,
            "mended_mentions": self.n_mended,
        }


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n:,} {what}" for what, n in counts.most_common()) or "none"


def _after_colon(counts: Counter[str]) -> str:
    return f": {_listed(counts)}" if counts else ""
