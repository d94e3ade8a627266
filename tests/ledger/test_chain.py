"""The chain's hashes: the same before writing and after reading back, on whichever database this runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.chain import (
    COVERED,
    GENESIS,
    ChainNeedsTransaction,
    append_link,
    canonical,
    chunk_digest,
    lock_chain,
    rows_digest,
    run_root,
)
from ledger.integrity import problems
from ledger.models import ChainLink, GoldLabel
from ledger.record.gold import add_seed_labels
from ledger.record.models import add_evaluation
from tests.ledger.facts import NOW, answer, label, polarity, statement
from tests.ledger.whole import statements, taught, trained_model, whole_ledger

AWKWARD = {
    "large": 1e16,
    "huge": 1.5e300,
    "tiny": 5e-324,
    "third": 1 / 3,
    "whole": 1.0,
    "nothing": -0.0,
    "rate": 1e-7,
    "by_count": {9: 1, 10: 2, True: 3, None: 4},
    "pairs": [(1, 2.0), []],
    "words": "Wirkung ↑, 2 × täglich\t„ja“ \\ \u2028",
    "empty": {},
    "none": None,
    "yes": True,
}


def test_links_stand_in_order_and_each_names_the_one_before(db: None) -> None:
    whole_ledger()
    links = list(ChainLink.objects.order_by("position"))
    assert [link.position for link in links] == list(range(1, len(links) + 1))
    assert [link.previous for link in links] == [GENESIS, *(link.hash for link in links[:-1])]
    assert {link.kind for link in links} == set(COVERED)


def test_numbers_and_words_json_turns_round_do_not_break_the_chain(db: None) -> None:
    taught()
    version = trained_model(config=AWKWARD, calibration={"temperature": 2.0})
    add_evaluation(
        model_version=version, training_set=version.training_set, view="test", metrics={"n": 1} | AWKWARD, now=NOW
    )
    assert list(problems()) == []


@pytest.mark.parametrize("seconds", [4, 4.0, 0, 0.1 + 0.2, 1e16, None])
def test_seconds_spent_read_back_as_they_were_hashed(db: None, seconds: float | None) -> None:
    answer(statement(), "synergistic", seconds_spent=seconds)
    assert list(problems()) == []


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
        datetime(2026, 3, 4, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_times_read_back_as_they_were_hashed(db: None, moment: datetime) -> None:
    answer(statement(), "synergistic", now=moment)
    assert list(problems()) == []


def test_one_moment_has_one_form_whatever_its_time_zone() -> None:
    here = datetime(2026, 3, 4, 15, 15, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert canonical(here) == canonical(here.astimezone(UTC)) == "2026-03-04T09:30:00.000000+00:00"


def test_different_facts_keep_different_forms() -> None:
    assert canonical(0.1) != canonical("0.1")
    assert canonical(True) != canonical("true")
    assert canonical([1, [2]]) != canonical([[1], 2])
    assert canonical(None) != canonical("None")


def test_the_order_of_rows_and_what_they_rest_on_are_part_of_the_digest(db: None) -> None:
    gold = answer(statement(), "synergistic").gold
    other = answer(statement(tail="Heparin"), "synergistic").gold
    assert rows_digest("gold", [gold, other]) != rows_digest("gold", [other, gold])
    assert rows_digest("gold", [gold]) == rows_digest("gold", [GoldLabel.objects.get(pk=gold.pk)])


def test_a_link_cannot_be_added_outside_a_transaction(committed_db: str) -> None:
    with pytest.raises(ChainNeedsTransaction, match=r"transaction\.atomic"):
        lock_chain()


def test_an_imported_batch_is_one_link_and_costs_few_queries(db: None, django_assert_max_num_queries: object) -> None:
    made = statements(40)
    synergistic = label("synergistic").pk
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        add_seed_labels(task=polarity(), rows=[(one.pk, synergistic, "seeds.csv") for one in made], now=NOW)
    link = ChainLink.objects.latest("position")
    assert (link.kind, link.n_rows, link.last_id - link.first_id) == ("gold", 40, 39)
    assert list(problems()) == []


def test_what_is_rolled_back_leaves_no_link(db: None) -> None:
    before = ChainLink.objects.count()
    with transaction.atomic():
        answer(statement(), "synergistic")
        transaction.set_rollback(True)
    assert ChainLink.objects.count() == before
    answer(statement(), "synergistic")
    assert list(problems()) == []


def test_two_links_of_one_position_are_refused_by_the_database(db: None) -> None:
    outcome = answer(statement(), "synergistic")
    newest = ChainLink.objects.latest("position")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainLink.objects.create(
            position=newest.position, kind="decision", first_id=outcome.decision.pk, last_id=outcome.decision.pk,
            n_rows=1, digest="0" * 64, previous=GENESIS, hash="1" * 64, linked_at=NOW,
        )  # fmt: skip
    assert list(problems()) == []


def test_a_link_of_no_rows_is_impossible(db: None) -> None:
    with pytest.raises(ValueError, match="empty"), transaction.atomic():
        append_link(ChainLink.Kind.DECISION, [], now=NOW)


CHUNK: Any = ((1, 2), (2, 2), (0.75, 0.5), (b"\0\1\2\3", b"\0\1\2\4"))  # columns
FLAGS = [(1, 3, None, "unsure"), (1, 4, 9, "Ärzte fragen")]


def test_every_part_of_a_chunk_is_in_its_hash() -> None:
    whole = chunk_digest(CHUNK, FLAGS, committed_at=NOW)
    statement_ids, label_ids, confidences, scores = CHUNK
    first_alone: Any = tuple(column[:1] for column in CHUNK)
    turned: Any = tuple(column[::-1] for column in CHUNK)
    changed = [
        chunk_digest(CHUNK, FLAGS, committed_at=NOW + timedelta(microseconds=1)),
        chunk_digest(first_alone, FLAGS, committed_at=NOW),
        chunk_digest(turned, FLAGS, committed_at=NOW),
        chunk_digest(CHUNK, FLAGS[:1], committed_at=NOW),
        chunk_digest(((9, 2), label_ids, confidences, scores), FLAGS, committed_at=NOW),
        chunk_digest((statement_ids, (9, 2), confidences, scores), FLAGS, committed_at=NOW),
        chunk_digest((statement_ids, label_ids, (0.750000001, 0.5), scores), FLAGS, committed_at=NOW),
        chunk_digest((statement_ids, label_ids, confidences, (b"\0\1\2\5", scores[1])), FLAGS, committed_at=NOW),
        chunk_digest(CHUNK, [(2, 3, None, "unsure"), FLAGS[1]], committed_at=NOW),
        chunk_digest(CHUNK, [(1, 5, None, "unsure"), FLAGS[1]], committed_at=NOW),
        chunk_digest(CHUNK, [(1, 3, 7, "unsure"), FLAGS[1]], committed_at=NOW),
        chunk_digest(CHUNK, [(1, 3, None, "sure"), FLAGS[1]], committed_at=NOW),
    ]
    assert len({whole, *changed}) == 1 + len(changed)


def test_bytes_moved_from_one_prediction_to_the_next_are_noticed() -> None:
    one = chunk_digest(((1, 2), (2, 2), (0.5, 0.5), (b"\0" * 8, b"\0" * 4)), [], committed_at=NOW)
    other = chunk_digest(((1, 2), (2, 2), (0.5, 0.5), (b"\0" * 4, b"\0" * 8)), [], committed_at=NOW)
    assert one != other


def test_letters_moved_from_one_flag_to_the_next_are_noticed() -> None:
    one = chunk_digest(CHUNK, [(1, 3, None, "unsure"), (1, 4, None, "")], committed_at=NOW)
    other = chunk_digest(CHUNK, [(1, 3, None, ""), (1, 4, None, "unsure")], committed_at=NOW)
    assert one != other


def test_a_chunk_nothing_is_left_of_has_a_hash_too() -> None:
    assert chunk_digest(((), (), (), ()), [], committed_at=NOW) != chunk_digest(CHUNK, [], committed_at=NOW)


def test_a_runs_root_is_the_same_whoever_wrote_which_chunk_first() -> None:
    chunks = [(10, "a" * 64), (20, "b" * 64), (30, "c" * 64)]
    root = run_root(run_id=1, model_version_id=2, chunks=chunks)
    assert root == run_root(run_id=1, model_version_id=2, chunks=[chunks[2], chunks[0], chunks[1]])
    assert root != run_root(run_id=1, model_version_id=2, chunks=chunks[:2])
    assert root != run_root(run_id=2, model_version_id=2, chunks=chunks)
    assert root != run_root(run_id=1, model_version_id=3, chunks=chunks)
    assert root != run_root(run_id=1, model_version_id=2, chunks=[(10, "b" * 64), (20, "a" * 64), chunks[2]])
