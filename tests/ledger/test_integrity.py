"""Whatever is done to the ledger behind its guards is found and named, and nothing else is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, models

from ledger.chain import COVERED, link_hash
from ledger.integrity import problems
from ledger.models import (
    ChainLink,
    Decision,
    Flag,
    GoldEvidence,
    GoldLabel,
    Prediction,
    PredictionChunk,
    Run,
    TrainingExample,
    TrainingSet,
)
from tests.ledger.facts import NOW, answer, statement
from tests.ledger.whole import (
    Says,
    claimed_run,
    commit,
    guard_again,
    remove,
    rewrite,
    statements,
    trained_model,
    unguarded,
    whole_ledger,
)

Rows = dict[str, models.Model]


@pytest.fixture
def ledger(db: None) -> Rows:
    return whole_ledger()


def found() -> list[str]:
    guard_again()
    return list(problems())


def something_else(value: Any) -> Any:
    """Another value of the same kind, as near as can be."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    if isinstance(value, dict):
        return {**value, "added": 0}
    if isinstance(value, list):
        return value[::-1]
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    if isinstance(value, float):
        return value + 1e-9
    return (value or 0) + 1_000


def test_nothing_is_found_in_a_ledger_nobody_touched(ledger: Rows) -> None:
    assert set(ChainLink.objects.values_list("kind", flat=True)) == set(COVERED) == set(ledger)
    assert list(problems()) == []


def test_nothing_is_found_in_an_empty_ledger(db: None) -> None:
    assert list(problems()) == []


def test_every_field_of_every_fact_is_held_by_the_chain(ledger: Rows) -> None:
    for kind in COVERED:
        row = ledger[kind]
        link = ChainLink.objects.get(kind=kind, first_id=row.pk)
        sentence = f"Link {link.position}: the {link.get_kind_display()} row {row.pk} was changed after it was written."
        fields = [name for name in COVERED[kind][1] if name not in ("id", "evidence_ids")]
        concrete = {field.attname for field in type(row)._meta.concrete_fields}
        assert set(fields) <= concrete
        if type(row) is not Run:
            assert concrete - set(fields) == {"id"}
        for name in fields:
            with unguarded():
                rewrite(row, **{name: something_else(getattr(row, name))})
                by_chain = [problem for problem in found() if problem.startswith("Link")]
                assert by_chain == [sentence], name
        assert list(problems()) == []


def test_a_fact_taken_out_is_missed(ledger: Rows) -> None:
    for kind in ["decision", "gold", "promotion", "evaluation", "model_version", "training_set"]:
        link = ChainLink.objects.get(kind=kind, first_id=ledger[kind].pk)
        with unguarded():
            remove(ledger[kind])
            sentences = found()
            assert f"Link {link.position} covers 1 {link.get_kind_display()} rows; 0 are there." in sentences
            assert any("its chain covers" in sentence for sentence in sentences)


def test_a_fact_slipped_in_is_noticed(ledger: Rows) -> None:
    for kind in ["decision", "gold", "promotion", "evaluation", "model_version"]:
        model = COVERED[kind][0]
        with unguarded():
            copy = model._default_manager.get(pk=ledger[kind].pk)
            copy.pk = None
            copy._state.adding = True
            for name in ("replaces_id", "statement_id", "number", "view"):  # past the unique constraints
                if hasattr(copy, name):
                    setattr(copy, name, something_else(getattr(copy, name)))
            if isinstance(copy, Decision):
                copy.idempotency_key = uuid.uuid4()
            models.Model.save(copy)
            n_rows = model._default_manager.count()
            (sentence,) = found()
            label = ChainLink.Kind(kind).label
            assert sentence == f"{n_rows} {label} rows stand in the ledger; its chain covers {n_rows - 1}."


