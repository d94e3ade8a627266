"""Statements by what their mentions are called, where the corpus does not say which drugs they mean."""

from __future__ import annotations

from django.db import connection

from ledger.folding import folded
from ledger.models import Statement
from ledger.patterns import fold
from review.filters import WORD
from review.queries.sql import Sql, any_of, statements_with


def statements_named_as(one: Statement, *, most: int) -> list[int]:
    """Other sentences' statements of the task whose two mentions have these kinds and names, the newest (one query).

    Case and runs of blanks make no difference. The words of both names are looked up in the index of words, so that
    the cost is that of the sentences that hold them all.
    """
    head, tail = ((one.head_kind, fold(one.head_text)), (one.tail_kind, fold(one.tail_text)))
    words = [*dict.fromkeys(WORD.findall(f"{head[1]} {tail[1]}"))]
    if not words:
        return []
    found = statements_with([words])
    ends = "s.head_kind = %s AND {head} = %s AND s.tail_kind = %s AND {tail} = %s".format(
        **{end: mention_text(end) for end in ("head", "tail")}
    )
    query = (
        f"SELECT s.id FROM {found.text} AND s.corpus_id IN (SELECT id FROM ledger_corpus WHERE task_id = %s) "  # noqa: S608
        f"AND s.text <> %s AND (({ends}) OR ({ends})) ORDER BY s.id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, (*found.params, one.corpus.task_id, one.text, *head, *tail, *tail, *head, most))
        return [row[0] for row in cursor.fetchall()]


def is_named(names: list[str]) -> Sql:
    """That a mention of statement `s` for which the corpus names no drug has one of these folded names."""
    ends = [any_of(mention_text(end), names) for end in ("head", "tail")]
    head, tail = ends
    text = f"((s.head_drug_id IS NULL AND {head.text}) OR (s.tail_drug_id IS NULL AND {tail.text}))"
    return Sql(text, (*head.params, *tail.params))


def named_among(names: list[str]) -> list[Sql]:
    """A seek of the statements `s` with such a mention, by the words of the names; none where there are no words."""
    every = [words for name in names if (words := WORD.findall(name))]
    if not every:
        return []
    found, named = statements_with(every), is_named(names)
    return [Sql(f"SELECT s.id FROM {found.text} AND {named.text}", (*found.params, *named.params))]  # noqa: S608


def mention_text(end: str) -> str:
    """SQL of the text of a mention of statement `s`, folded."""
    return folded(f"substr(s.text, s.{end}_start + 1, s.{end}_end - s.{end}_start)", connection.vendor)
