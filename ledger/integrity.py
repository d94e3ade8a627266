"""Find what got round the guards: recompute every hash of the ledger and compare.

The chain is walked link by link; runs are recomputed from their chunks, chunks from their predictions and flags, and
training sets from their examples. Rows that no link covers are found by counting.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db import connection
from django.db.models import Sum

from ledger.candidates import content_hash
from ledger.chain import COVERED, GENESIS, chunk_digest, link_hash, rows_digest, run_root
from ledger.models import (
    ChainLink,
    Flag,
    GoldLabel,
    Prediction,
    PredictionChunk,
    Run,
    TrainingExample,
    TrainingSet,
)
from ledger.triggers import missing_triggers


def problems() -> Iterator[str]:
    """One sentence for everything that is not as it was written; nothing when the ledger is clean.

    Reads the whole ledger once, in flat memory.
    """
    yield from (f"The trigger {name} is missing: a fact could be changed." for name in missing_triggers(connection))
    yield from _chain_problems()
    yield from _uncovered_rows()
    yield from _run_problems()
    yield from _chunk_problems()
    yield from _training_set_problems()


def _chain_problems() -> Iterator[str]:
    position, previous = 0, GENESIS
    for link in ChainLink.objects.order_by("position").iterator(2_000):
        position += 1
        if link.position != position:
            yield f"Link {position} of the chain is missing; the next one is {link.position}."
            position = link.position
        if link.previous != previous:
            yield f"Link {link.position} does not follow the link before it."
        facts = {
            name: getattr(link, name)
            for name in ("position", "kind", "first_id", "last_id", "n_rows", "digest", "previous")
        }
        if link.hash != link_hash(**facts):
            yield f"Link {link.position} was changed: its own hash does not hold."
        previous = link.hash
        model = COVERED[link.kind][0]
        rows = model._default_manager.filter(pk__range=(link.first_id, link.last_id)).order_by("pk")
        if model is Run:
            rows = rows.exclude(root_hash="")
        if model is GoldLabel:
            rows = rows.prefetch_related("evidence")
        found = list(rows)
        if len(found) != link.n_rows:
            yield f"Link {link.position} covers {link.n_rows} {link.get_kind_display()} rows; {len(found)} are there."
        elif rows_digest(link.kind, found) != link.digest:
            which = f"row {link.first_id}" if link.n_rows == 1 else f"a row from {link.first_id} to {link.last_id}"
            yield f"Link {link.position}: the {link.get_kind_display()} {which} was changed after it was written."


def _uncovered_rows() -> Iterator[str]:
    covered = dict(ChainLink.objects.values_list("kind").annotate(rows=Sum("n_rows")).order_by())
    for kind, (model, _) in COVERED.items():
        rows = model._default_manager.all()
        n_rows = (rows.exclude(root_hash="") if model is Run else rows).count()
        if n_rows != (covered.get(kind) or 0):
            yield f"{n_rows} {ChainLink.Kind(kind).label} rows stand in the ledger; its chain covers {covered.get(kind, 0)}."


def _run_problems() -> Iterator[str]:
    finished = Run.objects.filter(kind=Run.Kind.INFERENCE, status=Run.Status.FINISHED)
    for run in finished.iterator():
        assert run.model_version_id is not None
        chunks = run.chunks.values_list("last_statement", "sha256")
        if run.root_hash != run_root(run_id=run.pk, model_version_id=run.model_version_id, chunks=chunks):
            yield f"Run {run.pk}: its root does not close over its chunks; a chunk was added, removed or changed."


def _chunk_problems() -> Iterator[str]:
    for chunk in PredictionChunk.objects.order_by("id").iterator():
        predictions = list(
            Prediction.objects.filter(chunk=chunk)
            .order_by("statement_id")
            .values_list("statement_id", "label_id", "confidence", "scores")
        )
        flags = (
            Flag.objects.filter(prediction__chunk=chunk)
            .order_by("prediction__statement_id", "rule_id")
            .values_list("prediction__statement_id", "rule_id", "atc_rule_id", "explanation")
        )
        digest = chunk_digest(((sid, label, conf, bytes(scores)) for sid, label, conf, scores in predictions), flags)
        if digest != chunk.sha256 or len(predictions) != chunk.n_predictions:
            yield (
                f"Chunk {chunk.pk} (run {chunk.run_id}, statements {chunk.first_statement}–{chunk.last_statement}): "
                "a prediction or flag was added, removed or changed after it was written."
            )


def _training_set_problems() -> Iterator[str]:
    hashes = dict(TrainingSet.objects.values_list("id", "content_hash"))
    rows = (
        TrainingExample.objects.order_by("training_set_id", "statement_id")
        .values_list("training_set_id", "statement_id", "label_id", "role", "source")
        .iterator(2_000)
    )
    found = {set_id: content_hash(row[1:] for row in group) for set_id, group in groupby(rows, key=lambda row: row[0])}
    for set_id, expected in hashes.items():
        if found.get(set_id) != expected:
            yield f"Training set {set_id}: its examples are not those that were frozen."
