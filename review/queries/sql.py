"""The pieces of a search's SQL, as each database has them: every name is the project's own, every value a parameter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.searchable import INDEX, VECTOR


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    params: tuple[Any, ...] = ()


def any_of(column: str, values: Sequence[int] | Sequence[str]) -> Sql:
    """That the column has one of these values, as one parameter."""
    if connection.vendor == "postgresql":
        return Sql(f"{column} = ANY(%s)", (list(values),))
    return Sql(f"{column} IN (SELECT value FROM json_each(%s))", (json.dumps(list(values)),))  # noqa: S608


def joined() -> str:
    """On SQLite a CROSS JOIN keeps the candidates outermost, and with them their order."""
    return "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN"


def has_words(column: str, words: list[str]) -> Sql:
    """That a sentence has all the words, without the help of SQLite's index."""
    if connection.vendor == "postgresql":
        query = " & ".join(f"{word[:-1]}:*" if word.endswith("*") else word for word in words)
        vector = f"{VECTOR.replace('text)', f'{column})')} @@ to_tsquery('simple', %s)"
        # Where statements are walked, looking for the letters first spares most of them the splitting into words.
        letters = f" AND strpos(lower({column}), %s) <> 0" * len(words)  # the planner thinks this rarely fails
        return Sql(vector + letters, (query, *(word.rstrip("*").lower() for word in words)))
    patterns = tuple(rf"(?i)\b{word[:-1]}" if word.endswith("*") else rf"(?i)\b{word}\b" for word in words)
    return Sql(" AND ".join([f"{column} REGEXP %s"] * len(words)), patterns)


def word_match(words: Sequence[str]) -> str:
    """What SQLite's index of words is asked for sentences that hold all of them; `word*` begins so."""
    return " ".join(f'"{word.rstrip("*")}"{"*" if word.endswith("*") else ""}' for word in words)


def statements_with(each: Sequence[list[str]]) -> Sql:
    """What stands behind FROM for the statements `s` whose sentence holds all the words of one of the lists."""
    if connection.vendor == "postgresql":
        having = [has_words("s.text", words) for words in each]
        given = tuple(value for one in having for value in one.params)
        return Sql(f"ledger_statement s WHERE ({' OR '.join(one.text for one in having)})", given)
    source = f"{INDEX} CROSS JOIN ledger_statement s ON s.id = {INDEX}.rowid WHERE {INDEX} MATCH %s"
    return Sql(source, (" OR ".join(f"({word_match(words)})" for words in each),))
