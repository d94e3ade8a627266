"""Which answers count, and what becomes of them; the arithmetic is tested beside `review.agreement`."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from ledger.models import Decision, Label, ModelVersion, Statement, Task
from ledger.record.adjudication import adjudicate
from ledger.record.decisions import withdraw_decision
from ledger.record.revisions import revise_decision
from review.models import ReviewItem
from review.queries.agreement import UNSEEN, agreement_of, causes_of, first_answers
from review.queries.pull import Pull, pull_towards_model
from tests.ledger.facts import NOW, answer, label, polarity, said_of, statement, user
from tests.review.conftest import predict, put_in_queue, queue_build


def labels() -> list[Label]:
    return list(polarity().labels.order_by("position"))


def said_by(one: Statement, slug: str, by: str, **changes: Any) -> Decision:
    decision: Decision = answer(one, slug, by=by, reviews_needed=2, **changes).decision
    return decision


def take_back(decision: Decision) -> None:
    withdraw_decision(decision=decision, by=decision.reviewer, idempotency_key=uuid.uuid4(), now=NOW)


def settle(one: Statement, slug: str, by: str, cause: str = "ambiguous") -> None:
    adjudicate(
        task=polarity(), statement=one, adjudicator=user(by), label=label(slug), comment="x", cause=cause,
        idempotency_key=uuid.uuid4(), now=NOW,
    )  # fmt: skip


def rows() -> set[tuple[int, str, int, int]]:
    """Statement, person, label and label seen of every answer that counts."""
    found = first_answers(polarity(), labels())
    people = {user(name).pk: name for name in ("ana", "ben", "cara", "dan")}
    return {
        (statement_id, people[reviewer], place, seen)
        for statement_id, reviewer, place, seen in zip(
            *(column.tolist() for column in (found.statements, found.reviewers, found.labels, found.seen)), strict=True
        )
    }


def test_first_answers_count_and_nothing_else_does(task: Task, model: ModelVersion) -> None:
    both, left, changed = (statement(tail=name) for name in ("Aspirin", "Heparin", "Digoxin"))
    seen = predict(model, of=both)
    said_by(both, "synergistic", "ana", prediction_seen=seen)
    said_by(both, "antagonistic", "ben")
    settle(both, "antagonistic", "cara")
    take_back(said_by(left, "synergistic", "ana"))
    take_back(said_by(changed, "synergistic", "ben"))
    said_by(changed, "undetermined", "ben")
    assert rows() == {(both.pk, "ana", 0, 1), (both.pk, "ben", 1, UNSEEN), (changed.pk, "ben", 0, UNSEEN)}


def test_an_adjudicator_who_had_answered_counts_as_they_first_answered(task: Task) -> None:
    one = statement()
    said_by(one, "synergistic", "ana")
    said_by(one, "antagonistic", "ben")
    settle(one, "antagonistic", "ana")
    assert rows() == {(one.pk, "ana", 0, UNSEEN), (one.pk, "ben", 1, UNSEEN)}


def test_an_answer_changed_after_the_reveal_counts_as_it_was(task: Task, model: ModelVersion) -> None:
    one = statement()
    revise(said_by(one, "synergistic", "ana"), "antagonistic", model)
    assert rows() == {(one.pk, "ana", 0, UNSEEN)}


def test_two_people_have_a_kappa_overall_and_by_label(task: Task) -> None:
    """ana and ben: 8 synergistic both, 4 antagonistic both, 2 and 1 apart: observed 12/15, by chance 0.5244."""
    table = [("synergistic", "synergistic")] * 8 + [("antagonistic", "antagonistic")] * 4
    table += [("synergistic", "antagonistic")] * 2 + [("antagonistic", "synergistic")]
    for number, (ana, ben) in enumerate(table):
        one = statement(external_id=f"x{number}")
        said_by(one, ana, "ana")
        said_by(one, ben, "ben")
    said_by(statement(external_id="alone"), "undetermined", "ana")
    found = agreement_of(first_answers(task, labels()), labels())
    by_chance = (10 / 15) * (9 / 15) + (5 / 15) * (6 / 15)
    (pair,) = found.pairs
    assert (pair.names, pair.raw.value, found.n_pairs) == (("ana", "ben"), pytest.approx(12 / 15), 1)
    assert pair.kappa.value == pytest.approx((12 / 15 - by_chance) / (1 - by_chance))
    assert (found.n_answers, found.n_reviewers, found.raw.n) == (31, 2, 15)
    kappas = {row.label.slug: row.kappa.value if row.kappa else None for row in found.labels}
    assert kappas["synergistic"] == pytest.approx(pair.kappa.value)  # with two labels used, each is the other's rest
    assert kappas["undetermined"] is None  # nobody gave it where both answered
    assert [row.n_given for row in found.labels] == [19, 11, 0]


def test_with_three_people_every_pair_has_its_own_row(task: Task) -> None:
    for number in range(12):
        one = statement(external_id=f"x{number}")
        said_by(one, "synergistic", "ana")
        said_by(one, "synergistic" if number % 3 else "antagonistic", "ben")
        if number < 6:
            said_by(one, "antagonistic", "cara")
    found = agreement_of(first_answers(task, labels()), labels())
    assert [(pair.names, pair.raw.n) for pair in found.pairs] == [
        (("ana", "ben"), 12),
        (("ana", "cara"), 6),
        (("ben", "cara"), 6),
    ]
    assert all(row.kappa is None for row in found.labels)


def test_causes_are_counted_the_most_frequent_first(task: Task) -> None:
    for number, cause in enumerate(("slip", "guideline", "slip")):
        one = statement(external_id=f"x{number}")
        said_by(one, "synergistic", "ana")
        said_by(one, "antagonistic", "ben")
        settle(one, "synergistic", "cara", cause)
    assert causes_of(task) == [("a slip of the hand", 2), ("the guideline does not cover it", 1)]


def revise(decision: Decision, slug: str, model: ModelVersion, said: str = "antagonistic") -> None:
    prediction = decision.statement.predictions.first() or predict(model, of=decision.statement, said=said)
    key = uuid.uuid4()
    with said_of(decision.statement, decision.task, key) as read:
        revise_decision(
            said=read, decision=decision, by=decision.reviewer, label=label(slug), comment="",
            prediction_seen=prediction, seconds_spent=None, idempotency_key=key, reviews_needed=2, now=NOW,
        )  # fmt: skip


def pull() -> Pull:
    return pull_towards_model(polarity(), first_answers(polarity(), labels()), labels())


def test_the_pull_is_read_from_what_was_changed_after_the_reveal(task: Task, model: ModelVersion) -> None:
    """The model says antagonistic throughout. Blind: 12 synergistic, of which 3 become the model's; 8 are the model's,
    of which 2 are changed away. With the model in sight, 9 of 10 are the model's."""
    number = 0
    for first, then, times in (
        ("synergistic", "antagonistic", 3),
        ("synergistic", "synergistic", 8),
        ("synergistic", "undetermined", 1),
        ("antagonistic", "antagonistic", 6),
        ("antagonistic", "synergistic", 2),
    ):
        for _ in range(times):
            number += 1
            revise(said_by(statement(external_id=f"x{number}"), first, "ana"), then, model)
    for seen in range(10):
        one = statement(external_id=f"seen{seen}")
        said_by(one, "antagonistic" if seen else "synergistic", "ben", prediction_seen=predict(model, of=one))
    found = pull()
    assert (found.n_blind, found.n_revealed) == (20, 20)
    assert (found.towards.n, found.towards.value) == (12, pytest.approx(3 / 12))
    assert (found.away.n, found.away.value) == (8, pytest.approx(2 / 8))
    assert found.blind.value == pytest.approx(8 / 20)
    assert found.seen.value == pytest.approx(9 / 10)
    assert found.difference.value == pytest.approx(9 / 10 - 8 / 20)
    assert found.difference.low is not None
    assert found.difference.high is not None
    assert found.difference.low < 0.5 < found.difference.high
    assert found.towards.low is not None
    assert found.towards.low < 0.25


def test_a_blind_answer_nobody_revised_is_held_against_what_the_queue_says(task: Task, model: ModelVersion) -> None:
    one = statement()
    prediction = predict(model, of=one, said="antagonistic")
    put_in_queue(queue_build(), prediction, "audit", state=ReviewItem.State.SETTLED)
    said_by(one, "antagonistic", "ana")
    said_by(statement(external_id="unread"), "antagonistic", "ana")
    found = pull()
    assert (found.n_blind, found.n_revealed) == (2, 0)
    assert (found.blind.n, found.blind.value) == (1, 1.0)  # of the other one nobody knows what a model would say


def test_with_nothing_blind_there_is_no_pull(task: Task) -> None:
    found = pull()
    assert (found.n_blind, found.towards.value, found.difference.value) == (0, None, None)


def test_it_costs_the_same_however_many_answers(
    task: Task, model: ModelVersion, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        one = statement(external_id=f"x{number}")
        revise(said_by(one, "synergistic", "ana"), "antagonistic", model)
        said_by(one, "antagonistic", "ben")
        ours = labels()
        with django_assert_num_queries(5):
            answers = first_answers(task, ours)
            agreement_of(answers, ours)
            pull_towards_model(task, answers, ours)
