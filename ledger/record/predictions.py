"""Insert predictions: one chunk, its flags, its hash and the run's cursor in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import F

from ledger.chain import append_link, chunk_digest, lock_chain, run_root
from ledger.flagging import VERSIONS, Raised, Said, Thresholds, flags_of
from ledger.models import ChainLink, FlagRule, Prediction, PredictionChunk, Run, Task, pack_scores


class RunTakenOver(Exception):
    """Another worker holds this run now, so this one wrote nothing. It may stop; the other goes on."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a model said of one statement: label, calibrated confidence, and all class scores in label order."""

    statement_id: int
    label_id: int
    confidence: float
    scores: tuple[float, ...]


def flag_rules(task: Task, thresholds: Thresholds) -> dict[str, FlagRule]:
    """The rows that stand for the rules with these parameters, made when new."""
    rules = {}
    for rule, version in VERSIONS.items():
        parameters = thresholds.of(rule)
        digest = sha256(repr(sorted(parameters.items())).encode()).hexdigest()
        rules[rule], _ = FlagRule.objects.get_or_create(
            task=task, rule=rule, version=version, parameters_sha256=digest, defaults={"parameters": parameters}
        )
    return rules


@transaction.atomic
def commit_chunk(
    *,
    run: Run,
    claim: str,
    predicted: Sequence[Predicted],
    said: Iterable[Said],
    thresholds: Thresholds,
    rules: dict[str, FlagRule],
    titles: dict[int, str],
    now: datetime,
) -> int:
    """Write one chunk, whole or not at all; returns the number of flags.

    Raises RunTakenOver, with nothing written, when `claim` no longer holds the run.
    """
    rows = sorted((p.statement_id, p.label_id, p.confidence, pack_scores(p.scores)) for p in predicted)
    raised: list[tuple[int, Raised]] = [
        (one.statement_id, flag) for one in said for flag in flags_of(one, thresholds, titles)
    ]
    raised.sort(key=lambda pair: (pair[0], rules[pair[1].rule].pk))
    first, last = rows[0][0], rows[-1][0]
    advanced = Run.objects.filter(pk=run.pk, claim=claim, status=Run.Status.RUNNING).update(
        cursor=last, n_done=F("n_done") + len(rows), n_flags=F("n_flags") + len(raised), heartbeat_at=now
    )
    if not advanced:
        raise RunTakenOver(RunTakenOver.__doc__)
    chunk = PredictionChunk.objects.create(
        run=run,
        first_statement=first,
        last_statement=last,
        n_predictions=len(rows),
        n_flags=len(raised),
        sha256=chunk_digest(
            rows,
            ((sid, rules[flag.rule].pk, flag.atc_rule_id, flag.explanation) for sid, flag in raised),
            committed_at=now,
        ),
        committed_at=now,
    )
    _insert_predictions(run, chunk, rows)
    if raised:
        ids = dict(Prediction.objects.filter(chunk=chunk).values_list("statement_id", "id"))
        _insert_flags([(ids[sid], rules[flag.rule].pk, flag.atc_rule_id, flag.explanation) for sid, flag in raised])
    return len(raised)


def _insert_predictions(run: Run, chunk: PredictionChunk, rows: Sequence[tuple[int, int, float, bytes]]) -> None:
    columns = "statement_id, model_version_id, chunk_id, label_id, confidence, scores"
    model_id, chunk_id = run.model_version_id, chunk.pk
    _insert_many(
        f"ledger_prediction ({columns})",
        [(statement, model_id, chunk_id, label, confidence, scores) for statement, label, confidence, scores in rows],
    )


def _insert_flags(rows: Sequence[tuple[int, int, int | None, str]]) -> None:
    _insert_many("ledger_flag (prediction_id, rule_id, atc_rule_id, explanation)", rows)


def _insert_many(target: str, rows: Sequence[tuple[int | float | str | bytes | None, ...]]) -> None:
    """The fastest way in: COPY on PostgreSQL, one prepared statement on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608  constant text


@transaction.atomic
def close_run(*, run: Run, claim: str, now: datetime) -> Run:
    """Finish an inference run: close its root over its chunks and link that into the chain.

    Raises RunTakenOver, with nothing written, when `claim` no longer holds the run.
    """
    lock_chain()
    assert run.model_version_id is not None
    ours = Run.objects.filter(pk=run.pk, claim=claim, status=Run.Status.RUNNING)
    if not ours.update(finished_at=now, heartbeat_at=now):  # from here on the row is locked
        raise RunTakenOver(RunTakenOver.__doc__)
    chunks = run.chunks.values_list("last_statement", "sha256")
    root = run_root(run_id=run.pk, model_version_id=run.model_version_id, chunks=chunks)
    ours.update(root_hash=root, status=Run.Status.FINISHED)
    run.refresh_from_db()
    append_link(ChainLink.Kind.RUN_ROOT, [run], now=now)
    return run
