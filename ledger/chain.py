"""The one hash chain over run roots, decisions, gold labels, training sets, models, evaluations, promotions and talk.

Every function that writes one of these takes the chain's lock first (`lock_chain`), inserts, and adds one link
(`append_link`), all in one transaction. So links stand in the order of the facts, and the rows of a link have ids no
other link covers.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, models, transaction

from ledger.models import (
    Approval,
    ChainLink,
    Comment,
    Comparison,
    Decision,
    DisagreementCause,
    EnsembleMember,
    Evaluation,
    GoldLabel,
    ModelVersion,
    PatternDecision,
    Promotion,
    Proposal,
    Run,
    TrainingSet,
)

CHAIN_LOCK = 0x0DD1_1ED6  # PostgreSQL advisory lock held while a link is added
GENESIS = "0" * 64

COVERED: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    ChainLink.Kind.RUN_ROOT: (Run, ("id", "task_id", "model_version_id", "root_hash")),
    ChainLink.Kind.DECISION: (
        Decision,
        (
            "id", "task_id", "statement_id", "reviewer_id", "kind", "label_id", "comment", "replaces_id",
            "prediction_seen_id", "seconds_spent", "idempotency_key", "decided_at",
        ),
    ),
    ChainLink.Kind.GOLD: (
        GoldLabel,
        (
            "id", "task_id", "statement_id", "label_id", "source", "origin", "round_number", "replaces_id",
            "confirmed_at", "evidence_ids",
        ),
    ),
    ChainLink.Kind.MODEL_VERSION: (
        ModelVersion,
        (
            "id", "task_id", "number", "training_set_id", "derived_from_id", "architecture", "backbone",
            "backbone_revision", "backbone_sha256", "artifact", "files", "labels", "config", "calibration", "measured",
            "code_version", "trained_at",
        ),
    ),
    ChainLink.Kind.TRAINING_SET: (
        TrainingSet, ("id", "round_id", "content_hash", "parameters", "composition", "frozen_at"),
    ),
    ChainLink.Kind.EVALUATION: (
        Evaluation, ("id", "model_version_id", "training_set_id", "view", "n_examples", "metrics", "evaluated_at"),
    ),
    ChainLink.Kind.PROMOTION: (
        Promotion, ("id", "task_id", "model_version_id", "act", "replaces_id", "by_id", "at", "reason"),
    ),
    ChainLink.Kind.PATTERN: (
        PatternDecision,
        (
            "id", "task_id", "pattern_id", "reviewer_id", "act", "label_id", "comment", "sample", "n_statements",
            "replaces_id", "idempotency_key", "decided_at",
        ),
    ),
    ChainLink.Kind.COMMENT: (
        Comment, ("id", "task_id", "statement_id", "author_id", "text", "answers_id", "idempotency_key", "written_at"),
    ),
    ChainLink.Kind.PROPOSAL: (
        Proposal, ("id", "task_id", "act", "model_version_id", "parameters", "reason", "by_id", "at"),
    ),
    ChainLink.Kind.APPROVAL: (Approval, ("id", "proposal_id", "by_id", "approves", "reason", "at")),
    ChainLink.Kind.CAUSE: (DisagreementCause, ("id", "decision_id", "cause")),
    ChainLink.Kind.MEMBER: (EnsembleMember, ("id", "ensemble_id", "member_id", "position")),
    ChainLink.Kind.COMPARISON: (Comparison, ("id", "evaluation_id", "other_id", "metrics", "compared_at")),
}  # fmt: skip


class ChainNeedsTransaction(RuntimeError):
    """The chain was to be extended outside a transaction; wrap the whole action in `transaction.atomic()`."""


def canonical(value: object) -> object:
    """A JSON-able form that is the same before writing and after reading back, on every database.

    PostgreSQL keeps the numbers of a JSON column as decimals (1e16 comes back as an integer, -0.0 without its sign),
    a float column gives 4.0 for 4, and JSON makes every name of an object a string.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value.is_integer() else value
    if isinstance(value, (list, tuple)):
        return [canonical(one) for one in value]
    if isinstance(value, dict):
        return {name if isinstance(name, str) else json.dumps(name): canonical(one) for name, one in value.items()}
    if value is None or isinstance(value, (str, int)):
        return value
    return str(value)


def rows_digest(kind: str, rows: Iterable[models.Model]) -> str:
    """Hash over the covered fields of rows of one kind, in the order given."""
    fields = COVERED[kind][1]
    return values_digest(
        [evidence_ids(row) if name == "evidence_ids" else canonical(getattr(row, name)) for name in fields]
        for row in rows
    )


