"""Small true facts to build tests on."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction

from ledger.chain import lock_chain, statement_hash
from ledger.flagging import Thresholds
from ledger.models import (
    Approval,
    AtcCode,
    AtcRule,
    ChainLink,
    Comment,
    Comparison,
    Corpus,
    DisagreementCause,
    Drug,
    DrugAtc,
    EnsembleMember,
    Evaluation,
    Flag,
    GoldEvidence,
    GoldLabel,
    Label,
    ModelVersion,
    Pattern,
    PatternDecision,
    PatternEvidence,
    Prediction,
    PredictionChunk,
    Promotion,
    Proposal,
    Rationale,
    Round,
    Run,
    SpotCheck,
    Statement,
    Task,
    TrainingExample,
    TrainingSet,
)
from ledger.record.decisions import submit_decision
from ledger.record.predictions import flag_rules
from ledger.record.settling import Said, where_it_stands

NOW = datetime(2026, 3, 4, 9, 30, 0, 123456, tzinfo=UTC)
THRESHOLDS = Thresholds(doubt=0.9, sure=0.98, audit_share=0.0, atc_tables=())
_numbers = itertools.count(1)


def polarity() -> Task:
    return Task.objects.get(slug="ddi-polarity")


def label(slug: str) -> Label:
    return Label.objects.get(task__slug="ddi-polarity", slug=slug)


def corpus(name: str = "demo") -> Corpus:
    return Corpus.objects.get_or_create(name=name, defaults={"title": name, "task": polarity(), "created_at": NOW})[0]


def corpus_of(task: str) -> Corpus:
    """A corpus of the task with this short name."""
    facts = {"title": task, "task": Task.objects.get(slug=task), "created_at": NOW}
    return Corpus.objects.get_or_create(name=f"of-{task}", defaults=facts)[0]


def drug(name: str, *codes: str) -> Drug:
    number = next(_numbers)
    made, _ = Drug.objects.get_or_create(name=name, defaults={"drugbank_id": f"DB{90_000 + number:05d}"})
    for code in codes:
        atc, _ = AtcCode.objects.get_or_create(code=code, defaults={"name": code.lower()})
        DrugAtc.objects.get_or_create(drug=made, code=atc)
    return made


def statement(
    head: str = "Rivaroxaban",
    tail: str = "Warfarin",
    wording: str = "{} may thin the blood further beside {}.",
    **changes: Any,
) -> Statement:
    """A statement in which the head stands before the tail."""
    text = wording.format(head, tail)
    masked = wording.format("⟨1⟩", "⟨2⟩")
    pattern, _ = Pattern.objects.get_or_create(sha256=sha256(masked.encode()).hexdigest(), defaults={"text": masked})
    head_start, tail_start = text.index(head), text.rindex(tail)
    facts: dict[str, Any] = {
        "corpus": corpus(),
        "external_id": f"s{next(_numbers)}",
        "text": text,
        "pattern": pattern,
        "head_kind": "drug",
        "head_start": head_start,
        "head_end": head_start + len(head),
        "head_drug": drug(head),
        "tail_kind": "drug",
        "tail_start": tail_start,
        "tail_end": tail_start + len(tail),
        "tail_drug": drug(tail),
        "split": "train",
    }
    facts |= changes
    head_mention, tail_mention = (
        (facts[f"{end}_start"], facts[f"{end}_end"], facts[f"{end}_kind"]) for end in ("head", "tail")
    )
    return Statement.objects.create(content_hash=statement_hash(facts["text"], head_mention, tail_mention), **facts)


def model_version(**changes: Any) -> ModelVersion:
    number = next(_numbers)
    opened = Round.objects.create(task=polarity(), number=number, opened_at=NOW)
    training_set = TrainingSet.objects.create(
        round=opened, content_hash="0" * 64, parameters={}, composition={}, frozen_at=NOW
    )
    facts = {
        "task": polarity(),
        "number": number,
        "training_set": training_set,
        "architecture": "lora-cls",
        "backbone": "small",
        "backbone_sha256": "1" * 64,
        "artifact": sha256(str(number).encode()).hexdigest(),
        "files": {},
        "labels": ["synergistic", "antagonistic"],
        "config": {},
        "calibration": {"temperature": 1.0},
        "code_version": "test",
        "trained_at": NOW,
    }
    return ModelVersion.objects.create(**(facts | changes))


def inference_run(version: ModelVersion, **changes: Any) -> Run:
    """A claimed inference run over everything there is."""
    newest = Statement.objects.order_by("-id").values_list("id", flat=True).first() or 0
    facts = {
        "kind": "inference",
        "task": polarity(),
        "model_version": version,
        "parameters": {"corpora": list(Corpus.objects.values_list("id", flat=True)), "up_to_statement": newest},
        "status": "running",
        "claim": "here:1:me",
        "created_at": NOW,
    }
    return Run.objects.create(**(facts | changes))


def user(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def answer(said: Statement, slug: str, by: str = "ana", **changes: Any) -> Any:
    """Submit a decision; returns the Outcome."""
    facts: dict[str, Any] = {
        "task": polarity(),
        "statement": said,
        "reviewer": user(by),
        "comment": "",
        "prediction_seen": None,
        "seconds_spent": 3.5,
        "idempotency_key": uuid.uuid4(),
        "reviews_needed": 1,
        "now": NOW,
    }
    given = facts | changes
    given.setdefault("label", label(slug) if slug else None)
    task, statement = given.pop("task"), given.pop("statement")
    with said_of(statement, task, given["idempotency_key"]) as read:
        return submit_decision(said=read, **given)


@contextmanager
def said_of(statement: Statement, task: Task, key: uuid.UUID | None = None) -> Iterator[Said]:
    """What was said of a statement, in a transaction that holds the chain, as writers of decisions want it."""
    with transaction.atomic():
        lock_chain()
        yield Said.read(task, statement, key)


def status(statement: Statement) -> str:
    """Where a statement stands between its first answer and gold."""
    return where_it_stands(Said.read(polarity(), statement))[0]


def one_of_each() -> dict[str, models.Model]:
    """One row of every append-only model, by the model's name."""
    said = statement()
    version = model_version()
    run = inference_run(version)
    chunk = PredictionChunk.objects.create(
        run=run, first_statement=said.pk, last_statement=said.pk, n_predictions=1, n_flags=1, sha256="2" * 64,
        committed_at=NOW,
    )  # fmt: skip
    prediction = Prediction.objects.create(
        statement=said,
        model_version=version,
        chunk=chunk,
        label=label("synergistic"),
        confidence=0.75,
        scores=b"\0" * 8,
    )
    rule = flag_rules(polarity(), THRESHOLDS)["low_confidence"]
    atc_rule = AtcRule.objects.create(
        task=polarity(), table="test", prefix_a="B01AA", prefix_b="B01AF", expected=label("synergistic"),
        mechanism="Both slow clotting.", reference="Textbook", source="curated",
    )  # fmt: skip
    outcome = answer(said, "synergistic")
    assert outcome.gold is not None
    evaluation = Evaluation.objects.create(
        model_version=version, training_set=version.training_set, view="test", n_examples=1, metrics={},
        evaluated_at=NOW,
    )  # fmt: skip
    rows: list[models.Model] = [
        said,
        said.pattern,
        version,
        version.training_set,
        version.training_set.round,
        chunk,
        prediction,
        rule,
        atc_rule,
        Flag.objects.create(prediction=prediction, rule=rule, explanation="unsure"),
        outcome.decision,
        outcome.gold,
        GoldEvidence.objects.get(gold=outcome.gold),
        ChainLink.objects.latest("position"),
        TrainingExample.objects.create(
            training_set=version.training_set, statement=said, label=label("synergistic"), role="train",
            source="gold", gold=outcome.gold,
        ),
        evaluation,
        Comparison.objects.create(evaluation=evaluation, other=version, metrics={}, compared_at=NOW),
        Promotion.objects.create(task=polarity(), model_version=version, at=NOW, reason="first"),
        EnsembleMember.objects.create(ensemble=model_version(architecture="ensemble"), member=version, position=0),
        Rationale.objects.create(
            prediction=prediction, method="test", version=1, parameters={}, tokens=[[0, 11, 1.0]],
            completeness_error=0.0, computed_at=NOW,
        ),
        DisagreementCause.objects.create(decision=outcome.decision, cause=DisagreementCause.Cause.SLIP),
        Comment.objects.create(
            task=polarity(), statement=said, author=user("ana"), text="why?", idempotency_key=uuid.uuid4(),
            written_at=NOW,
        ),
        *proposed_and_approved(),
        *pattern_decided(outcome.gold),
    ]  # fmt: skip
    return {type(row).__name__: row for row in rows}


def proposed_and_approved() -> list[models.Model]:
    proposal = Proposal.objects.create(
        task=polarity(), act=Proposal.Act.EXPORT, parameters={}, reason="why", by=user("lea"), at=NOW
    )
    return [proposal, Approval.objects.create(proposal=proposal, by=user("max"), approves=True, at=NOW)]


def pattern_decided(gold: GoldLabel) -> list[models.Model]:
    decision = PatternDecision.objects.create(
        task=polarity(), pattern=gold.statement.pattern, reviewer=user("ana"), act="decision", label=gold.label,
        sample=[gold.statement_id], n_statements=1, idempotency_key=uuid.uuid4(), decided_at=NOW,
    )  # fmt: skip
    return [
        decision,
        PatternEvidence.objects.create(gold=gold, decision=decision),
        SpotCheck.objects.create(decision=decision, statement=gold.statement),
    ]