def test_a_gold_label_keeps_the_decisions_it_rests_on(ledger: Rows) -> None:
    gold = ledger["gold"]
    link = ChainLink.objects.get(kind="gold", first_id=gold.pk)
    evidence = GoldEvidence.objects.get(gold_id=gold.pk)
    other = Decision.objects.exclude(pk=evidence.decision_id).earliest("id")
    deeds: list[Callable[[], object]] = [
        lambda: remove(evidence),
        lambda: rewrite(evidence, decision_id=other.pk),
        lambda: GoldEvidence.objects.create(gold_id=gold.pk, decision=other),
    ]
    for deed in deeds:
        with unguarded():
            deed()
            (sentence,) = found()
            assert sentence.startswith(f"Link {link.position}: the gold label row {gold.pk} was changed")


def test_one_row_of_an_imported_batch_is_held_too(ledger: Rows) -> None:
    from ledger.record.gold import add_seed_labels
    from tests.ledger.facts import label, polarity

    made = statements(3, wording="{} and {} were imported.")
    add_seed_labels(task=polarity(), rows=[(one.pk, label("synergistic").pk, "seeds.csv") for one in made], now=NOW)
    middle = GoldLabel.objects.get(statement=made[1])
    link = ChainLink.objects.latest("position")
    with unguarded():
        rewrite(middle, origin="another file")
        (sentence,) = found()
        assert sentence.startswith(f"Link {link.position}: the gold label a row from {link.first_id} to {link.last_id}")
    with unguarded():
        remove(middle)
        assert f"Link {link.position} covers 3 gold label rows; 2 are there." in found()


def test_every_field_of_a_link_is_held_by_the_link(ledger: Rows) -> None:
    link = ChainLink.objects.filter(kind="decision").earliest("position")
    for field in ("kind", "first_id", "last_id", "n_rows", "digest", "previous", "hash", "linked_at", "position"):
        value = getattr(link, field)
        changed = "gold" if field == "kind" else something_else(value)
        with unguarded():
            rewrite(link, **{field: changed})
            assert any("Link" in sentence for sentence in found()), field


def test_a_link_taken_out_is_missed(ledger: Rows) -> None:
    third = ChainLink.objects.get(position=3)
    with unguarded():
        remove(third)
        sentences = found()
        assert "Link 3 of the chain is missing; the next one is 4." in sentences
        assert "Link 4 does not follow the link before it." in sentences


def test_the_newest_link_taken_out_leaves_its_fact_uncovered(ledger: Rows) -> None:
    newest = ChainLink.objects.latest("position")
    with unguarded():
        remove(newest)
        (sentence,) = found()
        assert re.fullmatch(r"\d+ gold label rows stand in the ledger; its chain covers \d+\.", sentence)


def test_two_links_swapped_are_noticed(ledger: Rows) -> None:
    second, third = ChainLink.objects.filter(position__in=(2, 3))
    with unguarded():
        rewrite(second, position=1_000)
        rewrite(third, position=2)
        rewrite(second, position=3)
        sentences = found()
    assert "Link 2 was changed: its own hash does not hold." in sentences
    assert "Link 3 was changed: its own hash does not hold." in sentences


def test_a_link_made_anew_over_a_changed_fact_does_not_fit_the_next(ledger: Rows) -> None:
    """Whoever changes a fact and its link would have to change every link after it as well."""
    from ledger.chain import rows_digest

    decision = ledger["decision"]
    link = ChainLink.objects.get(kind="decision", first_id=decision.pk)
    with unguarded():
        rewrite(decision, comment="never said")
        digest = rows_digest("decision", [Decision.objects.get(pk=decision.pk)])
        names = ("position", "kind", "first_id", "last_id", "n_rows", "previous", "linked_at")
        rewrite(link, digest=digest, hash=link_hash(digest=digest, **{name: getattr(link, name) for name in names}))
        assert found() == [f"Link {link.position + 1} does not follow the link before it."]


def chunk_sentence(chunk: PredictionChunk) -> str:
    return (
        f"Chunk {chunk.pk} (run {chunk.run_id}, statements {chunk.first_statement}–{chunk.last_statement}): "
        "a prediction or flag was added, removed or changed after it was written."
    )


