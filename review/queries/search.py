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
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from ledger.models import Decision
from ledger.searchable import INDEX, VECTOR
from review.models import ReviewItem
from review.queries.wanted import Wanted

WINDOW = 20_000  # candidates; a tenth of a second where each of them takes two seeks
FEW_DRUGS = 40  # of a class; a larger class leaves so many statements that walking them all is quicker


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: behind this confidence and row (of predictions), or behind this row (of statements)."""

    row: int
    confidence: float | None = None

    def __str__(self) -> str:
        return str(self.row) if self.confidence is None else f"{self.confidence!r}~{self.row}"

    @classmethod
    def read(cls, given: str) -> Place | None:
        """From an address; None for the beginning, and for what is no place."""
        confidence, _, row = given.rpartition("~")
        if not row.isdecimal() or len(row) > 18:
            return None
        try:
            return cls(int(row), float(confidence) if confidence else None)
        except ValueError:
            return None


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


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    params: tuple[Any, ...] = ()


def look(wanted: Wanted, *, reader: User, after: Place | None, n: int, window: int = WINDOW) -> Look:
    """Up to `n` statements behind `after` (one query, and one more where the window ended first).

    Where answers are given blind, what the reader has yet to answer is found by nothing that a model said of it.
    """
    candidates = _candidates(wanted, after, window)
    narrowed = _narrowed(wanted, candidates, reader)
    with connection.cursor() as cursor:
        cursor.execute(f"{narrowed.text} LIMIT {n + 1}", narrowed.params)
        hits = [_hit(row, wanted) for row in cursor.fetchall()]
        if len(hits) > n:
            return Look(hits[:n], hits[n - 1].place)
        cursor.execute(
            f"SELECT id, at, place FROM ({candidates.text}) AS c LIMIT 1 OFFSET {window - 1}",  # noqa: S608
            candidates.params,
        )
        end = cursor.fetchone()
    return Look(hits, _hit(end, wanted).place if end else None)


def _hit(row: tuple[int, float, int], wanted: Wanted) -> Hit:
    statement, confidence, place = row
    return Hit(statement, Place(place, confidence if wanted.filter.by_confidence else None))


def any_of(column: str, values: list[int]) -> Sql:
    """That the column has one of these values, as one parameter."""
    if connection.vendor == "postgresql":
        return Sql(f"{column} = ANY(%s)", (values,))
    return Sql(f"{column} IN (SELECT value FROM json_each(%s))", (str(values),))  # noqa: S608


def _candidates(wanted: Wanted, after: Place | None, window: int) -> Sql:
    """Rows (id, at, place) in the list's order, `window` at most."""
    if wanted.filter.by_confidence:
        return _by_confidence(wanted, after, window)
    arms = _arms(wanted, after.row if after else 0)
    # A statement may name one drug first and another second; it stands in one corpus only.
    union = (" UNION " if wanted.few_drugs(FEW_DRUGS) else " UNION ALL ").join(arm.text for arm in arms)
    params = tuple(value for arm in arms for value in arm.params)
    return Sql(f"SELECT id, 0.0 AS at, id AS place FROM ({union} ORDER BY 1 LIMIT {window}) AS arms", params)  # noqa: S608


