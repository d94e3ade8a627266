"""The seed corpus of the public files themselves, with the figures of docs/seed-corpus.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.corpora.combinations import read_combinations
from ledger.corpora.scores import read_scores
from ledger.imports import import_drugs, import_statements
from ledger.models import GoldLabel, Task
from ledger.oracle import Oracle
from ledger.record.runs import open_round
from ledger.seed_corpus import Seed, Sources, build_seed, write_seed
from ledger.training_sets import freeze
from tests.ledger.imports.files import NOW

BALANCED = {
    "drugbank": {
        "train": {"synergistic": 441, "antagonistic": 441, "undetermined": 308},
        "test": {"synergistic": 11, "antagonistic": 11, "undetermined": 6},
        "validation": {"synergistic": 6, "antagonistic": 6, "undetermined": 2},
        "one_unseen": {"synergistic": 148, "antagonistic": 148, "undetermined": 72},
        "bridge": {"synergistic": 112, "antagonistic": 112, "undetermined": 92},
    },
    "drugcombo": {
        "train": {"synergistic": 156, "antagonistic": 156, "undetermined": 334},
        "test": {"synergistic": 10, "antagonistic": 10, "undetermined": 61},
        "validation": {"synergistic": 12, "antagonistic": 12, "undetermined": 30},
    },
}

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]


def screens(folder: Path) -> tuple[tuple[Path, ...], ...]:
    oneil = [f"sdcnet_oneil_dataset_{score}.txt" for score in ("zip", "bliss", "loewe", "hsa")]
    return (
        tuple(folder / "synergy" / name for name in (*oneil, "sdcnet_oneil_transfer_dataset.txt")),
        (folder / "synergy" / "graphsynergy_oncologyscreen_drug_combinations.csv",),
    )


def test_every_row_of_the_screens_and_every_sentence_is_read(real_data: Path) -> None:
    oneil, oncology = screens(real_data)
    assert [sum(1 for _ in read_scores(path)) for path in (*oneil, *oncology)] == [18_073] * 4 + [4_664, 4_176]
    sentences = list(read_combinations(real_data / "drugcombo" / "final_train_set.jsonl.gz"))
    outcomes = [one.outcome for sentence in sentences for one in sentence.combinations]
    assert {outcome: outcomes.count(outcome) for outcome in set(outcomes)} == {"POS": 688, "NEG": 116, "COMB": 235}
    assert (len(sentences), len({one.document for one in sentences})) == (1_362, 1_357)


def test_the_seed_corpus_is_the_one_that_is_documented(real_data: Path) -> None:
    task = Task.objects.get(slug="ddi-polarity")
    drugbank = real_data / "drugbank"
    import_drugs(path=drugbank / "drugbank_vocabulary.csv", now=NOW)
    import_statements(path=drugbank / "interactions.csv.gz", corpus_name="drugbank", task=task, now=NOW)

    pairs = built(task, Sources(screens=screens(real_data)), balance=False).report
    oneil, oncology = pairs.sources
    assert (oneil.n_pairs, oneil.labels) == (287, {"synergistic": 102, "antagonistic": 25})
    assert (oncology.n_pairs, oncology.labels) == (144, {"synergistic": 62, "antagonistic": 55})
    assert oneil.rows_dropped == {"a drug is not resolved": 39_072}
    assert len(pairs.names["pairs"].unresolved) == 10
    assert pairs.dropped == {"the sources disagree": 5, "no statement about the pair in the corpus": 184}
    # Three in ten are beyond the best reader of the sentences; 13 are right without reading.
    assert (pairs.oracle.n, pairs.oracle.n_right, pairs.oracle.n_commonest) == (24, 17, 13)

    seed_labels = built(task, Sources(labels=(drugbank / "seed_labels.csv",)), balance=False).report
    assert seed_labels.oracle == Oracle(n=2_767, n_patterns=18, n_right=2_767, n_alone=0, n_commonest=1_582)

    seed = built(task, everything(real_data), balance=True)
    assert seed.report.views == BALANCED
    written = write_seed(seed=seed, task=task, output=None, now=NOW)
    assert (written.n_statements_added, written.n_labels_added) == (2_302, seed.report.n_kept)
    assert GoldLabel.objects.count() == seed.report.n_kept
    freeze(round=open_round(task=task, by=None, now=NOW), now=NOW)  # raises where test data would teach


def everything(folder: Path) -> Sources:
    return Sources(
        screens=screens(folder),
        labels=(folder / "drugbank" / "seed_labels.csv",),
        free_text=(folder / "drugcombo" / "final_train_set.jsonl.gz",),
    )


def built(task: Task, sources: Sources, **options: Any) -> Seed:
    return build_seed(
        sources=sources, task=task, corpus_name="drugbank", free_text_corpus="drugcombo", seed=0, **options
    )
