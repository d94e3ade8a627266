"""How fast pairs of mentions become predictions, and are taught, beside the straightforward way."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from ddi_site.bench.made_up_relations import write_corpus
from ddi_site.bench.real_data import real_data
from ddi_site.bench.report import Row, alone_at_least, at_least, not_below
from ledger.corpora.annotated import Source, find_sources
from ledger.imports.documents import import_documents
from ledger.models import GoldLabel, Split, Statement, Task
from ledger.record.runs import open_round
from ledger.training_sets import freeze

PACE = "modeling.store.relation_pace.RelationPace"  # by name: torch is loaded only where it is asked for
TASK, PARTS = "drugprot", 3
ABSTRACTS = "drugprot/drugprot_training_abstracs.tsv"
PAIRS_A_DOCUMENT = {True: 17, False: 24}  # of the public corpus, and of the made-up one
STRAIGHTFORWARD = "Model II in batches of 32 padded to 512 tokens, float32"


class TooFewPairs(ValueError):
    """Among the pairs asked for none teaches some label, so that no network can be taught."""


def bench_relations(n: int) -> tuple[list[Row], dict[str, Any]]:
    """Rates on about `n` pairs of DrugProt in DDI_REALDATA, or of a made-up corpus; run on an empty throwaway ledger.

    Ours end with committed predictions and chunk hashes, the straightforward way with labels in memory. Each turn
    answers another part of the documents. Quality is that of whole trainings with three seeds: two parts
    teach, the third is held out. Raises RealDataMissing or TooFewPairs.
    """
    folder = real_data(ABSTRACTS)
    n_documents = max(PARTS * 10, n // PAIRS_A_DOCUMENT[bool(folder)])
    with tempfile.TemporaryDirectory() as scratch:
        if folder:
            abstracts = folder / ABSTRACTS
            source = next(one for one in find_sources(abstracts.parent) if abstracts in one.files)
        else:
            write_corpus(Path(scratch), n_documents=n_documents)
            (source,) = find_sources(Path(scratch))
        parts = _import_parts(source, n_documents)
    task = Task.objects.get(slug=TASK)
    _refuse_unless_all_are_taught(task, parts[:-1], n_documents)
    round_ = open_round(task=task, by=None, now=timezone.now(), wake=False)
    pace = import_string(PACE)(freeze(round=round_, now=timezone.now()))
    for number, part in enumerate(parts):
        pace.turn(part, straightforward_first=bool(number % 2))
    rates = {name: median(found) for name, found in pace.rates.items()}
    quality = pace.quality(parts[-1])
    training = {name: median(found) for name, found in pace.training().items()}
    rows = [
        at_least("inference, Model II", "pairs/s", rates["paper"], rates["straightforward"], STRAIGHTFORWARD, 8),
        alone_at_least("labels of Model II as the straightforward way's", "%", 100 * median(pace.equal), 99.5),
        at_least("inference, default", "pairs/s", rates["default"], rates["straightforward"], STRAIGHTFORWARD, 8),
        at_least("training, Model II", "pairs/s", training["paper"], training["straightforward"], STRAIGHTFORWARD, 4),
        at_least("training, default", "pairs/s", training["default"], training["straightforward"], STRAIGHTFORWARD, 4),
        not_below(
            "held-out micro-F1, default", "of 1", fmean(quality["default"]), fmean(quality["paper"]), STRAIGHTFORWARD
        ),
    ]
    data = {
        "corpus": "DrugProt" if folder else "made up",
        "documents": n_documents,
        "pairs": Statement.objects.count(),
        "sentences": Statement.objects.values("corpus", "document", "text").distinct().count(),
        "pairs_taught_for_quality": pace.n_taught,
        "pairs_held_out": pace.n_tested,
        "micro_f1_by_seed": {name: [round(score, 4) for score in found] for name, found in quality.items()},
        "rates_by_turn": {name: [round(rate, 1) for rate in found] for name, found in pace.rates.items()},
    }
    return rows, data


def _refuse_unless_all_are_taught(task: Task, parts: Sequence[str], n_documents: int) -> None:
    gold = GoldLabel.objects.current().filter(task=task, statement__corpus__name__in=parts)
    taught = gold.filter(statement__split=Split.TRAIN).values("label")
    if untaught := task.labels.filter(trainable=True).exclude(pk__in=taught).values_list("slug", flat=True):
        raise TooFewPairs(
            f"Of the first {n_documents} documents those that teach have no pair labelled {' or '.join(untaught)}: "
            "ask for more pairs with --n."
        )


def _import_parts(source: Source, n_documents: int) -> list[str]:
    """The first documents in `PARTS` corpora, named part-1, part-2 ...; nothing is asked twice."""
    size = n_documents // PARTS
    names = []
    for number in range(PARTS):

        def read(types: Any, start: int = number * size) -> Any:
            return islice(source.read(types), start, start + size)

        names.append(f"part-{number + 1}")
        import_documents(
            source=replace(source, read=read), corpus_name=names[-1], task=Task.objects.get(slug=TASK),
            now=timezone.now(),
        )  # fmt: skip
    return names
