"""The rows a search of the ledger tries, in the order of its list, from any place of it on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ledger.searchable import INDEX
from review.queries.named import is_named, named_among
from review.queries.sql import Sql, any_of, has_words, joined, word_match
from review.queries.wanted import Meant, Wanted
from review.reasons import names_rule

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


def few_drugs(wanted: Wanted) -> Meant | None:
    """The drugs one of which every statement names, when they are few enough to seek by."""
    named = [drugs for drugs in (wanted.drugs, wanted.class_drugs) if drugs is not None]
    shortest = min(named, key=len, default=None)
    return shortest if shortest and len(shortest) <= FEW_DRUGS else None


def is_about(meant: Meant) -> Sql:
    """That statement `s` names one of the drugs, by its key or, where a mention has none, by a name."""
    ways = [any_of(f"s.{end}_drug_id", meant.drugs) for end in ("head", "tail")]
    ways += [is_named(meant.names)] if meant.names else []
    return Sql(f"({' OR '.join(way.text for way in ways)})", tuple(value for way in ways for value in way.params))


def candidates_of(wanted: Wanted, after: Place | None, window: int) -> Sql:
    """Rows (id, at, place) in the list's order, `window` at most."""
    if wanted.filter.by_confidence:
        return _together(_by_confidence(wanted, after), " UNION ALL ", "2, 3", window)
    # A statement may name one drug first and another second; it stands in one corpus only.
    union = " UNION " if few_drugs(wanted) else " UNION ALL "
    found = _together(_arms(wanted, after.row if after else 0), union, "1", window)
    return Sql(f"SELECT id, 0.0 AS at, id AS place FROM ({found.text}) AS arms", found.params)  # noqa: S608


def _together(arms: list[Sql], union: str, order: str, window: int) -> Sql:
    """The first `window` rows of all the arms, merged as they come: each has an index that gives its order."""
    end = f" ORDER BY {order} LIMIT {window}"
    texts = [arm.text for arm in arms]
    if connection.vendor == "postgresql" and len(arms) > 1:  # it sorts all of an arm that does not end by itself
        texts = [f"({text}{end})" for text in texts]
    return Sql(f"{union.join(texts)}{end}", tuple(value for arm in arms for value in arm.params))


def _arms(wanted: Wanted, behind: int) -> list[Sql]:
    """Seeks whose rows together are the candidates in the order of their ids."""
    if drugs := few_drugs(wanted):
        # The plus keeps the databases from walking all statements by id instead, or all of a corpus.
        among = any_of("+s.corpus_id", wanted.corpora)
        return [
            Sql(f"{one.text} AND +s.id > %s AND {among.text}", (*one.params, behind, *among.params))
            for one in _about(drugs)
        ]
    if wanted.filter.words:
        if connection.vendor == "postgresql":
            words, among = has_words("text", wanted.filter.words), any_of("corpus_id", wanted.corpora)
            seek = f"SELECT id FROM ledger_statement WHERE {words.text} AND {among.text} AND id > %s"  # noqa: S608
            return [Sql(seek, (*words.params, *among.params, behind))]
        seek = f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid > %s"  # noqa: S608
        return [Sql(seek, (word_match(wanted.filter.words), behind))]
    if wanted.filter.reason:
        named = names_rule(connection.vendor, "reasons", wanted.filter.reason)
        seek = f"SELECT statement_id AS id FROM review_reviewitem WHERE task_id = %s AND {named}"  # noqa: S608
        return [Sql(f"{seek} AND statement_id > %s", (wanted.task.pk, behind))]
    if wanted.filter.by_gold:  # the first row of each chain: its statement has gold, or had
        seek = "SELECT statement_id AS id FROM ledger_goldlabel WHERE task_id = %s AND replaces_id IS NULL"
        return [Sql(f"{seek} AND statement_id > %s", (wanted.task.pk, behind))]
    seek = "SELECT id FROM ledger_statement WHERE corpus_id = %s AND id > %s"
    return [Sql(seek, (corpus, behind)) for corpus in wanted.corpora]


def _about(meant: Meant) -> list[Sql]:
    """Seeks of the statements `s` about some drugs; a statement may be found by several."""
    by_key = (any_of(f"s.{end}_drug_id", meant.drugs) for end in ("head", "tail"))
    seeks = [Sql(f"SELECT s.id FROM ledger_statement s WHERE {one.text}", one.params) for one in by_key]  # noqa: S608
    return [*seeks, *named_among(meant.names)]


def _by_confidence(wanted: Wanted, after: Place | None) -> list[Sql]:
    """The model's answers from the least sure on: those as sure as the last one, then the surer ones."""
    assert wanted.model is not None
    least, most = wanted.filter.least or 0.0, 1.0 if wanted.filter.most is None else wanted.filter.most
    source, given = "ledger_prediction AS p WHERE p.model_version_id = %s", (wanted.model.pk,)
    if drugs := few_drugs(wanted):
        seeks = _about(drugs)
        either = " UNION ".join(seek.text for seek in seeks)
        given = (*(value for seek in seeks for value in seek.params), *given)
        source = (
            f"({either}) AS s {joined()} ledger_prediction AS p ON p.statement_id = s.id WHERE p.model_version_id = %s"
        )
    columns = f"SELECT p.statement_id AS id, p.confidence AS at, p.id AS place FROM {source}"  # noqa: S608
    if after is None or after.confidence is None or after.confidence < least:
        return [Sql(f"{columns} AND p.confidence >= %s AND p.confidence <= %s", (*given, least, most))]
    return [
        Sql(f"{columns} AND p.confidence = %s AND p.id > %s", (*given, after.confidence, after.row)),
        Sql(f"{columns} AND p.confidence > %s AND p.confidence <= %s", (*given, after.confidence, most)),
    ]
