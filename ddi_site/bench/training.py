"""How fast the default preset trains beside the paper's, on the demonstration corpus, and what comes of it."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from ddi_site.bench.report import Row, at_least
from ddi_site.demo.preparation import import_demo_corpus, task
from ledger.record.runs import open_round
from ledger.training_sets import freeze

MEASURE = "modeling.store.training_pace.beside_paper"  # by name: torch is loaded only where it is asked for


def bench_training(n: int) -> tuple[list[Row], dict[str, Any]]:
    """Examples a second of both presets, and held-out macro-F1: on new drugs the mean of three seeds, on new drugs in
    new wordings one seed's.

    Run on an empty throwaway ledger. `n` is not used.
    """
    counts = import_demo_corpus(lambda said: None)
    training_set = freeze(round=open_round(task=task(), by=None, now=timezone.now(), wake=False), now=timezone.now())
    taught = import_string(MEASURE)(training_set)
    ours, peer = taught["default"], taught["paper"]
    rows = [
        at_least("training", "examples/s", ours.samples_per_second, peer.samples_per_second, "paper preset", 10),
        at_least("macro-F1, new drugs", "of 1", fmean(ours.macro_f1), fmean(peer.macro_f1), "paper preset", 1),
        at_least(
            "macro-F1, new drugs and wordings",
            "of 1",
            ours.macro_f1_new_wordings,
            peer.macro_f1_new_wordings,
            "paper preset",
            1,
        ),
    ]
    data = {
        **counts,
        "examples": training_set.composition["examples"],
        "macro_f1_by_seed": {name: [round(score, 4) for score in one.macro_f1] for name, one in taught.items()},
        "seconds_of_a_whole_training": {name: round(one.seconds, 1) for name, one in taught.items()},
    }
    return rows, data
