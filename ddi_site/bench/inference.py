"""How fast statements become predictions in the ledger, beside the Hugging Face pipeline on the same sentences."""

from __future__ import annotations

import csv
import gzip
import io
import random
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string

from ddi_site.bench.real_data import real_data
from ddi_site.bench.report import Row, alone_at_least, at_least, not_here
from ddi_site.demo.preparation import CORPUS, FILES, import_demo_corpus, task
from ledger.models import Statement
from ledger.record.runs import open_round
from ledger.training_sets import freeze

PACE = "modeling.store.inference_pace.Pace"  # by name: torch is loaded only where it is asked for
TURNS = 5
VOCABULARY, DRUG_CODES, STATEMENTS, LABELS = (
    f"drugbank/{name}"
    for name in ("drugbank_vocabulary.csv", "drugbank_atc_2016.tsv", "interactions.csv.gz", "seed_labels.csv")
)
ATC_INDEX = "atc/WHO_ATC-DDD_2024-07-31.csv"
PUBLIC = (ATC_INDEX, VOCABULARY, DRUG_CODES, STATEMENTS, LABELS)
PIPELINE = "Hugging Face pipeline, float32, batches of 256"


def bench_inference(n: int) -> tuple[list[Row], dict[str, Any]]:
    """Rates on `n` sentences drawn from the demonstration corpus, or from the public files in DDI_REALDATA.

    Run on an empty throwaway ledger. Raw text is answered without a cache, as no two sentences are the same; masked
    text with it, over the whole corpus.
    """
    folder = real_data(*PUBLIC)
    statements = _import_public(folder) if folder else _import_demo()
    parts = _import_parts(statements, n)
    training_set = freeze(round=open_round(task=task(), by=None, now=timezone.now(), wake=False), now=timezone.now())
    pace = import_string(PACE)(training_set)
    for number, part in enumerate(parts):
        pace.turn(part, pipeline_first=bool(number % 2))
    masked, n_computed, n_found = pace.masked(CORPUS)
    paces = pace.paces
    rates = {name: median(found) for name, found in paces.rates.items()}
    peak_of, peak = paces.peak()
    narrow, wide = (100 * median(paces.useful[name]) / peak for name in ("narrow", "wide"))
    rows = [
        at_least("float32, raw text", "statements/s", rates["float32"], rates["pipeline"], PIPELINE, 2.2),
        alone_at_least("labels as the pipeline's", "%", 100 * median(paces.equal["float32"]), 99.5),
        *_fastest_rows(paces, rates),
        alone_at_least("useful share of the machine's peak, embedded encoder", "%", narrow, 60),
        alone_at_least("useful share of the machine's peak, 12 layers 768 wide", "%", wide, 70),
        at_least("masked text, equal inputs computed once", "statements/s", masked, rates["pipeline"], PIPELINE, 300),
    ]
    data = {
        "corpus": "public DrugBank files" if folder else "demonstration",
        "statements": n_computed + n_found,
        "masked_inputs_computed": n_computed,
        "masked_inputs_found_again": n_found,
        "statements_of_each_masked_input": round((n_computed + n_found) / n_computed, 1),
        "sentences_drawn": Statement.objects.filter(corpus__name__in=parts).count(),
        "rates_by_turn": {name: [round(rate, 1) for rate in found] for name, found in paces.rates.items()},
        "peak_gflops": round(peak / 1e9, 1),
        "peak_of": f"float32 product, rows x inner x columns {peak_of}",
        "peak_by_shape_gflops": {name: round(median(found) / 1e9, 1) for name, found in paces.peaks.items()},
        "useful_gflops": {name: round(median(found) / 1e9, 1) for name, found in paces.useful.items()},
    }
    return rows, data


def _fastest_rows(paces: Any, rates: dict[str, float]) -> list[Row]:
    """The machine's fastest safe number format, where that is another than float32."""
    goal, share = 6.0, 99.5
    if not paces.fastest:
        return [not_here("fastest safe format, raw text", "statements/s", f"ratio >= {goal}"),
                not_here("labels in it as the pipeline's", "%", f">= {share}")]  # fmt: skip
    name = paces.fastest
    rate = at_least(f"{name}, raw text", "statements/s", rates[name], rates["pipeline"], PIPELINE, goal)
    return [
        rate if paces.has_amx else replace(rate, goal=f"ratio >= {goal} with AMX", met=None),
        alone_at_least(f"labels in {name} as the pipeline's", "%", 100 * median(paces.equal[name]), share),
    ]


def _import_demo() -> Path:
    import_demo_corpus(lambda said: None)
    return FILES / "interactions.csv"


def _import_public(folder: Path) -> Path:
    """What docs/real-run.md imports, but for the statements without ids."""
    for command, name, options in (
        ("import_atc", ATC_INDEX, {}),
        ("import_drugs", VOCABULARY, {}),
        ("import_atc", DRUG_CODES, {"skip_bad": True, "rejects": Path(settings.VAR_DIR) / "atc_rejects.csv"}),
        ("import_statements", STATEMENTS, {"corpus": CORPUS}),
        ("import_labels", LABELS, {"corpus": CORPUS}),
    ):
        call_command(command, str(folder / name), stdout=io.StringIO(), **options)
    return folder / STATEMENTS


def _import_parts(statements: Path, n: int) -> list[str]:
    """Draw `n` sentences and import them once more, each turn's as a corpus of its own; the corpora's names."""
    with gzip.open(statements, "rt", newline="") if statements.suffix == ".gz" else statements.open(newline="") as file:
        header, *rows = csv.reader(file)
    drawn = random.Random(7).sample(rows, min(n, len(rows)))  # noqa: S311  a sample, not a secret
    names = [f"part-{number}" for number in range(TURNS)]
    for number, name in enumerate(names):
        path = Path(settings.VAR_DIR) / f"{name}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *drawn[number::TURNS]])
        call_command("import_statements", str(path), corpus=name, stdout=io.StringIO())
    return names
