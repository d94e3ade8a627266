"""Labels that would let test data teach: left out before they are written, so that the next training set is sound.

Statements of one corpus are split so that none shares a pair or a document across the split. Between corpora nothing
keeps them apart: a paper's sentence in the training documents may be about a pair that DrugBank's test statements ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ledger.candidates import HELD_OUT, TAUGHT, Candidate, Copies, identities, text_digest
from ledger.models import Task, TrainingExample
from ledger.seed_corpus.labelled import Labelled
from ledger.training_sets import gold_candidates

Identity = tuple[str, object]


def without_leaks(labelled: Iterable[Labelled], task: Task, dropped: Counter[str]) -> Iterator[Labelled]:
    """The labels without those that share a drug pair, document or text across the split; the others are counted.

    What the ledger's gold labels test or teach already stands; among the new labels those that test go first.
    """
    rows = list(labelled)
    slugs = dict(task.labels.values_list("id", "slug"))
    standing = list(gold_candidates(task, slugs, Counter(), Copies()))
    tested = {one for gold in standing if gold.role in HELD_OUT for one in identities(gold)}
    taught = {one for gold in standing if gold.role in TAUGHT for one in identities(gold)}
    kept_tests = [row for row in rows if row.view in HELD_OUT and not _clash(row, taught, dropped)]
    tested |= {one for row in kept_tests for one in _identities(row)}
    keys = {row.key for row in kept_tests}
    for row in rows:
        if row.view in HELD_OUT:
            if row.key in keys:
                yield row
        elif row.view not in TAUGHT or not _clash(row, tested, dropped):
            yield row


def _clash(row: Labelled, others: set[Identity], dropped: Counter[str]) -> bool:
    """Whether the statement shares something with the other side of the split; the first such thing is counted."""
    for identity in _identities(row):
        if identity in others:
            side = "teaches elsewhere" if row.view in HELD_OUT else "is tested elsewhere"
            dropped[f"its {identity[0]} {side}"] += 1
            return True
    return False


def _identities(row: Labelled) -> Iterator[Identity]:
    gold = TrainingExample.Source.GOLD
    return identities(
        Candidate(row.statement_id or 0, 0, row.view, gold, None, None, row.pair, row.document, text_digest(row.text))
    )
