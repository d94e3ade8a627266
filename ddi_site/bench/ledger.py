"""How fast predictions are committed, with flags and chunk hash, beside the bare database doing as many rows."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ddi_site.bench.report import Row, alternately, at_least, at_most
from ledger.flagging import Beside, Thresholds
from ledger.models import (
    Corpus,
    Flag,
    Label,
    ModelVersion,
    Pattern,
    Round,
    Run,
    Statement,
    Task,
    TrainingSet,
    pack_all_scores,
)
from ledger.record.predictions import Predicted, commit_chunk, flag_rules

CHUNK = 1_000  # predictions a transaction, as inference commits them
ROUNDS = 5
DOUBTFUL = 0.188  # with the audit's 0.01, as many flags as the run of docs/real-run.md wrote: 22,369 of 113,074
NOTHING = Beside(expectations={}, previous_label_ids={}, gold_label_ids={})  # beyond doubt and audit
COLUMNS = "statement_id, model_version_id, chunk_id, label_id, confidence, scores"
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"  # as the ledger has them
PEER = """
    CREATE TABLE peer (
        id {key}, statement_id bigint NOT NULL, model_version_id bigint NOT NULL, chunk_id bigint NOT NULL,
        label_id integer NOT NULL, confidence double precision NOT NULL, scores {blob} NOT NULL
    );
    CREATE UNIQUE INDEX peer_one ON peer (statement_id, model_version_id);
    CREATE INDEX peer_confidence ON peer (model_version_id, confidence, id);
    CREATE INDEX peer_chunk ON peer (chunk_id);
"""


class Bench:
    """A throwaway ledger of `n` statements, and as many made-up predictions of each new model version."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.task = Task.objects.get(slug="ddi-polarity")
        self.labels = list(Label.objects.filter(task=self.task, trainable=True))
        self.titles = {label.pk: label.title for label in self.labels}
        self.thresholds = Thresholds(doubt=0.9, sure=0.98, audit_share=0.01, atc_tables=())
        self.rules = flag_rules(self.task, self.thresholds)
        self.corpus = Corpus.objects.create(name="bench", title="bench", task=self.task, created_at=timezone.now())
        pattern = Pattern.objects.create(text="⟨1⟩ ⟨2⟩", sha256="0" * 64)
        Statement.objects.bulk_create(
            (
                Statement(
                    corpus=self.corpus, external_id=str(number), content_hash=f"{number:064d}", text="A B",
                    pattern=pattern, head_kind="drug", head_start=0, head_end=1, tail_kind="drug", tail_start=2,
                    tail_end=3, split="train",
                )
                for number in range(n)
            ),
            batch_size=2_000,
        )  # fmt: skip
        draw = random.Random(7)  # noqa: S311  made-up confidences
        self.predicted = []
        for statement_id in Statement.objects.order_by("id").values_list("id", flat=True):
            is_doubtful = draw.random() < DOUBTFUL
            confidence = draw.uniform(0.5, 0.9) if is_doubtful else draw.uniform(0.9, 1)
            scores = (confidence, 1 - confidence)
            self.predicted.append(Predicted(statement_id, draw.choice(self.labels).pk, confidence, scores))
        self.runs = [self._run(number) for number in range(1, ROUNDS + 2)]  # one more to measure the size by
        self.peer_versions = 0

    def chunks(self) -> Iterator[list[Predicted]]:
        for start in range(0, self.n, CHUNK):
            yield self.predicted[start : start + CHUNK]

    def _run(self, number: int) -> Run:
        """A run under way of a model version of its own."""
        now = timezone.now()
        opened = Round.objects.create(task=self.task, number=number, opened_at=now)
        training_set = TrainingSet.objects.create(
            round=opened, content_hash="0" * 64, parameters={}, composition={}, frozen_at=now
        )
        version = ModelVersion.objects.create(
            task=self.task, number=number, training_set=training_set, architecture="none", backbone="none",
            backbone_sha256="0" * 64, artifact="0" * 64, files={}, labels=[label.slug for label in self.labels],
            config={}, calibration={}, code_version="bench", trained_at=now,
        )  # fmt: skip
        return Run.objects.create(
            kind=Run.Kind.INFERENCE, task=self.task, model_version=version, status=Run.Status.RUNNING, claim="bench",
            parameters={}, created_at=now,
        )  # fmt: skip

    def commit_to_ledger(self) -> int:
        """Ours: chunks of predictions with their flags and hash, the run's cursor moved, all durable."""
        run = self.runs.pop()
        for chunk in self.chunks():
            commit_chunk(
                run=run, claim="bench", predicted=chunk, beside=NOTHING, thresholds=self.thresholds, rules=self.rules,
                titles=self.titles, now=timezone.now(),
            )  # fmt: skip
        return self.n

    def rows(self) -> Iterator[list[tuple[Any, ...]]]:
        """The same predictions as bare rows of one more model version, chunk by chunk."""
        self.peer_versions += 1
        for number, chunk in enumerate(self.chunks()):
            statement_ids, label_ids, confidences, scores = zip(*chunk, strict=True)
            constants = repeat(self.peer_versions, len(chunk)), repeat(number, len(chunk))
            packed = pack_all_scores(scores)
            yield list(zip(statement_ids, *constants, label_ids, confidences, packed, strict=True))


def bench_ledger(n: int) -> tuple[list[Row], dict[str, Any]]:
    """Rates of `n` predictions on this database; run on an empty throwaway ledger."""
    bench = Bench(n)
    before = _bytes_used()
    if connection.vendor == "sqlite":
        peer, peer_name, goal = _sqlite_peer(bench), "sqlite3.executemany", 0.8
    else:
        peer, peer_name, goal = _postgres_peer(bench), "PostgreSQL COPY", 0.6
    bench.commit_to_ledger()
    per_prediction, n_flags = (_bytes_used() - before) / n, Flag.objects.count()
    ours, theirs = alternately(bench.commit_to_ledger, peer, rounds=ROUNDS)
    rows = [
        at_least("committed predictions", "predictions/s", ours, theirs, peer_name, goal),
        at_most("prediction with its indexes", "bytes", per_prediction, 200),
    ]
    return rows, {
        "predictions": n,
        "flags": n_flags,
        "chunk": CHUNK,
        "rounds": ROUNDS,
        "database": connection.vendor,
    }


def _sqlite_peer(bench: Bench) -> Callable[[], int]:
    bare = sqlite3.connect(Path(settings.VAR_DIR) / "peer.sqlite3", isolation_level=None)
    bare.executescript(PRAGMAS + PEER.format(key="integer PRIMARY KEY AUTOINCREMENT", blob="BLOB"))

    def insert() -> int:
        for rows in bench.rows():
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(f"INSERT INTO peer ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
            bare.execute("COMMIT")
        return bench.n

    return insert


def _postgres_peer(bench: Bench) -> Callable[[], int]:
    with connection.cursor() as cursor:
        cursor.execute(PEER.format(key="bigserial PRIMARY KEY", blob="bytea"))

    def insert() -> int:
        for rows in bench.rows():
            with (
                transaction.atomic(),
                connection.cursor() as cursor,
                cursor.copy(f"COPY peer ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
            ):
                copy.set_types(["int8", "int8", "int8", "int4", "float8", "bytea"])
                for row in rows:
                    copy.write_row(row)
        return bench.n

    return insert


def _bytes_used() -> int:
    """Bytes of the table of predictions with all its indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('ledger_prediction')")
        else:
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN "
                "(SELECT name FROM sqlite_master WHERE tbl_name = 'ledger_prediction')"
            )
        return int(cursor.fetchone()[0] or 0)
