"""Counts that stop counting, so that a long queue costs what a short one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from review.numerals import whole


def counts_up_to(found: Mapping[str, QuerySet[Any]], most: int) -> dict[str, int]:
    """How many rows each of these has, `most` + 1 standing for more than that (one query)."""
    arms: list[str] = []
    params: list[Any] = []
    for rows in found.values():
        sql, given = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        arms.append(f"SELECT {len(arms)}, count(*) FROM ({sql}) AS counted")  # noqa: S608  compiled by Django
        params += given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), params)
        counted = dict(cursor.fetchall())
    return {name: counted[place] for place, name in enumerate(found)}


def in_words(n: int, most: int) -> str:
    """A count as people read it: “5,000+” where it stopped."""
    return f"{whole(most)}+" if n > most else whole(n)
