"""A chunk is there whole or not at all, once, and only from the worker that holds the run."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ledger.atc import ClassRule
from ledger.chain import chunk_digest
from ledger.flagging import Thresholds
from ledger.integrity import problems
from ledger.models import AtcRule, ChainLink, Flag, FlagRule, Prediction, PredictionChunk, Run, Statement
from ledger.record import predictions as recorded
from ledger.record.bulk import insert_many
from ledger.record.predictions import RunTakenOver, close_run, flag_rules
from ledger.record.runs import pending_statements
from tests.ledger.facts import NOW, THRESHOLDS, label, polarity
from tests.ledger.together import at_once
from tests.ledger.whole import CLAIM, Says, claimed_run, commit, statements, taught, trained_model

WORDING = "{} was asked about with {}."


@pytest.fixture
def run(db: None) -> Run:
    """A claimed run of a registered model over ten statements; four of them teach it."""
    taught()
    statements(6, wording=WORDING)
    return claimed_run(trained_model())


def asked(run: Run) -> list[Statement]:
    return list(pending_statements(run))


def written() -> tuple[int, int, int]:
    return PredictionChunk.objects.count(), Prediction.objects.count(), Flag.objects.count()


def test_a_chunk_holds_its_predictions_flags_and_hash_and_moves_the_cursor(run: Run) -> None:
    one, two, three = asked(run)[:3]
    assert commit(run, Says(one, confidence=0.6), Says(two), Says(three, "antagonistic", 0.625)) == 2
    run.refresh_from_db()
    assert (run.cursor, run.n_done, run.n_flags, run.heartbeat_at) == (three.pk, 3, 2, NOW)
    chunk = PredictionChunk.objects.get()
    assert (chunk.first_statement, chunk.last_statement) == (one.pk, three.pk)
    assert (chunk.n_predictions, chunk.n_flags, chunk.committed_at) == (3, 2, NOW)
    said = Prediction.objects.get(statement=three)
    assert (said.label.slug, said.confidence, said.model_version) == ("antagonistic", 0.625, run.model_version)
    assert said.class_scores == pytest.approx((0.625, 0.375))
    assert said.flags.get().explanation == "Confidence 0.625 is below the task's threshold of 0.9."
    assert said.flags.get().rule.parameters == {"below": 0.9}


def test_cursor_and_count_add_up_over_chunks_and_what_is_left_is_pending(run: Run) -> None:
    all_of_them = asked(run)
    for start in (0, 4, 8):
        commit(run, *map(Says, all_of_them[start : start + 4]))
        run.refresh_from_db()
        done = min(start + 4, 10)
        assert (run.cursor, run.n_done) == (all_of_them[done - 1].pk, done)
        assert asked(run) == all_of_them[done:]
    assert (written(), run.n_total) == ((3, 10, 0), 10)


def test_statements_in_any_order_make_the_same_chunk(run: Run) -> None:
    one, two, three = asked(run)[:3]
    commit(run, Says(three), Says(one, confidence=0.5), Says(two))
    run.refresh_from_db()
    assert run.cursor == three.pk
    Run.objects.filter(pk=run.pk).update(status=Run.Status.CANCELLED)
    assert list(problems()) == []


def test_a_chunk_that_breaks_off_leaves_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(table: str, *facts: Any) -> None:
        if table == "ledger_flag":
            raise OSError("power failed")
        insert_many(table, *facts)

    one, two = asked(run)[:2]
    with monkeypatch.context() as patch:
        patch.setattr(recorded, "insert_many", cut_off)
        with pytest.raises(OSError, match="power failed"):
            commit(run, Says(one, confidence=0.5), Says(two))
    run.refresh_from_db()
    assert (written(), run.cursor, run.n_done, run.n_flags) == ((0, 0, 0), 0, 0, 0)
    commit(run, Says(one, confidence=0.5), Says(two))
    assert written() == (1, 2, 1)


@pytest.mark.parametrize("confidence", [1.0000001, -0.1, math.nan])
def test_a_confidence_that_is_none_is_refused_with_its_whole_chunk(run: Run, confidence: float) -> None:
    one, two = asked(run)[:2]
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        commit(run, Says(one), Says(two, confidence=confidence))
    run.refresh_from_db()
    assert (written(), run.cursor) == ((0, 0, 0), 0)


def test_a_statement_asked_twice_is_refused_with_its_whole_chunk(run: Run) -> None:
    one, two = asked(run)[:2]
    commit(run, Says(one))
    with pytest.raises(IntegrityError), transaction.atomic():
        commit(run, Says(one), Says(two))
    run.refresh_from_db()
    assert (written(), run.n_done) == ((1, 1, 0), 1)


def test_a_worker_that_lost_the_run_writes_nothing(run: Run) -> None:
    one = asked(run)[0]
    Run.objects.filter(pk=run.pk).update(claim="elsewhere:2:other")
    with pytest.raises(RunTakenOver, match="wrote nothing"):
        commit(run, Says(one, confidence=0.5))
    with pytest.raises(RunTakenOver):
        close_run(run=run, claim=CLAIM, now=NOW)
    run.refresh_from_db()
    assert (written(), run.cursor, run.root_hash, run.status) == ((0, 0, 0), 0, "", "running")
    assert not ChainLink.objects.filter(kind="run_root").exists()


@pytest.mark.parametrize("status", ["queued", "finished", "failed", "cancelled"])
def test_nothing_is_written_to_a_run_that_is_not_running(run: Run, status: str) -> None:
    Run.objects.filter(pk=run.pk).update(status=status)
    with pytest.raises(RunTakenOver):
        commit(run, Says(asked(run)[0]))
    with pytest.raises(RunTakenOver):
        close_run(run=run, claim=CLAIM, now=NOW)
    assert written() == (0, 0, 0)


def test_a_closed_run_is_finished_linked_once_and_verifies(run: Run) -> None:
    later = NOW + timedelta(minutes=3)
    for one in asked(run):
        commit(run, Says(one))
    closed = close_run(run=run, claim=CLAIM, now=later)
    assert (closed.status, closed.finished_at, len(closed.root_hash)) == ("finished", later, 64)
    with pytest.raises(RunTakenOver):
        close_run(run=run, claim=CLAIM, now=later)
    assert ChainLink.objects.filter(kind="run_root", first_id=run.pk).count() == 1
    assert list(problems()) == []


def test_every_flag_rule_finds_its_row_and_keeps_it(run: Run) -> None:
    one = asked(run)[0]
    row = AtcRule.objects.create(
        task=polarity(), table="test", prefix_a="B01AA", prefix_b="B01AF", expected=label("antagonistic"),
        mechanism="Both slow clotting.", reference="Textbook", source="curated",
    )  # fmt: skip
    everything = Thresholds(doubt=1.0, sure=0.5, audit_share=1.0, atc_tables=("test",))
    rule = ClassRule(row.pk, "B01AA", "B01AF", label("antagonistic").pk)
    assert commit(run, Says(one, confidence=0.75, atc_rule=rule), thresholds=everything) == 3
    raised = {flag.rule.rule: flag for flag in Flag.objects.select_related("rule")}
    assert set(raised) == {"low_confidence", "atc_contradiction", "audit"}
    assert raised["atc_contradiction"].atc_rule == row
    assert raised["audit"].rule.parameters == {"share": 1.0}
    Run.objects.filter(pk=run.pk).update(status=Run.Status.CANCELLED)
    assert list(problems()) == []


def test_the_same_parameters_are_the_same_rule_and_others_another(db: None) -> None:
    first = flag_rules(polarity(), THRESHOLDS)
    assert flag_rules(polarity(), THRESHOLDS) == first
    stricter = flag_rules(polarity(), Thresholds(doubt=0.95, sure=0.98, audit_share=0.0, atc_tables=()))
    assert stricter["low_confidence"] != first["low_confidence"]
    assert stricter["audit"] == first["audit"]
    assert FlagRule.objects.count() == 6


def test_two_workers_that_write_the_same_chunk_at_once_leave_one(committed_db: str) -> None:
    """Both believe to hold the run: the database takes one of them."""
    taught()
    run = claimed_run(trained_model())
    said = asked(run)
    raised = at_once(2, lambda number: commit(run, *map(Says, said)))
    run.refresh_from_db()
    assert [type(error) for error in raised] == [IntegrityError]
    assert (written(), run.n_done) == ((1, 4, 0), 4)


def test_of_a_worker_and_its_successor_only_the_successor_writes(committed_db: str) -> None:
    taught()
    run = claimed_run(trained_model())
    said = asked(run)
    Run.objects.filter(pk=run.pk).update(claim="here:2:successor")
    claims = (CLAIM, "here:2:successor")
    raised = at_once(2, lambda number: commit(run, *map(Says, said), claim=claims[number]))
    assert [type(error) for error in raised] == [RunTakenOver]
    assert written() == (1, 4, 0)


def test_two_who_close_a_run_at_once_close_it_once(committed_db: str) -> None:
    taught()
    run = claimed_run(trained_model())
    commit(run, *map(Says, asked(run)))
    raised = at_once(2, lambda number: close_run(run=Run.objects.get(pk=run.pk), claim=CLAIM, now=NOW))
    assert [type(error) for error in raised] == [RunTakenOver]
    assert ChainLink.objects.filter(kind="run_root").count() == 1
    assert list(problems()) == []


def test_the_hash_is_over_what_the_database_gives_back(run: Run) -> None:
    one, two = asked(run)[:2]
    commit(run, Says(one, confidence=1 / 3), Says(two, confidence=0.1 + 0.2))
    chunk = PredictionChunk.objects.get()
    rows = Prediction.objects.order_by("statement_id").values_list("statement_id", "label_id", "confidence", "scores")
    flags = Flag.objects.order_by("prediction__statement_id", "rule_id").values_list(
        "prediction__statement_id", "rule_id", "atc_rule_id", "explanation"
    )
    statement_ids, label_ids, confidences, scores = zip(*rows, strict=True)
    read_back = statement_ids, label_ids, confidences, tuple(map(bytes, scores))
    assert chunk_digest(read_back, list(flags), committed_at=chunk.committed_at) == chunk.sha256