def _arms(wanted: Wanted, behind: int) -> list[Sql]:
    """Seeks whose rows together are the candidates in the order of their ids."""
    if drugs := wanted.few_drugs(FEW_DRUGS):
        # The plus keeps the databases from walking all statements by id instead.
        return [
            Sql(f"SELECT id FROM ledger_statement WHERE {one.text} AND +id > %s", (*one.params, behind))  # noqa: S608
            for one in (any_of(f"{end}_drug_id", drugs) for end in ("head", "tail"))
        ]
    if wanted.filter.words:
        if connection.vendor == "postgresql":
            words = _words("text", wanted)
            return [Sql(f"SELECT id FROM ledger_statement WHERE {words.text} AND id > %s", (*words.params, behind))]  # noqa: S608
        match = " ".join(f'"{word.rstrip("*")}"{"*" if word.endswith("*") else ""}' for word in wanted.filter.words)
        return [Sql(f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid > %s", (match, behind))]  # noqa: S608
    if wanted.filter.reason:
        seek = "SELECT statement_id AS id FROM review_reviewitem WHERE task_id = %s AND main_reason = %s"
        return [Sql(f"{seek} AND statement_id > %s", (wanted.task.pk, wanted.filter.reason, behind))]
    seek = "SELECT id FROM ledger_statement WHERE corpus_id = %s AND id > %s"
    return [Sql(seek, (corpus, behind)) for corpus in wanted.corpora]


def _by_confidence(wanted: Wanted, after: Place | None, window: int) -> Sql:
    """The model's answers from the least sure on: those as sure as the last one, then the surer ones."""
    assert wanted.model is not None
    least, most = wanted.filter.least or 0.0, 1.0 if wanted.filter.most is None else wanted.filter.most
    source, given = "ledger_prediction AS p WHERE p.model_version_id = %s", (wanted.model.pk,)
    if drugs := wanted.few_drugs(FEW_DRUGS):
        ends = [any_of(f"s.{end}_drug_id", drugs) for end in ("head", "tail")]
        either = " UNION ".join(f"SELECT s.id FROM ledger_statement s WHERE {end.text}" for end in ends)  # noqa: S608
        given = (*(value for end in ends for value in end.params), *given)
        joined = (
            "CROSS JOIN ledger_prediction AS p"
            if connection.vendor == "sqlite"
            else "JOIN ledger_prediction AS p ON true"
        )
        source = f"({either}) AS s {joined} WHERE p.statement_id = s.id AND p.model_version_id = %s"
    columns = f"SELECT p.statement_id AS id, p.confidence AS at, p.id AS place FROM {source}"  # noqa: S608
    end = f"ORDER BY 2, 3 LIMIT {window}"
    if after is None or after.confidence is None or after.confidence < least:
        return Sql(f"{columns} AND p.confidence >= %s AND p.confidence <= %s {end}", (*given, least, most))
    return Sql(
        f"{columns} AND p.confidence = %s AND p.id > %s "
        f"UNION ALL {columns} AND p.confidence > %s AND p.confidence <= %s {end}",
        (*given, after.confidence, after.row, *given, after.confidence, most),
    )


def _narrowed(wanted: Wanted, candidates: Sql, reader: User) -> Sql:
    """The candidates that the rest of the filter lets through, in their order."""
    # On SQLite a CROSS JOIN keeps the candidates outermost, and with them their order: sorted once more, all of the
    # window would be tried before the first row came.
    chosen = wanted.filter
    join, order = ("CROSS JOIN", "") if connection.vendor == "sqlite" else ("JOIN", " ORDER BY c.place")
    if order and chosen.by_confidence:
        order = " ORDER BY c.at, c.place"
    joins: list[Sql] = []
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
    if chosen.reason:
        conditions.append(Sql(f"{item} AND i.main_reason = %s)", (wanted.task.pk, chosen.reason)))
    if wanted.task.blind and chosen.reads_answers:
        conditions.append(_not_to_be_answered(wanted, item, reader))
    where = " AND ".join(condition.text for condition in conditions)
    return Sql(
        f"SELECT c.id, c.at, c.place FROM ({candidates.text}) AS c {' '.join(one.text for one in joins)}"  # noqa: S608
        f"{f' WHERE {where}' if where else ''}{order}",
        (*candidates.params, *(value for one in (*joins, *conditions) for value in one.params)),
    )


def _statement_conditions(wanted: Wanted) -> list[Sql]:
    """What the statement itself must be, unless the candidates are chosen by it already."""
    chosen, conditions = wanted.filter, []
    few = wanted.few_drugs(FEW_DRUGS)
    for drugs in (wanted.drugs, wanted.class_drugs):
        if drugs is not None and drugs != few:
            head, tail = any_of("s.head_drug_id", drugs), any_of("s.tail_drug_id", drugs)
            conditions.append(Sql(f"({head.text} OR {tail.text})", (*head.params, *tail.params)))
    if chosen.words and (few or chosen.by_confidence):
        conditions.append(_words("s.text", wanted))
    walks_corpora = not (few or chosen.words or chosen.reason or chosen.by_confidence)
    if not walks_corpora:
        conditions.append(any_of("s.corpus_id", wanted.corpora))
    return conditions


def _words(column: str, wanted: Wanted) -> Sql:
    """That a sentence has all the words, without the help of SQLite's index."""
    words = wanted.filter.words
    if connection.vendor == "postgresql":
        query = " & ".join(f"{word[:-1]}:*" if word.endswith("*") else word for word in words)
        return Sql(f"{VECTOR.replace('text)', f'{column})')} @@ to_tsquery('simple', %s)", (query,))
    patterns = tuple(rf"(?i)\b{word[:-1]}" if word.endswith("*") else rf"(?i)\b{word}\b" for word in words)
    return Sql(" AND ".join([f"{column} REGEXP %s"] * len(words)), patterns)


def _not_to_be_answered(wanted: Wanted, item: str, reader: User) -> Sql:
    """That the statement is in nobody's queue, or the reader has answered it."""
    states = ", ".join(["%s"] * len(ReviewItem.WAITING))
    return Sql(
        f"NOT {item} AND i.state IN ({states}) AND NOT EXISTS ("  # noqa: S608
        "SELECT 1 FROM ledger_decision d WHERE d.task_id = i.task_id AND d.statement_id = c.id AND d.reviewer_id = %s "
        "AND d.kind <> %s AND NOT EXISTS (SELECT 1 FROM ledger_decision r WHERE r.replaces_id = d.id)))",
        (wanted.task.pk, *ReviewItem.WAITING, reader.pk, Decision.Kind.WITHDRAWAL),
    )
