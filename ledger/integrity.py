"""Find what got round the guards: recompute every hash of the ledger and compare.

The chain is walked link by link; runs are recomputed from their chunks, chunks from their predictions and flags, and
training sets from their examples, and statements from their texts. Rows that no link covers are found by counting.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db import connection
from django.db.models import Exists, ForeignKey, OuterRef, Sum

from ledger.candidates import content_hash
from ledger.chain import COVERED, GENESIS, chunk_digest, link_hash, rows_digest, run_root, statement_hash
from ledger.models import (
    ChainLink,
    Flag,
    GoldLabel,
    Prediction,
    PredictionChunk,
    Run,
    Statement,
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
    yield from _orphans()
    yield from _run_problems()
    yield from _chunk_problems()
    yield from _training_set_problems()
    yield from _statement_problems()


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
            for name in ("position", "kind", "first_id", "last_id", "n_rows", "digest", "previous", "linked_at")
        }
        if link.hash != link_hash(**facts):
            yield f"Link {link.position} was changed: its own hash does not hold."
        previous = link.hash
        model = COVERED[link.kind][0]
        rows = model._default_manager.filter(pk__range=(link.first_id, link.last_id)).order_by("pk")
        if model is Run:
            rows = rows.exclude(root_hash="")
        if model is GoldLabel:
            rows = rows.prefetch_related("evidence", "pattern_evidence")
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
            label, n_covered = ChainLink.Kind(kind).label, covered.get(kind, 0)
            yield f"{n_rows} {label} rows stand in the ledger; its chain covers {n_covered}."


def _orphans() -> Iterator[str]:
    """Rows whose parent is gone: possible where a program that checks no references opened the database."""
    for model in (Prediction, Flag):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                parents = field.related_model._default_manager.filter(pk=OuterRef(field.attname))
                named = model._default_manager.filter(**{f"{field.name}__isnull": False})
                if n := named.filter(~Exists(parents)).count():
                    yield f"{n} {model._meta.verbose_name} rows name a {field.verbose_name} that is not there."


def _run_problems() -> Iterator[str]:
    for run in Run.objects.filter(kind=Run.Kind.INFERENCE).iterator():
        assert run.model_version_id is not None
        chunks = list(run.chunks.values_list("last_statement", "sha256", "n_predictions"))
        n_held = sum(n_predictions for _, _, n_predictions in chunks)
        root = run_root(
            run_id=run.pk, model_version_id=run.model_version_id, chunks=((last, sha256) for last, sha256, _ in chunks)
        )
        if n_held != run.n_done:
            yield f"Run {run.pk} wrote {run.n_done} predictions; its chunks hold {n_held}: one was added or removed."
        elif (run.root_hash or run.status == Run.Status.FINISHED) and run.root_hash != root:
            yield f"Run {run.pk}: its root does not close over its chunks; a chunk was added, removed or changed."


def _chunk_problems() -> Iterator[str]:
    for chunk in PredictionChunk.objects.select_related("run").order_by("id").iterator():
        predictions = (
            Prediction.objects.filter(chunk=chunk, model_version=chunk.run.model_version_id)
            .order_by("statement_id")
            .values_list("statement_id", "label_id", "confidence", "scores")
        )
        flags = list(
            Flag.objects.filter(prediction__chunk=chunk)
            .order_by("prediction__statement_id", "rule_id")
            .values_list("prediction__statement_id", "rule_id", "atc_rule_id", "explanation")
        )
        statement_ids, label_ids, confidences, scores = list(zip(*predictions, strict=True)) or [()] * 4
        holds = (
            chunk_digest((statement_ids, label_ids, confidences, scores), flags, committed_at=chunk.committed_at)
            == chunk.sha256
            and (*statement_ids[:1], *statement_ids[-1:]) == (chunk.first_statement, chunk.last_statement)
            and (len(statement_ids), len(flags)) == (chunk.n_predictions, chunk.n_flags)
        )
        if not holds:
            yield (
                f"Chunk {chunk.pk} (run {chunk.run_id}, statements {chunk.first_statement}–{chunk.last_statement}): "
                "a prediction or flag was added, removed or changed after it was written."
            )


def _training_set_problems() -> Iterator[str]:
    hashes = dict(TrainingSet.objects.values_list("id", "content_hash"))
    rows = (
        TrainingExample.objects.order_by("training_set_id", "statement_id")
        .values_list("training_set_id", "statement_id", "label_id", "role", "source", "gold_id", "prediction_id")
        .iterator(2_000)
    )
    found = {
        set_id: content_hash((*row[1:5], row[5] or row[6]) for row in group)
        for set_id, group in groupby(rows, key=lambda row: row[0])
    }
    for set_id, expected in hashes.items():
        if found.get(set_id, content_hash(())) != expected:
            yield f"Training set {set_id}: its examples are not those that were frozen."


def _statement_problems() -> Iterator[str]:
    rows = Statement.objects.order_by("id").values_list(
        "id", "content_hash", "text", "head_start", "head_end", "head_kind", "tail_start", "tail_end", "tail_kind"
    )
    for pk, expected, text, head_start, head_end, head_kind, tail_start, tail_end, tail_kind in rows.iterator(2_000):
        if statement_hash(text, (head_start, head_end, head_kind), (tail_start, tail_end, tail_kind)) != expected:
            yield f"Statement {pk}: its text or its mentions were changed after it was imported."
