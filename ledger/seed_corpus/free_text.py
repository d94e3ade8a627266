"""Labelled sentences of free text become statements of a corpus of their own: one for each pair of drugs combined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from ledger.candidates import pair_of
from ledger.corpora.bad_input import BadRow, OnBad, shown
from ledger.corpora.combinations import CombinationSentence, Outcome, read_combinations
from ledger.imports.names import DrugNames, KnownDrug
from ledger.models import Statement, Task
from ledger.patterns import Span, fold, pattern_of
from ledger.record.statements import Mention, StatementDraft
from ledger.seed_corpus.finder import DrugFinder
from ledger.seed_corpus.labelled import Labelled
from ledger.seed_corpus.pairs import SAME_DRUG, SourceTally, source_name
from ledger.splits import split_of_document

LABEL_OF: dict[Outcome, str] = {"POS": "synergistic", "NEG": "antagonistic", "COMB": "undetermined"}

CONTEXT_NEEDED = "the sentence alone does not decide"
RELATIONS_DISAGREE = "two relations of the sentence disagree about the pair"
OVERLAPPING = "the two mentions overlap"


class FreeText:
    """Reads labelled free text into statements of the corpus `corpus_name`; `sentence_decides` leaves out relations
    whose sentence does not decide them without its paragraph. One query: what the corpus holds already."""

    def __init__(
        self, *, corpus_name: str, task: Task, drugs: DrugNames, finder: DrugFinder, sentence_decides: bool
    ) -> None:
        self._corpus_name = corpus_name
        self._task = task
        self._drugs = drugs
        self._finder = finder
        self._sentence_decides = sentence_decides
        held = Statement.objects.filter(corpus__name=corpus_name).values_list("external_id", "content_hash")
        self._known = dict(held.iterator(2_000))

    def read(self, path: Path, on_bad: OnBad) -> tuple[list[Labelled], SourceTally]:
        """The file's pairs as labelled statements; `n_rows` of the tally counts relations, `labels` by their class."""
        tally = SourceTally(source_name([path]), "free text")
        found: list[Labelled] = []
        for sentence in read_combinations(path, on_bad):
            try:
                found += list(self._statements(sentence, tally))
            except BadRow as bad:
                on_bad(bad)
        return found, tally

    def _statements(self, sentence: CombinationSentence, tally: SourceTally) -> Iterator[Labelled]:
        said: dict[tuple[int, int], list[tuple[Outcome, str]]] = defaultdict(list)
        for relation in sentence.combinations:
            tally.n_rows += 1
            tally.labels[relation.outcome] += 1
            if relation.context_needed and self._sentence_decides:
                tally.rows_dropped[CONTEXT_NEEDED] += 1
                continue
            evidence = f"{relation.outcome} of {len(relation.members)} drugs"
            if relation.context_needed:
                evidence += ", read with its paragraph"
            for pair in combinations(relation.members, 2):
                said[pair].append((relation.outcome, evidence))
        tally.n_pairs += len(said)
        for (first, second), outcomes in sorted(said.items()):
            if len({outcome for outcome, _ in outcomes}) > 1:
                tally.pairs_dropped[RELATIONS_DISAGREE] += 1
                continue
            draft = self._draft(sentence, first, second, tally)
            if draft is None:
                continue
            yield Labelled(
                corpus=self._corpus_name,
                external_id=draft.external_id,
                text=draft.text,
                pattern=draft.pattern,
                view=split_of_document(sentence.document),
                document=sentence.document,
                pair=pair_of(draft.head.drug_id, draft.tail.drug_id),
                label=LABEL_OF[outcomes[0][0]],
                source=tally.source,
                evidence=outcomes[0][1],
                draft=draft,
            )

    def _draft(
        self, sentence: CombinationSentence, first: int, second: int, tally: SourceTally
    ) -> StatementDraft | None:
        """The statement about two spans, the left one its head; what makes it none is counted.

        Raises BadRow where the sentence is known with another text.
        """
        text, head, tail = sentence.text, sentence.spans[first], sentence.spans[second]
        if head.overlaps(tail):
            tally.pairs_dropped[OVERLAPPING] += 1
            return None
        head_drug, tail_drug = self._drug(text, head), self._drug(text, tail)
        same_drug = head_drug is not None and tail_drug is not None and head_drug.pk == tail_drug.pk
        if same_drug or fold(text[head.start : head.end]) == fold(text[tail.start : tail.end]):
            tally.pairs_dropped[SAME_DRUG] += 1
            return None
        draft = StatementDraft(
            external_id=f"{sentence.sentence_id}:{head.start}-{head.end}:{tail.start}-{tail.end}",
            text=text,
            head=Mention(head, self._task.head_kind, head_drug.pk if head_drug else None),
            tail=Mention(tail, self._task.tail_kind, tail_drug.pk if tail_drug else None),
            pattern=pattern_of(text, head, tail),
            split=split_of_document(sentence.document),
            document=sentence.document,
        )
        if self._known.setdefault(draft.external_id, draft.content_hash) != draft.content_hash:
            raise BadRow(
                sentence.path,
                sentence.line,
                "sentence",
                f"{shown(sentence.sentence_id)} was read with another text before, above or into the corpus "
                f"{self._corpus_name}",
                "leave it out, or name another corpus with --free-text-corpus",
            )
        return draft

    def _drug(self, text: str, span: Span) -> KnownDrug | None:
        found = self._finder.find_called(text[span.start : span.end])
        return self._drugs.with_id(found) if found else None
