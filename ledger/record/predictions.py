"""Insert predictions: one chunk, its flags, its hash and the run's cursor in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import repeat
from typing import NamedTuple

from django.db import connection, transaction

from ledger.chain import append_link, chunk_digest, lock_chain, run_root
from ledger.flagging import VERSIONS, Beside, Thresholds, flags_among
from ledger.models import ChainLink, FlagRule, Run, Task, pack_all_scores
from ledger.record.bulk import insert_many, reserved_ids

PREDICTION_COLUMNS = {
    "id": "int8", "statement_id": "int8", "label_id": "int4", "confidence": "float8", "scores": "bytea",
    "model_version_id": "int8", "chunk_id": "int8",
}  # fmt: skip
FLAG_COLUMNS = {"prediction_id": "int8", "rule_id": "int8", "atc_rule_id": "int8", "explanation": "text"}

ADVANCE = (
    'UPDATE ledger_run SET "cursor" = %s, n_done = n_done + %s, n_flags = n_flags + %s, heartbeat_at = %s '
    "WHERE id = %s AND claim = %s AND status = %s"
)
ADD_CHUNK = (
    "INSERT INTO ledger_predictionchunk "
    "(run_id, first_statement, last_statement, n_predictions, n_flags, sha256, committed_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id"
)


class RunTakenOver(Exception):
    """Another worker holds this run now, so this one wrote nothing. It may stop; the other goes on."""


class Predicted(NamedTuple):
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
    beside: Beside,
    thresholds: Thresholds,
    rules: dict[str, FlagRule],
    titles: dict[int, str],
    now: datetime,
) -> int:
    """Write one chunk, whole or not at all; returns the number of flags.

    Raises RunTakenOver, with nothing written, when `claim` no longer holds the run.
    """
    statement_ids, label_ids, confidences, scores = zip(*sorted(predicted), strict=True)
    packed = pack_all_scores(scores)
    answers = list(zip(statement_ids, label_ids, confidences, strict=True))
    rule_ids = {name: rule.pk for name, rule in rules.items()}
    flags = sorted(
        (statement_id, rule_ids[flag.rule], flag.atc_rule_id, flag.explanation)
        for statement_id, flag in flags_among(answers, beside, thresholds, titles)
    )
    n, first, last = len(answers), statement_ids[0], statement_ids[-1]
    digest = chunk_digest((statement_ids, label_ids, confidences, packed), flags, committed_at=now)
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [last, n, len(flags), moment, run.pk, claim, Run.Status.RUNNING])
        if not cursor.rowcount:
            raise RunTakenOver(RunTakenOver.__doc__)
        cursor.execute(ADD_CHUNK, [run.pk, first, last, n, len(flags), digest, moment])
        (chunk_id,) = cursor.fetchone()
    ids, constants = reserved_ids("ledger_prediction", n), (repeat(run.model_version_id, n), repeat(chunk_id, n))
    rows = zip(ids, statement_ids, label_ids, confidences, packed, *constants, strict=True)
    insert_many("ledger_prediction", PREDICTION_COLUMNS, list(rows))
    flagged = dict(zip(statement_ids, ids, strict=True))
    insert_many("ledger_flag", FLAG_COLUMNS, [(flagged[statement_id], *rest) for statement_id, *rest in flags])
    return len(flags)


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
