"""Finding items by any of their reasons, in SQL that an index can be made of."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField, Lookup
from django.db.models.sql.compiler import SQLCompiler


class NotARule(Exception):
    """A rule's name is letters and underscores. It is written into the SQL, so nothing else is taken."""


def names_rule(vendor: str, column: str, rule: str) -> str:
    """That one of the reasons kept in `column` is this rule.

    Written out, for a database uses an index over the items of one rule only where it reads the very same words. An
    explanation that holds these words is no such reason: its quotation marks are kept as \\".
    """
    if not rule.isidentifier():
        raise NotARule(f"{rule!r}: {NotARule.__doc__}")
    if vendor == "postgresql":
        return f"""{column} @> '[{{"rule": "{rule}"}}]'::jsonb"""
    return f"""instr({column}, '"rule": "{rule}"') > 0"""


@JSONField.register_lookup
class NamesRule(Lookup):
    """`filter(reasons__names_rule="flip")`"""

    lookup_name = "names_rule"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[object, ...]]:  # type: ignore[override]
        column, params = self.process_lhs(compiler, connection)
        return names_rule(connection.vendor, column, str(self.rhs)), tuple(params)
