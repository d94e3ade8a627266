"""A small whole ledger, written only by the functions that may write."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from ledger.atc import ClassRule, Expectation
from ledger.flagging import Beside, Thresholds
from ledger.models import DisagreementCause, Label, ModelVersion, Proposal, Round, Run, Statement
from ledger.record.adjudication import adjudicate
from ledger.record.comments import add_comment
from ledger.record.decisions import withdraw_decision
from ledger.record.ensembles import add_ensemble
from ledger.record.gold import add_seed_labels
from ledger.record.models import add_comparison, add_evaluation, add_model_version
from ledger.record.patterns import decide_pattern
from ledger.record.predictions import Predicted, close_run, commit_chunk, flag_rules
from ledger.record.promotions import promote
from ledger.record.proposals import answer_proposal, propose
from ledger.record.runs import open_inference, open_round
from ledger.training_sets import freeze
from tests.ledger.facts import NOW, THRESHOLDS, answer, label, polarity, statement, user

CLAIM = "here:1:me"
DRUGS = (
    "Rivaroxaban", "Warfarin", "Apixaban", "Heparin", "Aspirin", "Ibuprofen", "Naproxen", "Diazepam", "Morphine",
    "Naloxone", "Digoxin", "Verapamil", "Lithium", "Furosemide", "Ketoconazole", "Simvastatin", "Rifampicin",
    "Clopidogrel", "Omeprazole", "Metformin", "Insulin", "Propranolol", "Salbutamol", "Theophylline",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Says:
    """What a made-up model says of a statement."""

    statement: Statement
    slug: str = "synergistic"
    confidence: float = 0.99
    atc_rule: ClassRule | None = None


def statements(n: int, *, start: int = 0, **changes: Any) -> list[Statement]:
    """Statements of one wording about as many different pairs of drugs, from the pair numbered `start` on."""
    pairs = [(head, tail) for head in DRUGS for tail in DRUGS if head < tail]
    return [statement(*pair, **changes) for pair in pairs[start : start + n]]


def seed(said: Statement, slug: str) -> None:
    add_seed_labels(task=polarity(), rows=[(said.pk, label(slug).pk, "seeds.csv line 2")], now=NOW)


def taught() -> list[Statement]:
    """Two training statements of each class with imported labels, in a wording of their own."""
    made = statements(4, wording="Giving {} changes what {} does.")
    for said, slug in zip(made, ("synergistic", "synergistic", "antagonistic", "antagonistic"), strict=True):
        seed(said, slug)
    return made


def opened_round() -> Round:
    """A round whose training run has ended."""
    opened = open_round(task=polarity(), by=None, now=NOW, wake=False)
    opened.runs.update(status=Run.Status.FINISHED)
    return opened


def trained_model(**changes: Any) -> ModelVersion:
    """A model registered as a training registers it; there must be something to learn from."""
    facts: dict[str, Any] = {
        "architecture": "lora-cls",
        "backbone": "small",
        "backbone_revision": "",
        "backbone_sha256": "1" * 64,
        "artifact": uuid.uuid4().hex * 2,
        "files": {"adapter/adapter_model.safetensors": "2" * 64},
        "labels": ["synergistic", "antagonistic"],
        "config": {"rank": 8, "learning_rate": 5e-4, "alpha": 16.0},
        "calibration": {"temperature": 1.25},
        "code_version": "0.1.0",
    }
    return add_model_version(training_set=freeze(round=opened_round(), now=NOW), now=NOW, **(facts | changes))


def claimed_run(version: ModelVersion) -> Run:
    """An inference run over everything that is pending, held under CLAIM."""
    run = open_inference(task=polarity(), model_version=version, by=None, now=NOW, wake=False)
    Run.objects.filter(pk=run.pk).update(status=Run.Status.RUNNING, claim=CLAIM)
    run.refresh_from_db()
    return run


def commit(run: Run, *answers: Says, claim: str = CLAIM, thresholds: Thresholds = THRESHOLDS) -> int:
    """Write one chunk; returns the number of its flags."""
    labels = {one.slug: one for one in Label.objects.filter(task=polarity())}
    predicted = [
        Predicted(one.statement.pk, labels[one.slug].pk, one.confidence, (one.confidence, round(1 - one.confidence, 6)))
        for one in answers
    ]
    beside = Beside(
        expectations={
            one.statement.pk: Expectation((one.atc_rule,), one.atc_rule.expected_label_id)
            for one in answers
            if one.atc_rule
        },
        previous_label_ids={},
        gold_label_ids={},
    )
    return commit_chunk(
        run=run,
        claim=claim,
        predicted=predicted,
        beside=beside,
        thresholds=thresholds,
        rules=flag_rules(polarity(), thresholds),
        titles={one.pk: one.title for one in labels.values()},
        now=NOW,
    )


def finished_run(version: ModelVersion, *chunks: Sequence[Says]) -> Run:
    run = claimed_run(version)
    for chunk in chunks:
        commit(run, *chunk)
    return close_run(run=run, claim=CLAIM, now=NOW)


def whole_ledger() -> dict[str, models.Model]:
    """At least one row of everything the chain covers, by the kind of its link."""
    first, second, third, fourth = taught()
    version = trained_model()
    evaluation = add_evaluation(
        model_version=version,
        training_set=version.training_set,
        view="test",
        metrics={"n": 4, "accuracy": 0.75},
        now=NOW,
    )
    promotion = promote(model_version=version, by=user("lead"), reason="The first one.", now=NOW)
    run = finished_run(
        version,
        [Says(first, confidence=0.6), Says(second)],
        [Says(third, "antagonistic", 0.55), Says(fourth, "antagonistic")],
    )
    (doubtful,) = statements(1, wording="{} was given beside {}.")
    outcome = answer(doubtful, "synergistic", by="ana", comment="schön – 2 × täglich", reviews_needed=2)
    answer(doubtful, "antagonistic", by="ben", reviews_needed=2)
    adjudicate(
        task=polarity(),
        statement=doubtful,
        adjudicator=user("cara"),
        label=label("synergistic"),
        comment="The second clause decides.",
        cause=DisagreementCause.Cause.AMBIGUOUS,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    comment = add_comment(
        task=polarity(),
        statement=doubtful,
        author=user("ben"),
        text="Which clause is the outcome?",
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    proposal = propose(
        task=polarity(),
        act=Proposal.Act.EXPORT,
        by=user("lead"),
        reason="For the ward's system.",
        parameters={"format": "csv", "as_of": 7},
        now=NOW,
    )
    approval = answer_proposal(proposal=proposal, by=user("cara"), approves=True, reason="", now=NOW)
    joined = add_ensemble(
        members=[version, trained_model()], backbone="small", backbone_sha256="1" * 64, artifact=uuid.uuid4().hex * 2,
        calibration={"temperature": 1.0, "method": "none", "n": 0}, code_version="0.1.0", now=NOW,
    )  # fmt: skip
    comparison = add_comparison(
        evaluation=evaluation, other=joined, metrics={"n": 4, "model": joined.number, "difference": -0.25}, now=NOW
    )
    undone = answer(first, "antagonistic", by="ana")
    withdraw_decision(decision=undone.decision, by=user("ana"), idempotency_key=uuid.uuid4(), now=NOW)
    gold = answer(second, "synergistic", by="ben").gold
    together = decide_pattern(
        task=polarity(),
        pattern=third.pattern,
        reviewer=user("ana"),
        label=label("antagonistic"),
        comment="“Changes” names harm here.",
        sample=[third.pk, fourth.pk],
        apart={},
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    return {
        "run_root": run,
        "decision": outcome.decision,
        "gold": gold,
        "model_version": version,
        "training_set": version.training_set,
        "evaluation": evaluation,
        "promotion": promotion,
        "comment": comment,
        "proposal": proposal,
        "approval": approval,
        "cause": DisagreementCause.objects.get(),
        "pattern": together.decision,
        "member": joined.members.get(position=0),
        "comparison": comparison,
    }


def sure(made: Sequence[Statement], n_synergistic: int) -> list[Says]:
    """Sure answers: the first `n_synergistic` synergistic, the rest antagonistic."""
    return [Says(one, "synergistic" if number < n_synergistic else "antagonistic") for number, one in enumerate(made)]