def values_digest(rows: Iterable[Sequence[object]]) -> str:
    """The same hash over canonical values in the order of the covered fields."""
    digest = sha256()
    for values in rows:
        digest.update(json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def evidence_ids(gold: Any) -> list[int | str]:
    """The decisions a gold label rests on, by id, the one about its pattern, and the corpus's further labels.

    Uses what was prefetched.
    """
    pattern = getattr(gold, "pattern_evidence", None)
    about_pattern = [pattern_evidence(pattern.decision_id)] if pattern else []
    return [*sorted(evidence.decision_id for evidence in gold.evidence.all()), *about_pattern, *also(gold.further)]


def also(further: list[str] | None) -> list[str]:
    """The further labels that a corpus gives a pair, among what its gold label rests on."""
    return [] if further is None else [f"also {json.dumps(further)}"]


def pattern_evidence(decision_id: int) -> str:
    """A decision about a pattern among what a gold label rests on."""
    return f"pattern decision {decision_id}"


def link_hash(
    *,
    position: int,
    kind: str,
    first_id: int,
    last_id: int,
    n_rows: int,
    digest: str,
    previous: str,
    linked_at: datetime,
) -> str:
    facts = (position, kind, first_id, last_id, n_rows, digest, previous, canonical(linked_at))
    return sha256("|".join(map(str, facts)).encode()).hexdigest()


def lock_chain() -> None:
    """Hold the chain until the transaction ends. SQLite's immediate transactions already exclude other writers."""
    if not connection.in_atomic_block:
        raise ChainNeedsTransaction(ChainNeedsTransaction.__doc__)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def append_link(kind: str, rows: Sequence[models.Model], *, now: datetime) -> ChainLink:
    """Close the chain over rows just inserted under `lock_chain`. Two queries, four for gold labels."""
    if kind == ChainLink.Kind.GOLD:
        models.prefetch_related_objects(rows, "evidence", "pattern_evidence")
    return append_digest(kind, [row.pk for row in rows], rows_digest(kind, rows), now=now)


def append_digest(kind: str, ids: Sequence[int], digest: str, *, now: datetime) -> ChainLink:
    """The same for rows inserted by thousands: their ids, and `values_digest` over them (two queries)."""
    with transaction.atomic(savepoint=False):  # the caller's, who holds the lock: no other link can come between
        newest = ChainLink.objects.order_by("-position").first()
        position, previous = (newest.position + 1, newest.hash) if newest else (1, GENESIS)
        facts: dict[str, Any] = {
            "position": position,
            "kind": kind,
            "first_id": min(ids),
            "last_id": max(ids),
            "n_rows": len(ids),
            "digest": digest,
            "previous": previous,
            "linked_at": now,
        }
        return ChainLink.objects.create(**facts, hash=link_hash(**facts))


def chunk_digest(
    predictions: tuple[Sequence[int], Sequence[int], Sequence[float], Sequence[bytes]],
    flags: Sequence[tuple[int, int, int | None, str]],
    *,
    committed_at: datetime,
) -> str:
    """Hash over a chunk's rows and the moment they were written: the same over what the database gives back.

    predictions: the columns statement ids, label ids, confidences and packed scores, by statement id;
    flags: rows of (statement id, flag rule id, ATC rule id or None, explanation), by statement id and rule id.
    How many rows there are, and how long each blob and text is, is hashed too: no byte can pass for another row's.
    """
    statement_ids, label_ids, confidences, scores = predictions
    n = len(statement_ids)
    digest = sha256(f"{canonical(committed_at)}|{n}|{len(flags)}|".encode())
    digest.update(struct.pack(f"<{n}q{n}q{n}d{n}I", *statement_ids, *label_ids, *confidences, *map(len, scores)))
    digest.update(b"".join(scores))
    for statement_id, rule_id, atc_rule_id, explanation in flags:
        words = explanation.encode()
        digest.update(struct.pack("<qqqI", statement_id, rule_id, atc_rule_id or 0, len(words)) + words)
    return digest.hexdigest()


def run_root(*, run_id: int, model_version_id: int, chunks: Iterable[tuple[int, str]]) -> str:
    """Hash of a run: over its chunks' (last statement id, hash), in statement order whoever wrote them."""
    digest = sha256(f"{run_id}|{model_version_id}".encode())
    for last_statement, chunk in sorted(chunks):
        digest.update(f"|{last_statement}:{chunk}".encode())
    return digest.hexdigest()


def statement_hash(text: str, head: tuple[int, int, str], tail: tuple[int, int, str]) -> str:
    """Hash over a statement's text and its mentions (start, end, kind): the same in whichever corpus it stands."""
    return sha256(json.dumps([text, [head, tail]], ensure_ascii=False).encode()).hexdigest()
