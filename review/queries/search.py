"""Looking through a whole ledger for statements, a page at a time, at a cost that does not grow with its size.

A look walks candidates in the order of the list, from the place where the page before ended, along the index that
leaves the fewest of them: a drug's statements, a word's, a reason's, a model's answers by confidence, or the corpora's
statements one by one. Each candidate is tried against the rest of the filter by its keys. Whatever is asked, no look
tries more than WINDOW candidates: where that ends before the page is full, the page says so and can be gone on with.

The SQL is written out because Django writes no ordered UNION of seeks; every name in it is the project's own, every
value a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection

from ledger.models import Decision, GoldLabel
from review.models import ReviewItem
from review.queries.candidates import Place, candidates_of, few_drugs, is_about
from review.queries.sql import Sql, any_of, has_words, joined
from review.queries.wanted import Wanted
from review.reasons import names_rule

WINDOW = 20_000  # candidates; a tenth of a second where each of them takes two seeks


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that was found, and its place in the list."""

    statement: int
    place: Place


@dataclass(frozen=True, slots=True)
class Look:
    """What was found; `goes_on` is where the next look starts, None at the end of the ledger."""

    hits: list[Hit]
    goes_on: Place | None


def look(wanted: Wanted, *, reader: User, after: Place | None, n: int, window: int = WINDOW) -> Look:
    """Up to `n` statements behind `after` (one query, and one more where the window ended first).

    Where answers are given blind, what the reader has yet to answer is found by nothing that a model said of it.
    """
    joins, conditions = _narrowing(wanted, reader)
    if not joins and not conditions:
        window = n + 1
    candidates = candidates_of(wanted, after, window)
    narrowed = _narrowed(wanted, candidates, joins, conditions)
    with connection.cursor() as cursor:
        cursor.execute(f"{narrowed.text} LIMIT {n + 1}", narrowed.params)
        hits = [_hit(row, wanted) for row in cursor.fetchall()]
        if len(hits) > n:
            return Look(hits[:n], hits[n - 1].place)
        if window == n + 1:
            return Look(hits, None)
        cursor.execute(
            f"SELECT id, at, place FROM ({candidates.text}) AS c LIMIT 1 OFFSET {window - 1}",  # noqa: S608
            candidates.params,
        )
        end = cursor.fetchone()
    return Look(hits, _hit(end, wanted).place if end else None)


def _hit(row: tuple[int, float, int], wanted: Wanted) -> Hit:
    statement, confidence, place = row
    return Hit(statement, Place(place, confidence if wanted.filter.by_confidence else None))


def _narrowed(wanted: Wanted, candidates: Sql, joins: list[Sql], conditions: list[Sql]) -> Sql:
    """The candidates that the rest of the filter lets through, in their order."""
    order = " ORDER BY c.at, c.place" if wanted.filter.by_confidence else " ORDER BY c.place"
    if connection.vendor == "sqlite":  # which would sort them once more, all of them before the first row comes
        order = ""
    where = " AND ".join(condition.text for condition in conditions)
    return Sql(
        f"SELECT c.id, c.at, c.place FROM ({candidates.text}) AS c {' '.join(one.text for one in joins)}"  # noqa: S608
        f"{f' WHERE {where}' if where else ''}{order}",
        (*candidates.params, *(value for one in (*joins, *conditions) for value in one.params)),
    )


def _narrowing(wanted: Wanted, reader: User) -> tuple[list[Sql], list[Sql]]:
    """The joins and conditions of what the candidates are not chosen by already."""
    chosen, join, joins = wanted.filter, joined(), []
    conditions = _statement_conditions(wanted)
    if conditions:
        joins.append(Sql(f"{join} ledger_statement AS s ON s.id = c.id"))
    if wanted.reads_predictions and wanted.model:
        said = "ON said.statement_id = c.id AND said.model_version_id = %s"
        joins.append(Sql(f"{join} ledger_prediction AS said {said}", (wanted.model.pk,)))
        if wanted.label:
            conditions.append(Sql("said.label_id = %s", (wanted.label.pk,)))
        if wanted.other:
            once = "ON once.statement_id = c.id AND once.model_version_id = %s"
            joins.append(Sql(f"{join} ledger_prediction AS once {once}", (wanted.other.pk,)))
            conditions.append(Sql("once.label_id <> said.label_id"))
    item = "EXISTS (SELECT 1 FROM review_reviewitem i WHERE i.task_id = %s AND i.statement_id = c.id"
    walks_items = not (chosen.words or chosen.by_confidence or few_drugs(wanted))
    if chosen.reason and not walks_items:
        named = names_rule(connection.vendor, "i.reasons", chosen.reason)
        conditions.append(Sql(f"{item} AND {named})", (wanted.task.pk,)))
    if chosen.by_gold:
        conditions.append(_has_gold(wanted, item, reader))
    if wanted.task.blind and chosen.reads_answers:
        conditions.append(_not_to_be_answered(wanted, item, reader))
    return joins, conditions


def _statement_conditions(wanted: Wanted) -> list[Sql]:
    """What the statement itself must be, unless the candidates are chosen by it already."""
    chosen, conditions = wanted.filter, []
    few = few_drugs(wanted)
    for drugs in (wanted.drugs, wanted.class_drugs):
        if drugs is not None and drugs != few:
            conditions.append(is_about(drugs))
    if chosen.words and (few or chosen.by_confidence):
        conditions.append(has_words("s.text", chosen.words))
    by_word = bool(chosen.words and not few and not chosen.by_confidence and connection.vendor == "sqlite")
    by_task = chosen.by_confidence or ((chosen.reason or chosen.by_gold) and not few and not chosen.words)
    if by_word or (by_task and chosen.corpus):
        conditions.append(any_of("s.corpus_id", wanted.corpora))
    return conditions


def _has_gold(wanted: Wanted, item: str, reader: User) -> Sql:
    """That a gold label holds, as asked for. People's is not found while the reader may still be asked."""
    chosen = wanted.filter
    known = _not_to_be_answered(wanted, item, reader)
    conditions = [Sql(f"(g.source = %s OR {known.text})", (GoldLabel.Source.SEED.value, *known.params))]
    conditions += [Sql("g.label_id = %s", (wanted.gold.pk,))] if wanted.gold else []
    conditions += [Sql("g.source = %s", (chosen.source,))] if chosen.source else []
    return Sql(
        "EXISTS (SELECT 1 FROM ledger_goldlabel g WHERE g.task_id = %s AND g.statement_id = c.id "  # noqa: S608
        "AND g.label_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_goldlabel r WHERE r.replaces_id = g.id) "
        f"AND {' AND '.join(one.text for one in conditions)})",
        (wanted.task.pk, *(value for one in conditions for value in one.params)),
    )


def _not_to_be_answered(wanted: Wanted, item: str, reader: User) -> Sql:
    """That the statement is in nobody's queue, or the reader has answered it."""
    states = ", ".join(["%s"] * len(ReviewItem.WAITING))
    return Sql(
        f"NOT {item} AND i.state IN ({states}) AND NOT EXISTS ("  # noqa: S608
        "SELECT 1 FROM ledger_decision d WHERE d.task_id = i.task_id AND d.statement_id = c.id AND d.reviewer_id = %s "
        "AND d.kind <> %s AND NOT EXISTS (SELECT 1 FROM ledger_decision r WHERE r.replaces_id = d.id)))",
        (wanted.task.pk, *ReviewItem.WAITING, reader.pk, Decision.Kind.WITHDRAWAL),
    )
