"""Labels meet the statements of a corpus: a pair's label every sentence about it, a sentence's label that sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ledger.candidates import pair_of
from ledger.corpora.bad_input import BadRow, OnBad
from ledger.corpora.label_csv import read_labels
from ledger.imports.drafts import statement_of
from ledger.imports.names import DrugNames
from ledger.models import Corpus, Statement, Task
from ledger.seed_corpus.labelled import Labelled, view_of
from ledger.seed_corpus.pairs import Pair, PairLabel, SourceTally, source_name

LOOK_UP = 500  # statements looked up in one query
FIELDS = (
    "id", "external_id", "text", "pattern__text", "split", "document", "head_drug_id", "tail_drug_id",
    "head_drug__drugbank_id", "tail_drug__drugbank_id",
)  # fmt: skip

NOT_HELD = "the corpus does not hold the sentence"
FILES_DISAGREE = "two files disagree about the sentence"
NO_STATEMENT = "no statement about the pair in the corpus"
SENTENCE_FIRST = "the sentence has a label of its own"


def sentence_labels(
    paths: Sequence[Path], corpus: Corpus, task: Task, drugs: DrugNames, on_bad: OnBad
) -> tuple[dict[int, PairLabel], list[SourceTally]]:
    """What label files say of the corpus's statements, by statement id; what they disagree about is left out."""
    allowed = list(task.labels.order_by("position").values_list("slug", flat=True))
    found: dict[int, PairLabel] = {}
    disputed: set[int] = set()
    tallies = []
    for path in paths:
        tally = SourceTally(source_name([path]), "labelled sentences")
        for statement_id, label in _read(path, corpus, task, allowed, drugs, on_bad, tally):
            earlier = found.setdefault(statement_id, PairLabel(label, tally.source, "labelled sentence"))
            if earlier.label != label:
                disputed.add(statement_id)
                tally.rows_dropped[FILES_DISAGREE] += 1
            else:
                tally.labels[label] += 1
        tallies.append(tally)
    return {key: label for key, label in found.items() if key not in disputed}, tallies


def attach(
    corpus: Corpus, by_pair: dict[Pair, PairLabel], by_statement: dict[int, PairLabel], dropped: Counter[str]
) -> Iterator[Labelled]:
    """The corpus's statements that have a label; pairs without a statement are counted in `dropped` at the end.

    Reads every statement of the corpus once. A label of the sentence goes before one of its pair.
    """
    met: set[Pair] = set()
    rows = Statement.objects.filter(corpus=corpus).order_by("id").values_list(*FIELDS)
    for pk, external_id, text, pattern, split, document, head, tail, head_id, tail_id in rows.iterator(2_000):
        pair = tuple(sorted((head_id or "", tail_id or "")))
        of_pair = by_pair.get((pair[0], pair[1]))
        if of_pair:
            met.add((pair[0], pair[1]))
        label = by_statement.get(pk, of_pair)
        if label is None:
            continue
        if of_pair and label is not of_pair:
            dropped[SENTENCE_FIRST] += 1
        yield Labelled(
            corpus=corpus.name,
            external_id=external_id,
            text=text,
            pattern=pattern,
            view=view_of(split, head_id, tail_id),
            document=document,
            pair=pair_of(head, tail),
            label=label.label,
            source=label.source,
            evidence=label.evidence,
            statement_id=pk,
        )
    if unmet := len(by_pair) - len(met):
        dropped[NO_STATEMENT] += unmet


def _read(
    path: Path,
    corpus: Corpus,
    task: Task,
    allowed: list[str],
    drugs: DrugNames,
    on_bad: OnBad,
    tally: SourceTally,
) -> Iterator[tuple[int, str]]:
    labels = read_labels(path, allowed, on_bad)
    while chunk := list(islice(labels, LOOK_UP)):
        drafts = []
        for labelled in chunk:
            tally.n_rows += 1
            try:
                drafts.append((statement_of(labelled.interaction, drugs, task).external_id, labelled.label))
            except BadRow as bad:
                on_bad(bad)
        wanted = [external_id for external_id, _ in drafts]
        ids = dict(Statement.objects.filter(corpus=corpus, external_id__any_of=wanted).values_list("external_id", "id"))
        for external_id, label in drafts:
            if external_id in ids:
                yield ids[external_id], label
            else:
                tally.rows_dropped[NOT_HELD] += 1