def test_every_field_of_a_prediction_is_held_by_its_chunk(ledger: Rows) -> None:
    for field in ["statement_id", "model_version_id", "label_id", "confidence", "scores", "chunk_id"]:
        prediction = Prediction.objects.order_by("id")[1]
        chunk = prediction.chunk
        value = getattr(prediction, field)
        changed = {
            "scores": bytes(value)[:-1] + b"\x7f" if field == "scores" else b"",
            "confidence": prediction.confidence - 1e-9,
            "label_id": prediction.label_id + 1,
        }.get(field, something_else(value) if isinstance(value, int) else value)
        with unguarded():
            rewrite(prediction, **{field: changed})
            assert chunk_sentence(chunk) in found()


def test_a_prediction_taken_out_is_missed(ledger: Rows) -> None:
    prediction = Prediction.objects.exclude(flags__isnull=False).earliest("id")
    with unguarded():
        remove(prediction)
        assert found() == [chunk_sentence(prediction.chunk)]


def test_a_prediction_slipped_in_is_noticed(ledger: Rows) -> None:
    known = Prediction.objects.earliest("id")
    (other,) = statements(1, wording="{} and {} were never asked about.")
    with unguarded():
        Prediction.objects.create(
            statement=other, model_version_id=known.model_version_id, chunk=known.chunk, label=known.label,
            confidence=0.9, scores=b"\0" * 8,
        )  # fmt: skip
        assert found() == [chunk_sentence(known.chunk)]


def test_a_prediction_of_no_chunk_is_noticed(ledger: Rows) -> None:
    known = Prediction.objects.earliest("id")
    (other,) = statements(1, wording="{} and {} were never asked about.")
    with unguarded():
        Prediction.objects.create(
            statement=other, model_version_id=known.model_version_id, chunk_id=99_999, label=known.label,
            confidence=0.9, scores=b"\0" * 8,
        )  # fmt: skip
        assert found() == ["1 prediction rows name a chunk that is not there."]


def test_every_field_of_a_flag_is_held_by_its_chunk(ledger: Rows) -> None:
    for field in ["explanation", "rule_id", "atc_rule_id", "prediction_id"]:
        flag = Flag.objects.earliest("id")
        with unguarded():
            rewrite(flag, **{field: something_else(getattr(flag, field))})
            assert chunk_sentence(flag.prediction.chunk) in found()


def test_a_flag_taken_out_or_slipped_in_is_noticed(ledger: Rows) -> None:
    flag = Flag.objects.earliest("id")
    unflagged = Prediction.objects.filter(flags__isnull=True).earliest("id")
    with unguarded():
        remove(flag)
        assert found() == [chunk_sentence(flag.prediction.chunk)]
    with unguarded():
        Flag.objects.create(prediction=unflagged, rule=flag.rule, explanation="unsure")
        assert found() == [chunk_sentence(unflagged.chunk)]
    with unguarded():
        Flag.objects.create(prediction_id=99_999, rule=flag.rule, explanation="unsure")
        assert found() == ["1 flag rows name a prediction that is not there."]


def test_every_field_of_a_chunk_is_held(ledger: Rows) -> None:
    for field in ["first_statement", "last_statement", "n_predictions", "n_flags", "sha256", "committed_at", "run_id"]:
        chunk = PredictionChunk.objects.earliest("id")
        with unguarded():
            rewrite(chunk, **{field: something_else(getattr(chunk, field))})
            sentences = found() if field != "run_id" else _run_sentences(chunk.run_id)
            assert sentences, field
            assert all(
                f"Chunk {chunk.pk} " in sentence or f"Run {chunk.run_id}" in sentence for sentence in sentences
            ), sentences


def _run_sentences(run_id: int) -> list[str]:
    """A chunk without its run is passed over by the joins; the run misses it."""
    return [sentence for sentence in found() if f"Run {run_id}" in sentence]


