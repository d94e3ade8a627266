"""Reading annotated documents from end to end before anything is written: can all of it go into the ledger?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from ledger.candidates import text_digest
from ledger.chain import statement_hash
from ledger.corpora.annotated import Source
from ledger.corpora.bad_input import printable
from ledger.corpora.counts import CorpusCounts
from ledger.corpora.documents import Document, Place
from ledger.corpora.pairs import Paired, pairs_of
from ledger.corpora.rows import LONGEST_CELL
from ledger.imports.corpora import UnsuitableCorpus, check_corpus
from ledger.imports.pair_labels import LabelsOfTypes
from ledger.imports.report import OnProgress, in_silence
from ledger.models import Corpus, Split, Statement, Task
from ledger.splits import split_of_document

NOTICE = 100  # documents between two reports of progress, and looked up in one query
CHANGED = "take the document out, or import it into another corpus with --corpus: what was imported stays as it was"
DIFFER = "take one of them out, or import the files one by one, each into a corpus of its own with --corpus"

Pair = tuple[str, str]
"""A pair's external id and the hash over its text and mentions."""


class Met(NamedTuple):
    """A document of another source of the same import: where it stands, and a hash of its pairs."""

    place: Place
    pairs: int


@dataclass(slots=True)
class Checked:
    """What the first reading found: counts, pairs by their types and by split, and which texts are in which groups."""

    counts: CorpusCounts = field(default_factory=CorpusCounts)
    types: Counter[tuple[str, ...]] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    n_not_judged: int = 0
    group_of_text: dict[bytes, str] = field(default_factory=dict)

    def split_of(self, document: str, text: str) -> str:
        return self.group_of_text.get(_short(text)) or split_of_document(document)


def check_documents(
    *,
    source: Source,
    corpus_name: str,
    task: Task,
    on_progress: OnProgress = in_silence,
    met: dict[str, Met] | None = None,
) -> Checked:
    """Read a corpus from end to end and write nothing. Raises BadFile, BadRow or UnsuitableCorpus.

    A document that the corpus holds with another text or other mentions is refused, and so is one that another source
    of the same import gives otherwise: `met` keeps those of all of them, by id.
    """
    corpus = check_corpus(corpus_name, task)
    if source.kinds and task.kinds != source.kinds:
        raise UnsuitableCorpus(
            f"its pairs are of {' and '.join(source.kinds)}, the task {task.slug} asks about {' and '.join(task.kinds)}"
            "; name another with --task"
        )
    checked = Checked()
    by_document: Counter[tuple[bytes, str]] = Counter()
    for document, paired in _unchanged(_paired(source, task), corpus, met):
        _count(checked, by_document, document, paired, is_labelled=source.labels is not None)
        if checked.counts.n_documents % NOTICE == 0:
            on_progress("checking", checked.counts.n_documents, None)
    for (text, _), n in by_document.items():
        checked.splits[checked.group_of_text[text]] += n
    _refuse_without_pairs(checked, source, task)
    return checked


def _paired(source: Source, task: Task) -> Iterator[tuple[Document, Paired]]:
    for document in source.read(LabelsOfTypes(task, source).types):
        yield document, pairs_of(document, task.kinds)


def _count(
    checked: Checked, by_document: Counter[tuple[bytes, str]], document: Document, paired: Paired, is_labelled: bool
) -> None:
    """Count a document. Texts are remembered where the corpus is labelled: 130 bytes a sentence with pairs."""
    checked.counts.add(document, paired)
    group = split_of_document(document.id)
    for pair in paired.pairs:
        if len(pair.text) > LONGEST_CELL:
            problem = f"a sentence of the document {document.id} has {len(pair.text):,} characters"
            raise document.place.bad(None, problem, f"split it, for {LONGEST_CELL:,} are allowed")
        if pair.relations:
            checked.types[tuple(dict.fromkeys(relation.type for relation in pair.relations))] += 1
        if not is_labelled:
            checked.splits[group] += 1
            continue
        checked.n_not_judged += not pair.is_judged
        text = _short(pair.text)
        by_document[text, group] += 1
        if checked.group_of_text.setdefault(text, group) != group:
            checked.group_of_text[text] = Split.BRIDGE


def _short(text: str) -> bytes:
    return text_digest(text)[:12]


def _unchanged(
    documents: Iterable[tuple[Document, Paired]], corpus: Corpus | None, met: dict[str, Met] | None
) -> Iterator[tuple[Document, Paired]]:
    """The same documents; raises BadRow at the first that is not what the corpus, or another source, has of it.

    One query a hundred documents, where the corpus is there.
    """
    documents = iter(documents)
    while some := list(islice(documents, NOTICE)):
        pairs = {document.id: _hashes(paired) for document, paired in some} if corpus or met is not None else {}
        for document, _ in some:
            if met is not None:
                _refuse_other(document, pairs[document.id], met)
        if corpus:
            _refuse_changed([document for document, _ in some], pairs, corpus)
        yield from some


def _hashes(paired: Paired) -> list[Pair]:
    return [
        (
            pair.external_id,
            statement_hash(
                pair.text,
                (pair.head_span.start, pair.head_span.end, pair.head.kind),
                (pair.tail_span.start, pair.tail_span.end, pair.tail.kind),
            ),
        )
        for pair in paired.pairs
    ]


def _refuse_other(document: Document, pairs: list[Pair], met: dict[str, Met]) -> None:
    here = Met(document.place, hash(tuple(sorted(pairs))))
    earlier = met.setdefault(document.id, here)
    if earlier.pairs != here.pairs:
        where = f"{printable(str(earlier.place.path))}, line {earlier.place.line}"
        raise document.place.bad(
            "document", f"the document {document.id} has another text or other mentions in {where}", DIFFER
        )


def _refuse_changed(documents: list[Document], pairs: dict[str, list[Pair]], corpus: Corpus) -> None:
    wanted = [external_id for of_document in pairs.values() for external_id, _ in of_document]
    known = dict(
        Statement.objects.filter(corpus=corpus, external_id__any_of=wanted).values_list("external_id", "content_hash")
    )
    for document in documents:
        for external_id, content_hash in pairs[document.id]:
            if known.get(external_id, content_hash) != content_hash:
                raise document.place.bad(
                    "document",
                    f"the corpus {corpus.name} holds the document {document.id} with another text or other mentions "
                    f"(at the pair {' and '.join(external_id.split(':')[1:])})",
                    CHANGED,
                )


def _refuse_without_pairs(checked: Checked, source: Source, task: Task) -> None:
    if checked.counts.n_related_pairs + checked.counts.n_unrelated_pairs:
        return
    kinds = Counter[str]()
    for written, n in checked.counts.mentions.items():
        kinds[written.casefold()] += n
    met = ", ".join(f"{n:,} {printable(kind)}" for kind, n in kinds.most_common()) or "none"
    raise UnsuitableCorpus(
        f"no sentence of {printable(source.name)} mentions a pair of {' and '.join(task.kinds)}, which the task "
        f"{task.slug} asks about; its mentions are: {met}. Name a task for these kinds with --task"
    )
