"""A lookup for long lists: `Statement.objects.filter(id__any_of=ids)`."""

from __future__ import annotations

import json
from collections.abc import Collection

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Among:
    """A list of keys that Django hands on unread; it would look at each of them three times, which takes longer than
    the query."""

    def __init__(self, keys: Collection[int | str]) -> None:
        self.keys = keys


@ForeignKey.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """Like `in` for numbers and texts, but the whole list is one parameter: for a thousand ids four times as fast."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[object, ...]]:  # type: ignore[override]
        column, params = self.process_lhs(compiler, connection)
        wanted = list(self.rhs.keys if isinstance(self.rhs, Among) else self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*params, wanted)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(wanted))  # noqa: S608  a column of ours