def test_a_chunk_hashed_anew_over_changed_predictions_does_not_fit_the_runs_root(ledger: Rows) -> None:
    chunk = PredictionChunk.objects.earliest("id")
    with unguarded():
        rewrite(chunk, sha256="0" * 64)
        assert (
            f"Run {chunk.run_id}: its root does not close over its chunks; a chunk was added, removed or changed."
            in (found())
        )


def test_calling_a_finished_run_failed_does_not_hide_what_was_done_to_its_chunks(ledger: Rows) -> None:
    chunk = PredictionChunk.objects.earliest("id")
    with unguarded():
        Run.objects.filter(pk=chunk.run_id).update(status=Run.Status.FAILED)
        rewrite(chunk, sha256="0" * 64)
        assert any(f"Run {chunk.run_id}: its root" in sentence for sentence in found())


def test_a_chunk_taken_out_of_a_run_that_never_finished_is_missed(ledger: Rows) -> None:
    made = statements(2, wording="{} and {} came later.")
    run = claimed_run(trained_model())
    commit(run, Says(made[0]))
    commit(run, Says(made[1]))
    Run.objects.filter(pk=run.pk).update(status=Run.Status.CANCELLED)
    assert list(problems()) == []
    chunk = PredictionChunk.objects.latest("id")
    with unguarded():
        for prediction in chunk.predictions.all():
            remove(prediction)
        remove(chunk)
        assert found() == [f"Run {run.pk} wrote 2 predictions; its chunks hold 1: one was added or removed."]


def test_a_runs_root_cannot_be_exchanged(ledger: Rows) -> None:
    run = ledger["run_root"]
    with unguarded():
        rewrite(run, root_hash="0" * 64)
        sentences = found()
        assert any(sentence.startswith("Link") for sentence in sentences)
        assert any(f"Run {run.pk}: its root" in sentence for sentence in sentences)
    with unguarded():
        rewrite(run, root_hash="")
        assert any("covers 1 run root rows; 0 are there" in sentence for sentence in found())


def test_every_field_of_a_training_example_is_held_by_its_set(ledger: Rows) -> None:
    for field in ["statement_id", "label_id", "role", "gold_id"]:
        example = TrainingExample.objects.filter(source="gold").earliest("id")
        changed = "test" if field == "role" else something_else(getattr(example, field))
        with unguarded():
            rewrite(example, **{field: changed})
            assert found() == [f"Training set {example.training_set_id}: its examples are not those that were frozen."]


def test_a_training_example_taken_out_or_slipped_in_is_noticed(ledger: Rows) -> None:
    training_set = TrainingSet.objects.earliest("id")
    sentence = f"Training set {training_set.pk}: its examples are not those that were frozen."
    example = training_set.examples.earliest("id")
    gold = GoldLabel.objects.latest("id")
    with unguarded():
        remove(example)
        assert found() == [sentence]
    with unguarded():
        TrainingExample.objects.create(
            training_set=training_set,
            statement=statement(),
            label=example.label,
            role="train",
            source="gold",
            gold=gold,
        )
        assert found() == [sentence]
    with unguarded():
        for one in training_set.examples.all():
            remove(one)
        assert found() == [sentence]


def test_a_guard_taken_down_is_named_although_nothing_was_changed(ledger: Rows) -> None:
    sentences = [
        f"The trigger ledger_promotion_refuses_{act} is missing: a fact could be changed."
        for act in ("update", "delete")
    ]
    from ledger.triggers import drop_sql

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sql in drop_sql(connection.vendor, "ledger_promotion"):
            cursor.execute(sql)
    assert list(problems()) == sentences


def test_work_that_goes_on_after_a_look_is_found_clean_again(ledger: Rows) -> None:
    assert list(problems()) == []
    answer(statement(tail="Heparin"), "synergistic")
    assert list(problems()) == []
